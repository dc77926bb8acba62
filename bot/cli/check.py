"""`lantern check` and `lantern map`: content, data and settings; the map of the files."""

from __future__ import annotations

import argparse
from typing import Any

from bot import content
from bot.cli import filemap
from bot.cli.processes import ROOT


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    check = verbs.add_parser("check", help="check content, data and settings; each fault with file and line")
    check.add_argument("--due", action="store_true", help="also fail on dates that have passed")
    check.set_defaults(run=_check)
    drawn = verbs.add_parser("map", help="write docs/map.md from the modules' docstrings")
    drawn.add_argument("--check", action="store_true", help="only say whether it is up to date")
    drawn.set_defaults(run=_map)


def _check(arguments: argparse.Namespace) -> int:
    library = content.load(strict=False)
    for fault in library.faults:
        print(fault)
    return 1 if library.faults else 0


def _map(arguments: argparse.Namespace) -> int:
    path = ROOT / "docs" / "map.md"
    drawn = filemap.draw(ROOT)
    if not arguments.check:
        path.write_text(drawn, encoding="utf-8")
        return 0
    if not path.exists() or path.read_text(encoding="utf-8") != drawn:
        print("docs/map.md is out of date; run `lantern map`")
        return 1
    return 0
