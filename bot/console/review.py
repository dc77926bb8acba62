"""What should be looked at again: thumbs, questions that nothing answered, messages that never arrived."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from bot import eventlog, handoff
from bot.console.door import Call
from bot.content import known_lang
from bot.errors import NotFound
from bot.models import Conversation, Feedback, Message, State, Unanswered

MOST = 200
# Older failures are past mending.
_MENDABLE = dt.timedelta(days=14)


def thumbs(call: Call) -> list[dict[str, Any]]:
    """Thumbs on answers, newest first: which passage in which version, never whose."""
    query = select(Feedback).order_by(Feedback.at.desc()).limit(MOST)
    return [
        {
            "id": one.message_id,
            "thumb": one.thumb,
            "content": one.content,
            "title": _title(call, one),
            "version": one.content_version,
            "language": one.language,
            "at": _iso(one.at),
        }
        for one in call.session.scalars(query)
    ]


def unanswered(call: Call) -> list[dict[str, Any]]:
    """Questions that nothing answered, newest first, without the conversation they stood in; logged."""
    rows = call.session.scalars(select(Unanswered).order_by(Unanswered.at.desc()).limit(MOST)).all()
    if rows:
        handoff.log(call.session, call.counsellor.id, "unanswered.read", "", call.at, rows=str(len(rows)))
    return [{"id": one.id, "text": one.text, "language": one.language, "at": _iso(one.at)} for one in rows]


def reviewed(call: Call) -> None:
    """A question was looked at: it is not kept any longer."""
    row = call.session.get(Unanswered, call.path["question"])
    if row is None:
        raise NotFound("no such question, or somebody has reviewed it")
    call.session.delete(row)
    handoff.log(call.session, call.counsellor.id, "unanswered.reviewed", row.id, call.at)


def dead_letters(call: Call) -> list[dict[str, Any]]:
    """Messages that could not be handled or delivered in the last two weeks, newest first; no text."""
    query = select(Message).where(
        Message.state.in_((State.FAILED, State.REFUSED)), Message.created_at > call.at - _MENDABLE
    )
    return [
        {
            "id": one.id,
            "conversation": one.conversation_id,
            "direction": one.direction,
            "author": one.author,
            "channel": one.channel,
            "failure": one.failure,
            "at": _iso(one.created_at),
        }
        for one in call.session.scalars(query.order_by(Message.created_at.desc()).limit(MOST))
    ]


def again(call: Call) -> None:
    """Try a dead letter once more: deliver it, or take its turn again."""
    message = call.session.get(Message, call.path["letter"])
    if message is None or message.state not in {State.FAILED, State.REFUSED}:
        raise NotFound("no such message, or it is on its way again")
    conversation: Conversation = message.conversation
    eventlog.lock(call.session, conversation)
    message.attempts = 0
    if message.direction == "out":
        message.state, message.due_at, message.failure = State.QUEUED, call.at, None
    else:
        message.state = State.RECEIVED
        conversation.waiting_since = conversation.waiting_since or call.at
    handoff.log(
        call.session, call.counsellor.id, "message.again", conversation.id, call.at, message=message.id
    )
    eventlog.touch(call.session, eventlog.WORK, eventlog.CONSOLE)


def _title(call: Call, feedback: Feedback) -> str | None:
    name = (feedback.content or "").rpartition("/")[2]
    passage = call.kit.library.passages.get((name, known_lang(feedback.language)))
    return passage.title if passage else None


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
