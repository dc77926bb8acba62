"""Opening hours of teams from hours.toml: split shifts, holidays, dated exceptions, the place's own zone.

Without the file, presence alone decides whether a human can be asked for.
"""

from __future__ import annotations

import datetime as dt
import tomllib
import zoneinfo
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.errors import SettingsError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How far ahead the next opening is looked for.
_DAYS_AHEAD = 14


class Exceptional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other hours on one date; no spans: closed all day."""

    date: dt.date
    spans: tuple[str, ...] = ()
    note: str = ""


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When one team answers: spans such as "09:00-12:30" by weekday; "22:00-02:00" passes midnight."""

    name: str
    zone: str
    week: dict[str, tuple[str, ...]]
    holidays: tuple[dt.date, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()


def teams(path: Path) -> tuple[Team, ...]:
    """Teams of hours.toml, read again when the file changes; () when there is none."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return ()
    return _read(path, changed)


def is_open(teams: Sequence[Team], at: dt.datetime) -> bool:
    """True if any team answers at this moment, or no hours are given."""
    return not teams or any(start <= at < end for team in teams for start, end in _around(team, at, 1))


def next_open(teams: Sequence[Team], at: dt.datetime) -> dt.datetime | None:
    """When the next shift begins, in its team's own zone; None if none begins in two weeks."""
    starts = [start for team in teams for start, _ in _around(team, at, _DAYS_AHEAD) if start > at]
    return min(starts, default=None)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[Team, ...]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("team", [])
        read = tuple(msgspec.convert(table, Team) for table in tables)
        for team in read:
            _check(team)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError, KeyError) as error:
        raise SettingsError(f"{path}: {error}; see deploy/hours.toml for a sample") from None
    return read


def _check(team: Team) -> None:
    """Raise on an unknown zone, weekday or span."""
    zoneinfo.ZoneInfo(team.zone)
    if odd := set(team.week) - set(DAYS):
        raise ValueError(f"team '{team.name}': '{odd.pop()}' is no day; use {', '.join(DAYS)}")
    for spans in (*team.week.values(), *(one.spans for one in team.exceptions)):
        for span in spans:
            _moments(span, dt.date(2026, 1, 1), zoneinfo.ZoneInfo(team.zone))


def _around(team: Team, at: dt.datetime, days: int) -> list[tuple[dt.datetime, dt.datetime]]:
    """Shifts from yesterday on, which may last past midnight."""
    zone = zoneinfo.ZoneInfo(team.zone)
    today = at.astimezone(zone).date()
    dates = (today + dt.timedelta(days=n) for n in range(-1, days + 1))
    return [_moments(span, date, zone) for date in dates for span in _spans(team, date)]


def _spans(team: Team, date: dt.date) -> tuple[str, ...]:
    """A dated exception goes before a holiday, a holiday before the week."""
    for exception in team.exceptions:
        if exception.date == date:
            return exception.spans
    if date in team.holidays:
        return ()
    return team.week.get(DAYS[date.weekday()], ())


def _moments(span: str, date: dt.date, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    first, _, last = span.partition("-")
    start, end = dt.time.fromisoformat(first.strip()), dt.time.fromisoformat(last.strip())
    ends_on = date if end > start else date + dt.timedelta(days=1)
    return dt.datetime.combine(date, start, zone), dt.datetime.combine(ends_on, end, zone)
