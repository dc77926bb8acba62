"""From queued to delivered: claims, who may speak, retries, receipts. Calls no provider itself."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, bindparam, delete, exists, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from bot import eventlog
from bot.models import Conversation, Delivery, Holder, Identity, Message, State, new_id

# A sender that died gives its row back after this long.
LEASE = dt.timedelta(seconds=60)
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 600.0
# A provider that is away for longer has made the answer worthless.
LONGEST_TRYING = dt.timedelta(hours=24)
# Channels whose readers follow the event log: there is no provider to call.
SHOWN_BY_LOG = frozenset({"web", "terminal"})
FINAL = frozenset({State.DELIVERED, State.REFUSED})
# Who may speak while somebody holds the conversation (design rule 4).
MAY_SPEAK: dict[str, frozenset[str]] = {
    Holder.BOT: frozenset({"bot", "safety", "notice", "counsellor"}),
    Holder.REQUESTED: frozenset({"safety", "notice"}),
    Holder.CLAIMED: frozenset({"counsellor", "notice"}),
    # The person has left: only what a human wrote or what danger asks for still goes out.
    Holder.CLOSED: frozenset({"safety", "notice", "counsellor"}),
}
# The one confirmation that the law allows after STOP.
_CONFIRMS_STOP = "phrases/unsubscribed"
_ORPHANS_LIVE = dt.timedelta(hours=1)


def is_due(session: Session, channel: str, at: dt.datetime) -> bool:
    """True if this channel has a row to send now."""
    return session.scalar(_any_due(), {"channel": channel, "at": at}) is not None


def claim(session: Session, channel: str, at: dt.datetime) -> Message | None:
    """Take the row that is due first: its conversation stays locked until the transaction ends.

    Only the first unsent row of a conversation can be taken, so order is never broken. A row whose
    sender died is taken again when its lease has run out.
    """
    message = session.scalar(_next_due(), {"channel": channel, "at": at})
    if message is None:
        return None
    # Another sender may have been faster between our look and our lock.
    eventlog.lock(session, message.conversation, message)
    if message.state not in {State.QUEUED, State.SENDING} or message.due_at is None or message.due_at > at:
        return None
    message.state = State.SENDING
    message.attempts += 1
    message.due_at = at + LEASE
    return message


def still_ours(session: Session, message_id: str, lease: dt.datetime) -> Message | None:
    """The row, its conversation locked; None if somebody has taken it over since `lease` was given."""
    message = session.get_one(Message, message_id, options=[joinedload(Message.conversation)])
    eventlog.lock(session, message.conversation, message)
    return message if message.state == State.SENDING and message.due_at == lease else None


def may_speak(conversation: Conversation, message: Message) -> bool:
    """True if the row's author may speak now, whoever held the conversation when it was written."""
    if conversation.identity.opted_out_at is not None and not _is_said_after_stop(message):
        return False
    if message.author in MAY_SPEAK[conversation.holder]:
        return True
    # The one emergency card while a counsellor holds it: set by turn.py when nobody wrote within 30 s.
    return message.author == "safety" and message.kind == "card"


def _is_said_after_stop(message: Message) -> bool:
    """The confirmation, and help for whoever writes words of danger to us."""
    asked = message.answers_id is not None
    return asked and (message.author == "safety" or message.content == _CONFIRMS_STOP)


def withhold(message: Message) -> None:
    """Never deliver this row: somebody else holds the conversation, or the person wrote STOP."""
    message.state = State.WITHHELD


def took(session: Session, message: Message, part: int, provider_id: str, at: dt.datetime) -> None:
    """The provider took one part; what it may have reported already is kept."""
    query = select(Delivery).where(Delivery.channel == message.channel, Delivery.provider_id == provider_id)
    row = session.scalar(query)
    if row is None:
        row = Delivery(id=new_id(), channel=message.channel, provider_id=provider_id, at=at)
        session.add(row)
    row.message_id, row.part = message.id, part
    session.flush()


