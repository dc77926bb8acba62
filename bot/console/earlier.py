"""Earlier conversations of the same person: shown only when they agreed, hidden when they take it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import handoff
from bot.console.door import Call
from bot.models import Consent, Conversation, Handoff, Note

PURPOSE = "earlier_talks"
MOST = 20


class Agreed(msgspec.Struct, forbid_unknown_fields=True):
    """The person was asked whether earlier notes may be read, and said yes or no."""

    given: bool


def show(call: Call) -> dict[str, Any]:
    """Whether the person agreed, and if so what earlier counsellors noted; each look is logged.

    Without consent not even the number of earlier conversations is said.
    """
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    consent = _current(call.session, conversation)
    if consent is None:
        return {"consent": None, "earlier": []}
    handoff.log(call.session, call.counsellor.id, "contact.earlier", conversation.id, call.at)
    query = select(Conversation).where(
        Conversation.contact_id == conversation.contact_id, Conversation.id != conversation.id
    )
    rows = call.session.scalars(query.order_by(Conversation.created_at.desc()).limit(MOST))
    return {"consent": _iso(consent.given_at), "earlier": [_one(call.session, row) for row in rows]}


def agree(call: Call, body: Agreed) -> None:
    """Note the person's yes or no; a no ends an earlier yes."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    consent = _current(call.session, conversation)
    if body.given and consent is None:
        call.session.add(
            Consent(
                contact_id=conversation.contact_id,
                purpose=PURPOSE,
                conversation_id=conversation.id,
                noted_by=call.counsellor.id,
                given_at=call.at,
            )
        )
    if not body.given and consent is not None:
        consent.ended_at = call.at
    action = "consent.given" if body.given else "consent.ended"
    handoff.log(call.session, call.counsellor.id, action, conversation.id, call.at, purpose=PURPOSE)


def _current(session: Session, conversation: Conversation) -> Consent | None:
    query = select(Consent).where(Consent.contact_id == conversation.contact_id, Consent.purpose == PURPOSE)
    return session.scalar(query.where(Consent.ended_at.is_(None)).limit(1))


def _one(session: Session, conversation: Conversation) -> dict[str, Any]:
    stretches = session.scalars(
        select(Handoff).where(Handoff.conversation_id == conversation.id).order_by(Handoff.requested_at)
    ).all()
    notes = session.scalars(
        select(Note).where(Note.conversation_id == conversation.id, Note.kind == "case").order_by(Note.at)
    )
    return {
        "at": _iso(conversation.created_at),
        "channel": conversation.channel,
        "language": conversation.language,
        "level": min((one.level for one in stretches), default=None),
        "ended": [one.end_reason for one in stretches if one.end_reason],
        "notes": [{"by": one.counsellor.name, "at": _iso(one.at), **(one.body or {})} for one in notes],
    }


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
