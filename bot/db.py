"""The database: engine, session scope, migrations. SQLite (WAL) or PostgreSQL by one URL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from bot.crypt import Vault
from bot.errors import LookingOnly
from bot.eventlog import Wakeups
from bot.fanout import ALIVE, Fanout

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
# How long a writer waits for another on SQLite, and a statement may take on PostgreSQL.
WAIT_SECONDS = 10
READING = "lantern_reading"


class Database:
    """An engine and the vault its rows are encrypted with."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.url = url
        self.vault = vault
        self.engine = connect(url)
        info = {"vault": vault}
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=info)
        # SQLite lets one writer in and makes the others look again after pauses of up to 100 ms. In one
        # process they can queue up and be let in at once.
        self._turnstile = threading.Lock() if url.startswith("sqlite") else None
        self.wakeups = Wakeups()
        self.wakeups.attach(self._sessions)
        self._fanout = None if url.startswith("sqlite") else Fanout(self.engine, self.wakeups)
        if self._fanout:
            event.listen(self._sessions, "before_commit", self._fanout.note)
            self.wakeups.elsewhere = self._fanout.announce
        reading = self.engine.execution_options(**{READING: True})
        self._readers = sessionmaker(reading, expire_on_commit=False, info=info)
        event.listen(self._readers, "before_flush", _refuse)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back on any error."""
        with self._in_turn(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Hold the process's place among writers; who waits too long leaves it to the file's own lock."""
        mine = self._turnstile is not None and self._turnstile.acquire(timeout=WAIT_SECONDS)
        try:
            yield
        finally:
            if mine and self._turnstile:
                self._turnstile.release()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking only: on SQLite it does not take the write lock.

        Raises LookingOnly where something would have to be written.
        """
        with self._readers() as session:
            yield session
            session.flush()

    def listen(self) -> Fanout | None:
        """Hear from now on what other processes commit; None where there can be no other."""
        if self._fanout:
            self._fanout.start()
        return self._fanout

    def close(self) -> None:
        """Give back all connections."""
        if self._fanout:
            self._fanout.stop()
        self.engine.dispose()

    def is_up(self) -> bool:
        """True if a statement comes back."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("select 1"))
        except Exception:  # readiness answers, whatever the driver raises
            return False
        return True


def connect(url: str) -> Engine:
    """An engine with the right pragmas and time-outs for its kind of database."""
    if not url.startswith("sqlite"):
        # What was acknowledged must outlive the server, however it is set up.
        limits = f"-c statement_timeout={WAIT_SECONDS * 1000} -c lock_timeout={WAIT_SECONDS * 1000}"
        options = f"-c synchronous_commit=on {limits}"
        return create_engine(url, pool_pre_ping=True, connect_args={"options": options, **ALIVE})
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def migrate(url: str, target: str = "head") -> None:
    """Bring the tables to the newest shape."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    if target == "base":
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)


def _refuse(session: Session, *_: Any) -> None:
    raise LookingOnly("a session for looking writes nothing; use Database.begin()")


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    # FULL: what was acknowledged outlives a power cut, not only the process.
    # The driver's own transaction handling would begin too late for "immediate" below.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Any) -> None:
    # Taking the write lock at once makes two writers queue up instead of one failing half-way.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
