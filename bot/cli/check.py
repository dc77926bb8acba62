"""`lantern check` and `lantern map`: content, data and settings; the map of the files."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot import content, settings
from bot.cli import filemap
from bot.cli.processes import ROOT
from bot.content import claims, lint

NLU = ROOT / "data" / "nlu"
FEWEST_EXAMPLES = 30


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    check = verbs.add_parser("check", help="check content, data and settings; each fault with file and line")
    check.add_argument("--due", action="store_true", help="also fail on dates that have passed")
    check.set_defaults(run=_check)
    drawn = verbs.add_parser("map", help="write docs/map.md from the modules' docstrings")
    drawn.add_argument("--check", action="store_true", help="only say whether it is up to date")
    drawn.set_defaults(run=_map)


def _check(arguments: argparse.Namespace) -> int:
    settings.read()
    library = content.load(strict=False)
    found = lint.check(library, dt.datetime.now(dt.UTC).date())
    rows = claims.read()
    hard = [*library.faults, *claims.faults(rows, library), *_data_faults()]
    hard += [str(fault) for fault in found if not fault.due]
    due = [str(fault) for fault in found if fault.due]
    (ROOT / "docs" / "claims.md").write_text(claims.table(rows), encoding="utf-8")
    for line in hard:
        print(line.replace(f"{ROOT}/", ""))
    for line in due:
        print(f"{'due' if arguments.due else 'warning'}: {line.replace(f'{ROOT}/', '')}")
    pending = sum(passage.reviewed_by == "pending" for passage in library.passages.values())
    print(
        f"{len(library.passages)} passages ({pending} pending review), {len(library.guides)} guides, "
        f"{len(library.countries)} countries: {len(hard)} faults, {len(due)} dates due"
    )
    return 1 if hard or (arguments.due and due) else 0


def _data_faults() -> Iterator[str]:
    """Training data: readable, one intent a file, enough examples, none twice."""
    seen: dict[str, Path] = {}
    for path in sorted(NLU.rglob("*.yml")):
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            examples = [
                line[2:].strip() for line in entries[0]["examples"].splitlines() if line.startswith("- ")
            ]
        except (yaml.YAMLError, KeyError, TypeError, IndexError):
            yield f"{path}:1: not NLU data: one `intent` with `examples: |` is expected"
            continue
        if len(examples) < FEWEST_EXAMPLES:
            yield f"{path}:1: {len(examples)} examples; write at least {FEWEST_EXAMPLES}"
        for example in examples:
            first = seen.setdefault(example.casefold(), path)
            if first != path:
                yield f"{path}:1: '{example[:40]}' stands in {first} too; keep it in one"


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
