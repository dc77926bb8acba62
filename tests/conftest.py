"""What every test may use: real content, and houses with a database, a clock and a scripted engine."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from house import NOON, Clock, Engine, House, said, topic
from postgres import Postgres, running

from bot import content, db, safety
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.settings import Settings
from bot.stage import Kit

__all__ = ["NOON", "Clock", "Engine", "House", "said", "topic"]


# Flows that run on SQLite and on PostgreSQL: one of each kind of work that the database does.
ON_BOTH = frozenset(
    {
        "test_a_question_is_answered_in_the_event_log",
        "test_a_message_sent_twice_is_stored_once",
        "test_deleting_the_chat_leaves_nothing",
        "test_nobody_comes_staff_are_told_half_way_and_the_person_honestly_at_the_end",
        "test_a_lost_counsellor_returns_the_conversation_loudly_and_the_place_is_kept",
        "test_nothing_that_the_bot_had_computed_is_delivered_after_a_claim",
        "test_payloads_that_come_again_change_nothing",
        "test_a_question_gets_a_reviewed_cited_answer_on_every_channel",
        "test_a_burst_is_stored_in_order_and_answered_once",
        "test_an_open_protocol_goes_on_in_the_joined_channel",
        "test_end_typed_in_danger_on_sms_still_gets_help_through_what_remains",
        "test_what_failed_for_now_is_tried_again_in_order",
        "test_receipts_may_come_in_any_order_and_more_than_once",
        "test_a_sender_that_died_gives_its_row_back",
        "test_signed_nonsense_gets_a_clear_answer_and_harms_nobody",
    }
)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--list-misses` writes tests/safety/known_misses.yml anew."""
    parser.addoption("--list-misses", action="store_true", help="write tests/safety/known_misses.yml anew")


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, started once for the run."""
    with running() as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The core of the flows runs on both databases."""
    if "fresh_url" in metafunc.fixturenames and metafunc.definition.originalname in ON_BOTH:
        both = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("fresh_url", both, indirect=True)


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Callable[[], str]:
    """URLs of empty databases: SQLite files, or databases of PostgreSQL where a test asks for it."""
    if getattr(request, "param", "sqlite") == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.fresh
    numbers = itertools.count()

    def fresh() -> str:
        path = tmp_path / f"house{next(numbers)}.db"
        shutil.copyfile(empty_database, path)
        return f"sqlite:///{path}"

    return fresh


@pytest.fixture
def make_house(
    tmp_path: Path, library: content.Library, fresh_url: Callable[[], str]
) -> Iterator[Callable[..., House]]:
    """Houses, each with its own database."""
    opened: list[Database] = []

    def make(**changes: Any) -> House:
        database = Database(fresh_url(), Vault([new_key()]))
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
