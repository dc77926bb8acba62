"""`lantern report crisis` and `lantern helplines due`: figures for the year, numbers to call again."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from typing import Any

import msgspec
from sqlalchemy import select

from bot import content
from bot.cli.staff import opened
from bot.content.helplines import due
from bot.models import Tally
from bot.settings import read
from bot.stage import utc_now

# A smaller count could point to a person: it is printed as "1-4".
FEW = 5
_KINDS = {
    "crisis": "protocols started",
    "check_in": "gentle questions",
    "safe": "ended by the person's own word",
}


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    report = verbs.add_parser("report", help="counts for the yearly report; no personal data")
    report.add_argument("what", choices=["crisis"], help="crisis: dangers answered, by protocol and level")
    report.add_argument("--year", type=int, help="the year (default: this one)")
    report.add_argument("--json", action="store_true", help="as one JSON object")
    report.set_defaults(run=_report)
    lines = verbs.add_parser("helplines", help="numbers that must be checked again")
    lines.add_argument("what", choices=["due"], help="due: expired, or expiring within --days")
    lines.add_argument("--days", type=int, default=14, help="how far to look ahead (default: 14)")
    lines.set_defaults(run=_helplines)


def _report(arguments: argparse.Namespace) -> int:
    year = arguments.year or utc_now().year
    with opened() as (_, database), database.read() as session:
        query = select(Tally).where(Tally.day >= dt.date(year, 1, 1), Tally.day <= dt.date(year, 12, 31))
        found = session.scalars(query).all()
        counts = {kind: _by_code([one for one in found if one.kind == kind]) for kind in _KINDS}
    if arguments.json:
        shown = {kind: {name: _shown(count) for name, count in rows.items()} for kind, rows in counts.items()}
        print(msgspec.json.encode({"year": year, **shown}).decode())
        return 0
    print(f"Dangers answered in {year} (counts only; fewer than {FEW} are shown as 1-{FEW - 1})")
    for kind, title in _KINDS.items():
        print(f"\n{title}: {_shown(sum(counts[kind].values()))}")
        for name, count in sorted(counts[kind].items()):
            print(f"  {name:12} {_shown(count)}")
    return 0


def _by_code(rows: list[Tally]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted[f"{row.protocol} {row.level}".strip() or "all"] += row.count
    return dict(counted)


def _shown(count: int) -> str:
    return str(count) if count == 0 or count >= FEW else f"1-{FEW - 1}"


def _helplines(arguments: argparse.Namespace) -> int:
    settings = read()
    library = content.load(settings.content or content.ROOT, strict=False)
    found = due(library.countries, utc_now().date(), arguments.days)
    for country, line in found:
        print(f"{country.country}  {line.id}  {line.status}  expires {line.expires}  {line.source}")
    print(f"{len(found)} lines to check again within {arguments.days} days")
    return 0
