"""The queue: order by risk, then wait; place and honest wait; who is in danger without a human."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.models import Conversation, Handoff, Holder

_RECENT = dt.timedelta(hours=6)
# A conversation in danger that the bot holds is shown while the person has written this lately.
_LIVE = dt.timedelta(minutes=30)
_OPEN = ("requested", "claimed")
GRAVE = ("P0", "P1")


class Stands(NamedTuple):
    """Where a person stands in the queue, and what they were told last."""

    conversation: str
    place: int
    minutes: int | None
    shown: str


def open_handoff(session: Session, conversation: Conversation) -> Handoff | None:
    """The open stretch with humans, if there is one."""
    query = select(Handoff).where(Handoff.conversation_id == conversation.id, Handoff.state.in_(_OPEN))
    return session.scalar(query.limit(1))


def queue(session: Session) -> Sequence[Handoff]:
    """Waiting handoffs, the highest risk first, then the longest wait."""
    query = select(Handoff).where(Handoff.state == "requested")
    return session.scalars(query.order_by(Handoff.level, Handoff.requested_at, Handoff.id)).all()


def place(session: Session, handoff: Handoff) -> int:
    """The place in the queue, from 1."""
    session.flush()
    graver = Handoff.level < handoff.level
    longer = and_(Handoff.level == handoff.level, Handoff.requested_at < handoff.requested_at)
    same = and_(Handoff.level == handoff.level, Handoff.requested_at == handoff.requested_at)
    ahead = or_(graver, longer, and_(same, Handoff.id < handoff.id))
    query = select(func.count()).select_from(Handoff).where(Handoff.state == "requested", ahead)
    return (session.scalar(query) or 0) + 1


def wait_minutes(session: Session, at: dt.datetime) -> int | None:
    """Median wait of the last hours in whole minutes; None when there is nothing to judge by."""
    query = select(Handoff.requested_at, Handoff.claimed_at).where(Handoff.claimed_at > at - _RECENT)
    waits = sorted(
        (claimed - requested).total_seconds() for requested, claimed in session.execute(query) if claimed
    )
    return max(1, round(waits[len(waits) // 2] / 60)) if waits else None


def standing(session: Session, handoff: Handoff, at: dt.datetime) -> dict[str, Any]:
    """Place and wait as the person is told them, remembered so that only a change is told again."""
    return _told(handoff, place(session, handoff), wait_minutes(session, at))


def stale(session: Session, at: dt.datetime) -> Sequence[Stands]:
    """Where people stand whose place or wait has changed since they were told."""
    minutes = wait_minutes(session, at)
    waiting = [Stands(one.conversation_id, n, minutes, one.shown) for n, one in enumerate(queue(session), 1)]
    return [one for one in waiting if one.shown != _shown(one.place, minutes)]


def refresh(session: Session, stands: Stands, at: dt.datetime) -> None:
    """Tell a person their place and wait anew, if they still wait."""
    conversation = session.get(Conversation, stands.conversation)
    if conversation is None:
        return
    eventlog.lock(session, conversation)
    handoff = open_handoff(session, conversation)
    if handoff is None or handoff.state != "requested":
        return
    told = _told(handoff, stands.place, stands.minutes)
    data = {"holder": "requested", "risk": conversation.risk_open, **told}
    eventlog.record(session, conversation, "state", at, data=data)


def still_waiting(session: Session, value: str) -> Handoff | None:
    """The handoff of a timer `id/releases`, if it waits as it did when the timer was set."""
    handoff_id, _, released = value.partition("/")
    handoff = session.get(Handoff, handoff_id)
    if handoff is None or handoff.state != "requested" or str(handoff.released) != released:
        return None
    return handoff


def at_risk(session: Session, at: dt.datetime) -> Sequence[Conversation]:
    """Live conversations in grave danger that the bot holds: a counsellor may step in."""
    query = select(Conversation).where(
        Conversation.holder == Holder.BOT,
        Conversation.risk_level.in_(GRAVE),
        Conversation.last_inbound_at > at - _LIVE,
    )
    return session.scalars(query.order_by(Conversation.risk_level, Conversation.risk_since)).all()


def is_at_risk(conversation: Conversation, at: dt.datetime) -> bool:
    """True if `at_risk` would list it."""
    wrote = conversation.last_inbound_at
    live = wrote is not None and wrote > at - _LIVE
    return live and conversation.holder == Holder.BOT and conversation.risk_level in GRAVE


def _told(handoff: Handoff, place: int, minutes: int | None) -> dict[str, Any]:
    handoff.shown = _shown(place, minutes)
    return {"place": place} if minutes is None else {"place": place, "wait_minutes": minutes}


def _shown(place: int, minutes: int | None) -> str:
    return f"{place}/{minutes or ''}"
