"""More people write than can be answered: danger goes to the front, all others are told that they are heard.

Looks only at messages that have waited for a while, so that in quiet times it costs nothing.
"""

from __future__ import annotations

import datetime as dt

import structlog
from sqlalchemy import select

from bot import crisis, eventlog, inbox, outbox
from bot.models import Conversation, Holder, State
from bot.stage import Kit

log = structlog.get_logger()
# A message that has waited this long is looked at out of turn.
LONGEST_WAIT = dt.timedelta(seconds=5)
# The fixed reply comes once in a while, not under every message.
_TOLD_FOR = dt.timedelta(minutes=10)
_AT_ONCE = 50
# Before everybody who waits: the queue is ordered by the moment since when somebody does.
_FRONT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def look(kit: Kit) -> int:
    """Screen what has waited too long; how many conversations there were."""
    at = kit.now()
    with kit.database.read() as session:
        query = select(Conversation.id).where(Conversation.waiting_since < at - LONGEST_WAIT)
        query = query.where(Conversation.waiting_since > _FRONT)
        query = query.where(Conversation.lease_until.is_(None) | (Conversation.lease_until < at))
        waiting = session.scalars(query.order_by(Conversation.waiting_since).limit(_AT_ONCE)).all()
    for conversation_id in waiting:
        _one(kit, conversation_id, at)
    return len(waiting)


def _one(kit: Kit, conversation_id: str, at: dt.datetime) -> None:
    with kit.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        unread = [m for m in inbox.pending(session, conversation) if m.state == State.RECEIVED]
        texts = [(message.id, message.text) for message in unread]
        context = crisis.context(conversation)
    if not texts:
        return
    danger = kit.screen("\n".join(text for _, text in texts), context).crisis
    with kit.database.begin() as session:
        conversation = session.get_one(Conversation, conversation_id)
        eventlog.lock(session, conversation)
        if conversation.waiting_since is None or (conversation.lease_until and conversation.lease_until > at):
            return
        for message in inbox.pending(session, conversation):
            if message.id in {number for number, _ in texts}:
                message.state = State.SCREENED
        if danger:
            conversation.waiting_since = _FRONT
            eventlog.touch(session, eventlog.WORK)
        elif conversation.holder == Holder.BOT and not _was_told(conversation, at):
            conversation.remember(busy_at=at.isoformat())
            busy = kit.voice(conversation, at).phrase("busy", author="notice")
            outbox.put(session, conversation, [busy], at)
            outbox.show(session, conversation, at)


def _was_told(conversation: Conversation, at: dt.datetime) -> bool:
    told = conversation.recall("busy_at")
    return told is not None and at - dt.datetime.fromisoformat(told) < _TOLD_FOR
