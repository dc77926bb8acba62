"""A file that outgrows what one can read at a sitting is split before it lands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
# A migration is written once and never again; it is not counted.
CODE = ("bot", "engine", "actions", "encoder", "bench", "deploy", "tests", "web")
KINDS = {".py", ".ts", ".tsx", ".mjs", ".css", ".sh"}
MOST_LINES = 300


def written() -> Iterator[Path]:
    """Every file of code that people write; not what is built or installed."""
    for folder in CODE:
        for path in (HOME / folder).rglob("*"):
            if path.suffix in KINDS and not {"node_modules", "pages", "build"} & set(path.parts):
                yield path


def test_no_file_of_code_is_longer_than_the_house_allows() -> None:
    lines = {path.relative_to(HOME): path.read_text(encoding="utf-8").count("\n") for path in written()}
    assert len(lines) > 200
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}
