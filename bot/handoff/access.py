"""The only way to a conversation in the console; every look is logged, and staff alerts are raised here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import Conflict, NotAllowed, NotFound
from bot.handoff import needs, waiting
from bot.models import Alert, Audit, Conversation, Counsellor, Grant, Handoff, Holder

# Who may open somebody else's conversation, with a reason.
SENIOR = frozenset({"supervisor", "administrator"})
# An open console looks again at every message; one entry covers this long.
_ONE_LOOK = dt.timedelta(minutes=10)
_GRANT = dt.timedelta(hours=1)
REASONS = ("supervision", "safety", "complaint", "technical", "legal")


class Refused(NotAllowed):
    """A supervisor must first say why."""


def access(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> Conversation:
    """A conversation to read: waiting, the counsellor's own, offered to them, or opened with a reason.

    "Not yours" and "not there" are the same NotFound; who may break the glass gets Refused.
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is not None and _may_read(session, counsellor, conversation, at):
        _log_look(session, counsellor, conversation.id, at)
        return conversation
    if counsellor.role in SENIOR:
        raise Refused("give a reason to open a conversation that is not yours")
    raise NotFound("no such conversation, or not yours")


def holding(session: Session, counsellor: Counsellor, conversation_id: str) -> Conversation:
    """The counsellor's own conversation, its row locked, to act in. NotFound, or Conflict with who has it."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("no such conversation, or not yours")
    eventlog.lock(session, conversation)
    if conversation.holder == Holder.CLAIMED and conversation.counsellor_id == counsellor.id:
        return conversation
    if conversation.holder == Holder.REQUESTED:
        raise Conflict("claim this conversation first")
    if _held_before(session, counsellor, conversation):
        raise Conflict("you do not hold this conversation any more")
    raise NotFound("no such conversation, or not yours")


def break_glass(
    session: Session, counsellor: Counsellor, conversation_id: str, reason: str, at: dt.datetime
) -> Conversation:
    """Open any conversation for an hour with a reason; the log keeps it. For supervisors only."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or counsellor.role not in SENIOR:
        raise NotFound("no such conversation, or not yours")
    session.add(
        Grant(conversation_id=conversation.id, counsellor_id=counsellor.id, reason=reason, until=at + _GRANT)
    )
    log(session, counsellor.id, "conversation.break_glass", conversation.id, at, reason=reason)
    return conversation


def alert(
    session: Session,
    kind: str,
    at: dt.datetime,
    conversation: Conversation | None = None,
    level: str | None = None,
) -> None:
    """Something staff must see at once; danger also moves an open request up."""
    conversation_id = conversation.id if conversation else None
    session.add(Alert(kind=kind, level=level, conversation_id=conversation_id, raised_at=at))
    if conversation and kind == "risk" and (handoff := waiting.open_handoff(session, conversation)):
        handoff.level = min(handoff.level, level or handoff.level)
        handoff.needs = needs.both(handoff.needs, needs.of(conversation))
    eventlog.touch(session, eventlog.CONSOLE)


def log(session: Session, actor: str, action: str, subject: str, at: dt.datetime, **details: str) -> Audit:
    """Append to the hash-chained audit log; never a text of a person."""
    return Audit.append(session, actor=actor, action=action, subject=subject, at=at, details=details)


def _may_read(session: Session, counsellor: Counsellor, conversation: Conversation, at: dt.datetime) -> bool:
    if counsellor.role == "editor":
        return False
    if conversation.holder == Holder.CLAIMED and conversation.counsellor_id == counsellor.id:
        return True
    if conversation.holder == Holder.REQUESTED:
        return True
    handoff = waiting.open_handoff(session, conversation)
    if handoff and handoff.invited_id == counsellor.id:
        return True
    return counsellor.role in SENIOR and _granted(session, counsellor, conversation, at)


def _granted(session: Session, counsellor: Counsellor, conversation: Conversation, at: dt.datetime) -> bool:
    query = select(Grant.id).where(Grant.conversation_id == conversation.id, Grant.until > at)
    return session.scalar(query.where(Grant.counsellor_id == counsellor.id).limit(1)) is not None


def _held_before(session: Session, counsellor: Counsellor, conversation: Conversation) -> bool:
    query = select(Handoff.id).where(Handoff.conversation_id == conversation.id)
    handed = session.scalar(query.where(Handoff.counsellor_id == counsellor.id).limit(1))
    if handed:
        return True
    entry = select(Audit.number).where(Audit.subject == conversation.id, Audit.actor == counsellor.id)
    return session.scalar(entry.where(Audit.action == "handoff.claim").limit(1)) is not None


def _log_look(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> None:
    query = select(func.max(Audit.at)).where(Audit.subject == conversation_id, Audit.actor == counsellor.id)
    last = session.scalar(query.where(Audit.action == "conversation.read"))
    if last is None or at - last > _ONE_LOOK:
        log(session, counsellor.id, "conversation.read", conversation_id, at)
