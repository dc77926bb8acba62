"""From bot to counsellor and back: request, claim, release, close; who is there, place and wait.

    bot -> requested -> claimed -> bot | closed
    claimed -> requested     released, or the counsellor was lost
    requested -> bot         the person leaves, or nobody came
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import Conflict, NotFound
from bot.models import Alert, Audit, Callback, Conversation, Counsellor, Handoff, Holder, Timer

# A counsellor whose console is silent for this long is not there.
PRESENCE = dt.timedelta(seconds=60)
# How long the emergency card waits for a counsellor who holds the conversation.
CARD_SECONDS = 30
_RECENT = dt.timedelta(hours=6)
_OPEN = ("requested", "claimed")


def present(session: Session, at: dt.datetime) -> Sequence[Counsellor]:
    """Counsellors whose console is open and who take conversations."""
    query = select(Counsellor).where(Counsellor.available, Counsellor.left_at.is_(None))
    return session.scalars(query.where(Counsellor.heartbeat_at > at - PRESENCE)).all()


def request(
    session: Session, conversation: Conversation, reason: str, level: str, at: dt.datetime, minutes: float
) -> Handoff | None:
    """Ask for a human. None when nobody is on shift: a call-back is noted and the bot goes on.

    A second request while one is open returns the open one; a higher level moves it up.
    """
    handoff = open_handoff(session, conversation)
    if handoff:
        handoff.level = min(handoff.level, level)
        return handoff
    if not present(session, at):
        session.add(Callback(conversation=conversation, reason=reason, level=level, asked_at=at))
        return None
    handoff = Handoff(
        conversation=conversation,
        state="requested",
        reason=reason,
        level=level,
        language=conversation.language,
        requested_at=at,
    )
    session.add(handoff)
    _hold(session, conversation, Holder.REQUESTED, at, place=place(session, handoff))
    _when_nobody_comes(session, conversation, handoff, at, minutes)
    return handoff


def claim(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> Handoff:
    """Take a waiting conversation. Raises Conflict naming the winner when somebody was first."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("no such conversation, or not yours")
    eventlog.lock(session, conversation)
    handoff = open_handoff(session, conversation)
    if handoff is None:
        raise Conflict("nobody is waiting in this conversation any more")
    if handoff.state == "claimed":
        name = handoff.counsellor.name if handoff.counsellor else "somebody"
        raise Conflict(f"{name} already has this conversation")
    handoff.state, handoff.counsellor, handoff.claimed_at = "claimed", counsellor, at
    conversation.counsellor_id = counsellor.id
    _hold(session, conversation, Holder.CLAIMED, at, name=counsellor.name)
    log(session, counsellor.id, "handoff.claim", conversation.id, at)
    return handoff


def release(session: Session, conversation: Conversation, at: dt.datetime, actor: str, minutes: float) -> None:
    """Put a claimed conversation back into the queue, keeping its first waiting time."""
    eventlog.lock(session, conversation)
    handoff = open_handoff(session, conversation)
    if handoff is None or handoff.state != "claimed":
        raise Conflict("nobody holds this conversation")
    handoff.state, handoff.counsellor = "requested", None
    handoff.released += 1
    conversation.counsellor_id = None
    _hold(session, conversation, Holder.REQUESTED, at, place=place(session, handoff))
    _when_nobody_comes(session, conversation, handoff, at, minutes)
    log(session, actor, "handoff.release", conversation.id, at)


def close(
    session: Session, conversation: Conversation, at: dt.datetime, actor: str, reason: str
) -> Handoff | None:
    """End the stretch with humans and give the conversation back to the bot; None if there was none."""
    eventlog.lock(session, conversation)
    handoff = open_handoff(session, conversation)
    if handoff is None:
        return None
    handoff.state, handoff.ended_at, handoff.end_reason = "closed", at, reason
    conversation.counsellor_id = None
    _hold(session, conversation, Holder.BOT, at)
    log(session, actor, "handoff.close", conversation.id, at, reason=reason)
    return handoff


def nobody_came(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """Give an unclaimed request back to the bot and note a call-back; staff are alerted."""
    waiting = open_handoff(session, conversation)
    if waiting is None:
        return
    session.add(
        Callback(conversation=conversation, reason=waiting.reason, level=waiting.level, asked_at=at)
    )
    alert(session, "handoff.unclaimed", at, conversation, waiting.level)
    close(session, conversation, at, "system", "nobody came")


def open_handoff(session: Session, conversation: Conversation) -> Handoff | None:
    """The open stretch with humans, if there is one."""
    query = select(Handoff).where(Handoff.conversation_id == conversation.id, Handoff.state.in_(_OPEN))
    return session.scalar(query.limit(1))


def queue(session: Session) -> Sequence[Handoff]:
    """Waiting handoffs, the highest risk first, then the longest wait."""
    query = select(Handoff).where(Handoff.state == "requested")
    return session.scalars(query.order_by(Handoff.level, Handoff.requested_at)).all()


def place(session: Session, handoff: Handoff) -> int:
    """The place in the queue, from 1."""
    session.flush()
    return [one.id for one in queue(session)].index(handoff.id) + 1


def wait_minutes(session: Session, at: dt.datetime) -> int | None:
    """Median wait of the last hours in whole minutes; None when there is nothing to judge by."""
    query = select(Handoff).where(Handoff.claimed_at > at - _RECENT)
    waits = sorted(
        (one.claimed_at - one.requested_at).total_seconds() for one in session.scalars(query) if one.claimed_at
    )
    return max(1, round(waits[len(waits) // 2] / 60)) if waits else None


def access(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> Conversation:
    """The only way to a conversation in the console; the look is logged.

    A counsellor sees waiting conversations and their own. "Not yours" and "not there" are the same
    NotFound.
    """
    conversation = session.get(Conversation, conversation_id)
    allowed = conversation is not None and (
        conversation.counsellor_id == counsellor.id
        or conversation.holder == Holder.REQUESTED
        or counsellor.role in {"supervisor", "administrator"}
    )
    if conversation is None or not allowed:
        raise NotFound("no such conversation, or not yours")
    log(session, counsellor.id, "conversation.read", conversation.id, at)
    return conversation


def alert(
    session: Session, kind: str, at: dt.datetime, conversation: Conversation | None = None, level: str | None = None
) -> None:
    """Something staff must see at once."""
    conversation_id = conversation.id if conversation else None
    session.add(Alert(kind=kind, level=level, conversation_id=conversation_id, raised_at=at))
    eventlog.touch(session, eventlog.CONSOLE)


def log(session: Session, actor: str, action: str, subject: str, at: dt.datetime, **details: str) -> Audit:
    """Append to the hash-chained audit log; never a text of a person."""
    return Audit.append(session, actor=actor, action=action, subject=subject, at=at, details=details)


def _hold(session: Session, conversation: Conversation, holder: Holder, at: dt.datetime, **shown: object) -> None:
    conversation.holder = holder
    conversation.version += 1
    data = {"holder": str(holder), **shown}
    eventlog.record(session, conversation, "state", at, data=data)


def _when_nobody_comes(
    session: Session, conversation: Conversation, handoff: Handoff, at: dt.datetime, minutes: float
) -> None:
    session.flush()
    due = at + dt.timedelta(minutes=minutes)
    session.add(Timer(conversation=conversation, kind="unclaimed", value=handoff.id, due_at=due))


def counts(session: Session) -> dict[str, int]:
    """How many wait and how many are with a counsellor."""
    query = select(Handoff.state, func.count()).where(Handoff.state.in_(_OPEN)).group_by(Handoff.state)
    return {state: count for state, count in session.execute(query)}
