"""Wishes to be written to later: noted once, and taken off the list when they were met."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import NotFound
from bot.handoff.access import log
from bot.models import Callback, Conversation, Counsellor


def note(session: Session, conversation: Conversation, reason: str, level: str, at: dt.datetime) -> None:
    """Keep a wish; asking twice is one wish, at its graver level."""
    query = select(Callback).where(Callback.conversation_id == conversation.id, Callback.done_at.is_(None))
    kept = session.scalar(query.limit(1))
    if kept:
        kept.level = min(kept.level, level)
    else:
        session.add(Callback(conversation=conversation, reason=reason, level=level, asked_at=at))
    eventlog.touch(session, eventlog.CONSOLE)


def done(session: Session, counsellor: Counsellor, callback_id: str, at: dt.datetime) -> None:
    """Take a wish off the list, for it was met in another way. Raises NotFound."""
    wish = find(session, callback_id)
    if wish.done_at is None:
        wish.done_at = at
        log(session, counsellor.id, "callback.done", wish.conversation_id, at)
        eventlog.touch(session, eventlog.CONSOLE)


def find(session: Session, callback_id: str) -> Callback:
    """A wish. Raises NotFound."""
    wish = session.get(Callback, callback_id)
    if wish is None:
        raise NotFound("no such call-back")
    return wish
