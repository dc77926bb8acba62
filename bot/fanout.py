"""Wake-ups across processes: what one gateway or worker commits wakes the readers of all others.

On PostgreSQL by NOTIFY inside the transaction, so that nobody wakes before the rows are there.
On SQLite there is one process, and nothing to do. A missed wake-up costs a second, never a message.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.eventlog import Wakeups, touched

log = structlog.get_logger()
CHANNEL = "lantern"
# After a lost connection the listener tries again; then everybody looks, for what was missed.
REST_SECONDS = 1.0
# A server that vanishes without a word is noticed, and given up on, within seconds.
ALIVE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# How long the listener waits before it looks whether it is to stop.
_WAIT_SECONDS = 5.0
# A payload holds 8000 bytes; a topic is at most an id with a word on either side.
_MOST_TOPICS = 80


class Fanout:
    """Announces to other processes what was touched here, and here what they touched."""

    def __init__(self, engine: Engine, wakeups: Wakeups) -> None:
        self._engine = engine
        self._wakeups = wakeups
        # Our own announcements come back to us; readers here are awake already.
        self._me = secrets.token_hex(4)
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        """Listen until `stop`."""
        self._thread.start()

    def is_listening(self, seconds: float = 0.0) -> bool:
        """True once announcements of others arrive, waiting up to `seconds`."""
        return self._listening.wait(seconds)

    def stop(self) -> None:
        """End the thread; it may be waiting, and is not waited for longer than that."""
        self._stopping.set()
        if self._thread.is_alive():
            with suppress(SQLAlchemyError):
                self.announce("stop")
            self._thread.join(_WAIT_SECONDS)

    def note(self, session: Session) -> None:
        """Before a commit: announce what the session touched, as part of its transaction."""
        if topics := touched(session):
            for payload in self._payloads(topics):
                session.execute(text("select pg_notify(:channel, :payload)"), payload)

    def announce(self, *topics: str) -> None:
        """Announce without a transaction; with the database away nobody hears it, which is no error."""
        with suppress(SQLAlchemyError), self._engine.begin() as connection:
            for payload in self._payloads(topics):
                connection.execute(text("select pg_notify(:channel, :payload)"), payload)

    def _payloads(self, topics: tuple[str, ...]) -> list[dict[str, str]]:
        chunks = [topics[n : n + _MOST_TOPICS] for n in range(0, len(topics), _MOST_TOPICS)]
        return [{"channel": CHANNEL, "payload": " ".join((self._me, *chunk))} for chunk in chunks]

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                self._listening.clear()
                log.warning("listener.lost", error=type(error).__name__)
                self._stopping.wait(REST_SECONDS)

    def _listen(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, **ALIVE) as connection:
            connection.execute(f"listen {CHANNEL}".encode())
            self._listening.set()
            self._wakeups.wake_all()
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=_WAIT_SECONDS):
                    sender, *topics = notice.payload.split(" ")
                    if sender != self._me:
                        self._wakeups.wake(*topics)
                    if self._stopping.is_set():
                        return
