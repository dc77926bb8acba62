"""Replies become durable rows, with the choices that they offer."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.messages import QUICK_EXIT, Offer, Reply
from bot.models import Choice, Conversation, Message, State, new_id


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
    eventlog.touch(session, eventlog.sending(conversation.channel))
    return [_row(session, conversation, reply, at, answers, counsellor) for reply in replies]


def choice(session: Session, conversation: Conversation, choice_id: str) -> Choice | None:
    """A choice that was offered in this very conversation; None for any other id."""
    found = session.get(Choice, choice_id)
    return found if found and found.conversation_id == conversation.id else None


def offered(session: Session, conversation: Conversation) -> Sequence[Choice]:
    """The choices of the last reply that had any, in order, for answers by number."""
    last = (
        select(Message.id)
        .where(Message.conversation_id == conversation.id, exists().where(Choice.message_id == Message.id))
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
        id=new_id(),
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
    offers = [offer for offer in reply.offers if offer.effect != QUICK_EXIT or conversation.channel == "web"]
    # Unguessable and opaque: an id says nothing of its effect (S5).
    ids = [secrets.token_urlsafe(16) for _ in offers]
    body: dict[str, Any] = msgspec.to_builtins(reply)
    body.pop("offers", None)
    body["choices"] = [_shown(number, offer) for number, offer in zip(ids, offers, strict=True)]
    session.add(message)
    message.body = body
    session.flush()
    for position, (number, offer) in enumerate(zip(ids, offers, strict=True)):
        _offer(session, conversation, message, offer, number, position)
    return message


def _offer(
    session: Session, conversation: Conversation, message: Message, offer: Offer, number: str, position: int
) -> None:
    row = Choice(
        id=number,
        conversation=conversation,
        message_id=message.id,
        position=position,
        effect_kind=offer.effect.kind,
        effect_value=offer.effect.value,
    )
    session.add(row)
    row.label = offer.label


def _shown(number: str, offer: Offer) -> dict[str, str]:
    shown = {"id": number, "label": offer.label}
    # The widget leaves by itself: waiting for the network could be too long.
    return shown | {"does": "quick_exit"} if offer.effect == QUICK_EXIT else shown
