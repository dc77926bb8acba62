"""Each conversation's append-only, gapless event log, and the wake-ups of those who read it."""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction, joinedload, sessionmaker

from bot.models import Conversation, Event, Message

# Topics of wake-ups besides conversation ids.
WORK = "work"
CONSOLE = "console"
_TOUCHED = "touched_topics"


def sending(channel: str) -> str:
    """The topic of those who deliver on a channel."""
    return f"send:{channel}"


def lock(session: Session, conversation: Conversation, *rows: Message) -> None:
    """Hold the conversation's row until the transaction ends, and read it and `rows` of it anew."""
    # What was changed and not yet written would be lost by reading the row again.
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        return  # a transaction that writes holds the whole file from its first look on
    session.refresh(conversation, with_for_update={"of": Conversation})
    for row in rows:
        session.refresh(row)


def record(
    session: Session,
    conversation: Conversation,
    kind: str,
    at: dt.datetime,
    *,
    message: Message | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Append to the log of a locked conversation; readers wake when the transaction commits."""
    number = conversation.next_event
    entry = Event(
        conversation_id=conversation.id, number=number, kind=kind, message=message, data=data, at=at
    )
    conversation.next_event = number + 1
    session.add(entry)
    touch(session, conversation.id, CONSOLE)
    return entry


def since(session: Session, conversation_id: str, after: int, most: int = 200) -> Sequence[Event]:
    """Entries with a number above `after`, in order, with their messages."""
    query = select(Event).where(Event.conversation_id == conversation_id, Event.number > after)
    query = query.options(joinedload(Event.message).joinedload(Message.conversation))
    return session.scalars(query.order_by(Event.number).limit(most)).all()


def touch(session: Session, *topics: str) -> None:
    """Wake readers of these topics when the session's transaction commits, not before."""
    session.info.setdefault(_TOUCHED, set()).update(topics)


def touched(session: Session) -> tuple[str, ...]:
    """What the session's transaction has touched so far."""
    return tuple(sorted(session.info.get(_TOUCHED, ())))


class Wakeups:
    """Wakes readers. A wake-up is a hint: readers always look at the tables.

    `elsewhere` carries an announcement to other processes, where there are any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.elsewhere: Callable[..., None] | None = None
        self._readers: dict[str, set[Callable[[], None]]] = defaultdict(set)

    def attach(self, sessions: sessionmaker[Session]) -> None:
        """Announce what these sessions touched, when their outermost transaction has ended."""
        event.listen(sessions, "after_transaction_end", self._on_end)

    def subscribe(self, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` (from any thread) at each wake-up of `topic`; returns how to stop."""
        with self._lock:
            self._readers[topic].add(wake)

        def stop() -> None:
            with self._lock:
                self._readers[topic].discard(wake)
                if not self._readers[topic]:
                    del self._readers[topic]

        return stop

    def announce(self, *topics: str) -> None:
        """Wake all readers of these topics, in every process."""
        self.wake(*topics)
        if self.elsewhere:
            self.elsewhere(*topics)

    def wake_all(self) -> None:
        """Let every reader in this process look again."""
        self.wake(*list(self._readers))

    def wake(self, *topics: str) -> None:
        """Wake the readers of these topics in this process."""
        with self._lock:
            wakes = [wake for topic in topics for wake in self._readers.get(topic, ())]
        for wake in wakes:
            wake()

    def _on_end(self, session: Session, transaction: SessionTransaction) -> None:
        # A savepoint ends too, long before anybody else can see what it wrote.
        if transaction.parent is None:
            self.wake(*session.info.pop(_TOUCHED, ()))
