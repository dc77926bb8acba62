"""The outbox: replies as durable rows; the only sender. Who may speak is checked when sending."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.messages import Reply
from bot.models import Choice, Conversation, Holder, Message, State

MOST_ATTEMPTS = 8
FIRST_RETRY_SECONDS = 2.0
LONGEST_RETRY_SECONDS = 3600.0
# Channels whose readers follow the event log: there is no provider to call.
SHOWN_BY_LOG = frozenset({"web", "terminal"})
# Who may speak while somebody holds the conversation (design rule 4).
MAY_SPEAK: dict[str, frozenset[str]] = {
    Holder.BOT: frozenset({"bot", "safety", "notice", "counsellor"}),
    Holder.REQUESTED: frozenset({"safety", "notice"}),
    Holder.CLAIMED: frozenset({"counsellor", "notice"}),
    # The person has left: only what a human wrote or what danger asks for still goes out.
    Holder.CLOSED: frozenset({"safety", "notice", "counsellor"}),
}


def put(
    session: Session,
    conversation: Conversation,
    replies: Sequence[Reply],
    at: dt.datetime,
    *,
    answers: str | None = None,
    counsellor: str | None = None,
) -> list[Message]:
    """Queue replies in order, in the caller's transaction, with the choices that they offer."""
    return [_row(session, conversation, reply, at, answers, counsellor) for reply in replies]


def waiting(session: Session, at: dt.datetime, conversation: str | None = None) -> Sequence[str]:
    """Ids of conversations with rows due for delivery."""
    query = select(Message.conversation_id).where(Message.state == State.QUEUED, Message.due_at <= at)
    if conversation:
        query = query.where(Message.conversation_id == conversation)
    return session.scalars(query.distinct().limit(100)).all()


def next_due(session: Session, conversation: Conversation, at: dt.datetime) -> Message | None:
    """The first undelivered row of a conversation if its time has come: order is never broken."""
    query = select(Message).where(Message.conversation_id == conversation.id, Message.direction == "out")
    query = query.where(Message.state.in_((State.QUEUED, State.SENDING))).order_by(Message.seq).limit(1)
    message = session.scalar(query)
    if message is None or message.state != State.QUEUED:
        return None
    return message if message.due_at and message.due_at <= at else None


def may_speak(conversation: Conversation, message: Message) -> bool:
    """True if the row's author may speak now, whoever held the conversation when it was written."""
    if message.author in MAY_SPEAK[conversation.holder]:
        return True
    # The one emergency card while a counsellor holds it: set by turn.py when nobody wrote within 30 s.
    return message.author == "safety" and message.kind == "card"


def withhold(message: Message) -> None:
    """Never deliver this row: somebody else holds the conversation."""
    message.state = State.WITHHELD


def sent(session: Session, conversation: Conversation, message: Message, at: dt.datetime) -> None:
    """The channel took it: show it in the event log too."""
    message.state = State.SENT
    message.sent_at = at
    eventlog.record(session, conversation, "message", at, message=message)


def show(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """Deliver what is due where the event log itself is the channel (the website)."""
    if conversation.channel not in SHOWN_BY_LOG:
        return
    while message := next_due(session, conversation, at):
        if may_speak(conversation, message):
            sent(session, conversation, message, at)
        else:
            withhold(message)


def refused(message: Message, code: str) -> None:
    """The provider will never take it."""
    message.state = State.REFUSED
    message.failure = code


def retry(message: Message, at: dt.datetime, after: float | None = None, code: str = "") -> None:
    """Try again later: the provider's wish, or exponential back-off with full jitter."""
    message.attempts += 1
    message.failure = code or message.failure
    if message.attempts >= MOST_ATTEMPTS:
        refused(message, code or "too many attempts")
        return
    ceiling = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2**message.attempts)
    wait = after if after is not None else random.uniform(0, ceiling)  # noqa: S311 (jitter)
    message.state = State.QUEUED
    message.due_at = at + dt.timedelta(seconds=wait)


def choice(session: Session, conversation: Conversation, choice_id: str) -> Choice | None:
    """A choice that was offered in this very conversation; None for any other id."""
    found = session.get(Choice, choice_id)
    return found if found and found.conversation_id == conversation.id else None


def offered(session: Session, conversation: Conversation) -> Sequence[Choice]:
    """The choices of the last reply that had any, in order, for answers by number."""
    last = (
        select(Choice.message_id)
        .join(Message, Message.id == Choice.message_id)
        .where(Choice.conversation_id == conversation.id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    query = select(Choice).where(Choice.message_id == last.scalar_subquery()).order_by(Choice.position)
    return session.scalars(query).all()


def _row(
    session: Session,
    conversation: Conversation,
    reply: Reply,
    at: dt.datetime,
    answers: str | None,
    counsellor: str | None,
) -> Message:
    message = Message(
        conversation=conversation,
        seq=conversation.take_seq(),
        direction="out",
        author=reply.author,
        channel=conversation.channel,
        state=State.QUEUED,
        kind="card" if reply.content == "phrases/emergency_card" else "text",
        language=reply.lang,
        content=reply.content or None,
        content_version=reply.version or None,
        holder_version=conversation.version,
        answers_id=answers,
        counsellor_id=counsellor,
        created_at=at,
        due_at=at,
    )
    session.add(message)
    body: dict[str, Any] = msgspec.to_builtins(reply)
    body["choices"] = [_choice(session, conversation, message, reply, n) for n in range(len(reply.offers))]
    body.pop("offers", None)
    message.body = body
    session.flush()
    return message


def _choice(
    session: Session, conversation: Conversation, message: Message, reply: Reply, position: int
) -> dict[str, str]:
    offer = reply.offers[position]
    session.flush()
    row = Choice(
        # Unguessable and opaque: an id says nothing of its effect (S5).
        id=secrets.token_urlsafe(16),
        conversation=conversation,
        message_id=message.id,
        position=position,
        effect_kind=offer.effect.kind,
        effect_value=offer.effect.value,
    )
    session.add(row)
    row.label = offer.label
    return {"id": row.id, "label": offer.label}
