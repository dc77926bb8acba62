"""The yearly report counts dangers and no people; staff hear in time of numbers to check again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from house import House

from bot import cli, content, timers
from bot.content import helplines
from bot.models import Alert, Tally


def counts(house: House) -> dict[tuple[str, str], int]:
    with house.kit.database.read() as session:
        return {(row.kind, row.protocol): row.count for row in session.query(Tally)}


def test_dangers_and_their_ends_are_counted(house: House) -> None:
    for who in ("ana", "ben"):
        house.says("i want to kill myself", who)
        house.says("im safe now", who)
        house.says("no", who)
    assert counts(house) == {("crisis", "S2"): 2, ("safe", "S2"): 2}


def test_a_count_holds_nothing_of_a_person(house: House) -> None:
    house.says("my son wont wake up his lips are blue")
    assert {column.name for column in Tally.__table__.columns} == {
        *("day", "kind", "protocol", "level", "country", "count")
    }


def test_the_report_shows_few_only_as_few(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with house.kit.database.begin() as session:
        for _ in range(7):
            Tally.add(session, dt.date(2026, 5, 1), "crisis", "S2", "P1", "US")
        Tally.add(session, dt.date(2026, 5, 2), "crisis", "O1", "P0", "US")
        Tally.add(session, dt.date(2025, 5, 2), "crisis", "M1", "P1", "US")
    monkeypatch.setenv("LANTERN_VAR", str(tmp_path))
    monkeypatch.setenv("LANTERN_DATABASE", str(house.kit.database.engine.url))
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", "crisis", "--year", "2026"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "S2 P1        7" in printed
    assert "O1 P0        1-4" in printed
    assert "M1" not in printed


def test_a_line_that_must_be_checked_is_listed_14_days_before(library: content.Library) -> None:
    expires = min(line.expires for c in library.countries.values() for line in c.lines if line.expires)
    assert not helplines.due(library.countries, expires - dt.timedelta(days=15))
    assert helplines.due(library.countries, expires - dt.timedelta(days=14))


def test_staff_are_told_once_and_reminded_after_a_week(house: House, library: content.Library) -> None:
    expires = min(line.expires for c in library.countries.values() for line in c.lines if line.expires)
    house.clock.at = dt.datetime.combine(expires - dt.timedelta(days=10), dt.time(12), dt.UTC)
    for _ in range(3):
        timers.fire(house.kit)
    house.clock.pass_(days=7.5)
    timers.fire(house.kit)
    with house.kit.database.read() as session:
        assert [alert.kind for alert in session.query(Alert)] == ["helplines.due"] * 2


def test_an_expired_line_is_hidden_but_emergency_and_the_first_line_are_not(library: content.Library) -> None:
    later = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    for code, country in library.countries.items():
        assert (
            helplines.numbers(library.countries, code, "en", later)["emergency"]
            == country.emergency.say["en"]
        )
        assert len(helplines.shown(country, later)) >= 1
