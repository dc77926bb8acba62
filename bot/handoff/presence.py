"""Who is there, and how much they may hold: heartbeats, the availability switch, load by risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import Conflict
from bot.models import Counsellor, Handoff

# A counsellor whose console is silent for this long is not there.
PRESENCE = dt.timedelta(seconds=60)
# How much of a counsellor's capacity one conversation takes.
WEIGHT = {"P0": 3, "P1": 2, "P2": 1, "P3": 1}
HUMANS = ("counsellor", "supervisor", "administrator")


def present(session: Session, at: dt.datetime, language: str | None = None) -> Sequence[Counsellor]:
    """Counsellors whose console is open and who take conversations, in this language if one is named."""
    query = select(Counsellor).where(Counsellor.available, Counsellor.left_at.is_(None))
    query = query.where(Counsellor.role.in_(HUMANS), Counsellor.heartbeat_at > at - PRESENCE)
    there = session.scalars(query).all()
    return [one for one in there if language is None or language in one.languages.split(",")]


def is_there(counsellor: Counsellor, at: dt.datetime) -> bool:
    """True while the counsellor's console shows signs of life (whether they take new ones or not)."""
    seen = counsellor.heartbeat_at
    return seen is not None and counsellor.left_at is None and seen > at - PRESENCE


def heartbeat(
    session: Session, counsellor: Counsellor, at: dt.datetime, available: bool | None = None
) -> None:
    """The console is open; `available` switches new conversations on or off."""
    came = not is_there(counsellor, at)
    changed = available is not None and available != counsellor.available
    counsellor.heartbeat_at = at
    if available is not None:
        counsellor.available = available
    if came or changed:
        eventlog.touch(session, eventlog.CONSOLE)


def sign_off(session: Session, counsellor: Counsellor) -> None:
    """The counsellor is gone on purpose: nothing new comes, what they hold returns at the next sweep."""
    counsellor.heartbeat_at = None
    counsellor.available = False
    eventlog.touch(session, eventlog.CONSOLE, eventlog.WORK)


def lost(session: Session, at: dt.datetime) -> Sequence[str]:
    """Ids of conversations held by counsellors who are not there any more."""
    query = select(Handoff.conversation_id).join(Counsellor, Counsellor.id == Handoff.counsellor_id)
    gone = or_(
        Counsellor.heartbeat_at.is_(None),
        Counsellor.heartbeat_at <= at - PRESENCE,
        Counsellor.left_at.is_not(None),
    )
    return session.scalars(query.where(Handoff.state == "claimed", gone)).all()


def load(session: Session, counsellor: Counsellor) -> int:
    """What the counsellor holds, weighed by risk."""
    query = select(Handoff.level).where(Handoff.state == "claimed", Handoff.counsellor_id == counsellor.id)
    return sum(WEIGHT[level] for level in session.scalars(query))


def check_room(session: Session, counsellor: Counsellor, level: str) -> None:
    """Raise Conflict when one more would be too much; with empty hands anybody may take one."""
    session.refresh(counsellor, with_for_update=True)
    held = load(session, counsellor)
    if held and counsellor.role == "counsellor" and held + WEIGHT[level] > counsellor.capacity:
        raise Conflict("you hold as much as is good for one person; close one, or ask a supervisor")
