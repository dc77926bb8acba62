"""What every test may use: real content, and houses with a database, a clock and a scripted engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from house import NOON, Clock, Engine, House, said, topic

from bot import content, db, safety
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.settings import Settings
from bot.stage import Kit

__all__ = ["NOON", "Clock", "Engine", "House", "said", "topic"]


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    """Under CI=true a skipped test is a failure: nothing may pass by not running."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped under CI=true: {report.longrepr}"


@pytest.fixture(scope="session")
def library() -> content.Library:
    """The real content."""
    return content.load()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all migrations run, to be copied: they take longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    db.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def make_house(
    tmp_path: Path, library: content.Library, empty_database: Path
) -> Iterator[Callable[..., House]]:
    """Houses, each with its own SQLite file."""
    opened: list[Database] = []

    def make(**changes: Any) -> House:
        path = tmp_path / f"house{len(opened)}.db"
        shutil.copyfile(empty_database, path)
        database = Database(f"sqlite:///{path}", Vault([new_key()]))
        opened.append(database)
        clock, engine = Clock(), Engine()
        kit = Kit(
            database=database,
            library=library,
            dialogue=engine,
            settings=Settings(var=tmp_path),
            screen=safety.screen,
            encode=lambda text: {},
            now=clock,
        )
        return House(replace(kit, **changes), clock, engine)

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """One house."""
    return make_house()