def sent(session: Session, conversation: Conversation, message: Message, at: dt.datetime) -> None:
    """The channel took it whole: show it in the event log too."""
    message.state = State.SENT
    message.sent_at = at
    eventlog.record(session, conversation, "message", at, message=message)
    _settle(session, message)


def show(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """Deliver what is due where the event log itself is the channel (the website)."""
    if conversation.channel not in SHOWN_BY_LOG:
        return
    query = select(Message).where(Message.conversation_id == conversation.id, Message.state == State.QUEUED)
    for message in session.scalars(query.order_by(Message.seq)).all():
        if may_speak(conversation, message):
            sent(session, conversation, message, at)
        else:
            withhold(message)


def later(message: Message, at: dt.datetime, *, after: float | None, code: str) -> bool:
    """Try again: when the provider wishes, or by exponential back-off with full jitter.

    False, and refused for good, when it has been tried for a whole day.
    """
    if at - message.created_at >= LONGEST_TRYING:
        refuse(message, code)
        return False
    ceiling = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(message.attempts, 12))
    wait = after if after is not None else random.uniform(0, ceiling)  # noqa: S311 (jitter)
    message.state = State.QUEUED
    message.failure = code[:80]
    message.due_at = at + dt.timedelta(seconds=wait)
    return True


def refuse(message: Message, code: str) -> None:
    """The provider will never take it: a dead letter, marked as failed in the console."""
    message.state = State.REFUSED
    message.failure = code[:80]


def receipt(
    session: Session,
    channel: str,
    provider_id: str,
    state: Literal["sent", "delivered", "refused"],
    code: str,
    at: dt.datetime,
) -> Message | None:
    """Note what a provider reports, in whatever order reports come. The message, if it just failed."""
    query = select(Delivery).where(Delivery.channel == channel, Delivery.provider_id == provider_id)
    row = session.scalar(query)
    if row is None:
        session.execute(
            delete(Delivery).where(Delivery.message_id.is_(None), Delivery.at < at - _ORPHANS_LIVE)
        )
        row = Delivery(id=new_id(), channel=channel, provider_id=provider_id, state="sent", at=at)
        session.add(row)
    if row.state in FINAL or state == "sent":
        return None
    row.state, row.code = state, code[:40]
    session.flush()
    message = row.message
    if message is None:
        return None
    eventlog.lock(session, message.conversation)
    _settle(session, message)
    eventlog.touch(session, eventlog.CONSOLE)
    return message if message.state == State.REFUSED else None


def _settle(session: Session, message: Message) -> None:
    """The state of a message that is sent follows from its parts: one failed, or all delivered."""
    if message.state not in {State.SENT, State.DELIVERED}:
        return
    parts = session.scalars(select(Delivery).where(Delivery.message_id == message.id)).all()
    failed = next((part for part in parts if part.state == State.REFUSED), None)
    if failed:
        refuse(message, failed.code or "undelivered")
    elif parts and all(part.state == State.DELIVERED for part in parts):
        message.state = State.DELIVERED


# Built once: these are the statements that every sender runs all day.
@cache
def _any_due() -> Select[str]:
    return _due(select(Message.id)).limit(1)


@cache
def _next_due() -> Select[Message]:
    whole = (
        contains_eager(Message.conversation).joinedload(Conversation.identity).joinedload(Identity.contact)
    )
    query = _due(select(Message)).options(whole).order_by(Message.due_at).limit(1)
    return query.with_for_update(of=Conversation, skip_locked=True)


def _due(query: Select[Any]) -> Select[Any]:
    """Rows of `:channel` to send at `:at`, of conversations in which nothing earlier waits to be sent."""
    earlier = aliased(Message)
    unsent = (State.QUEUED, State.SENDING)
    waits = exists().where(
        earlier.conversation_id == Message.conversation_id,
        earlier.direction == "out",
        earlier.state.in_(unsent),
        earlier.seq < Message.seq,
    )
    return (
        query.join(Message.conversation)
        .where(Message.direction == "out", Message.state.in_(unsent), Message.due_at <= bindparam("at"))
        .where(Message.channel == bindparam("channel"), ~waits)
    )
