"""What one process commits wakes the readers of another, on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from postgres import Postgres

from bot import eventlog
from bot.crypt import Vault, new_key
from bot.db import Database

pytestmark = pytest.mark.postgres
SOON = 10


@pytest.fixture
def pair(postgres: Postgres) -> Iterator[tuple[Database, Database]]:
    """Two processes' views of one database; the second listens."""
    url, vault = postgres.fresh(), Vault([new_key()])
    here, there = Database(url, vault), Database(url, vault)
    fanout = there.listen()
    assert fanout is not None
    assert fanout.is_listening(SOON)
    yield here, there
    here.close()
    there.close()


def test_a_commit_here_wakes_a_reader_there_and_only_then(pair: tuple[Database, Database]) -> None:
    here, there = pair
    woken, other = threading.Event(), threading.Event()
    there.wakeups.subscribe("a-conversation", woken.set)
    there.wakeups.subscribe("another", other.set)
    woken.clear()
    other.clear()
    with here.begin() as session:
        eventlog.touch(session, "a-conversation", *(f"more-{n}" for n in range(300)))
        assert not woken.is_set()
    assert woken.wait(SOON)
    assert not other.is_set()


def _told_and_broken(database: Database, channel: str) -> None:
    with database.begin() as session:
        eventlog.touch(session, channel)
        raise RuntimeError


def test_a_rolled_back_transaction_wakes_nobody(pair: tuple[Database, Database]) -> None:
    here, there = pair
    failed, later = threading.Event(), threading.Event()
    there.wakeups.subscribe("failed", failed.set)
    there.wakeups.subscribe("later", later.set)
    failed.clear()
    with pytest.raises(RuntimeError):
        _told_and_broken(here, "failed")
    here.wakeups.announce("later")
    assert later.wait(SOON)
    assert not failed.is_set()
