"""A town of real processes for the tests in this folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from town import Town


@pytest.fixture
def build(tmp_path: Path, empty_database: Path) -> Iterator[Callable[..., Town]]:
    """Towns on SQLite, or on the database whose address is given."""
    built: list[Town] = []

    def make(database: str = "", **settings: Any) -> Town:
        if not database:
            path = tmp_path / f"town{len(built)}.db"
            shutil.copyfile(empty_database, path)
            database = f"sqlite:///{path}"
        built.append(Town(tmp_path, database, **settings))
        return built[-1]

    yield make
    for town in built:
        town.close()
