"""The house is documented: every module in the map, every verb in the README, every variable somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from bot import channels
from bot.cli import filemap
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]


def test_the_map_is_up_to_date() -> None:
    assert (ROOT / "docs" / "map.md").read_text(encoding="utf-8") == filemap.draw(ROOT), "run `lantern map`"


def test_every_variable_stands_in_the_operations_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    fields = {field.name for field in msgspec.structs.fields(Settings)} - {"channels"}
    names = {PREFIX + name.upper() for name in fields}
    for module in channels.providers():
        of_channel = msgspec.structs.fields(module.Variables)
        names |= {f"{PREFIX}{module.NAME}_{field.name}".upper() for field in of_channel}
    assert not {name for name in names if name not in page}


def test_every_command_of_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    verbs = set(re.findall(r"`lantern ([a-z-]+)", readme))
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "cli").glob("*.py"))
    assert not {verb for verb in verbs if f'"{verb}"' not in sources}


def test_no_lock_file_names_an_address() -> None:
    for lock in (ROOT / "locks").glob("*.txt"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock.name
