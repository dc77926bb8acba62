"""Words that go out to a person: a counsellor's, once for each key, and sentences about who is there."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import eventlog, handoff, outbox
from bot.channels import web
from bot.content import known_lang
from bot.errors import Conflict
from bot.messages import Reply
from bot.models import Conversation, Counsellor, Message
from bot.stage import Kit

# A repeated key is looked for among so many newest answers.
_RECENT_ANSWERS = 30


def answer(
    session: Session,
    conversation_id: str,
    counsellor: Counsellor,
    text: str,
    key: str,
    at: dt.datetime,
    name: str = "",
) -> Message:
    """Queue a counsellor's words, once for each key; the first row for a repeated one.

    `name` is shown when it is not the counsellor's own. Raises Conflict, before anything is stored,
    when the words would not arrive, and NotFound or Conflict when somebody else holds it.
    """
    words = web.clean(text)
    conversation = handoff.holding(session, counsellor, conversation_id)
    if first := _sent_before(session, conversation, counsellor, key):
        return first
    if why := handoff.unreachable(session, conversation, at):
        raise Conflict(f"cannot reach this person on this channel ({why}); nothing was sent")
    reply = Reply(text=words, author="counsellor", lang=known_lang(conversation.language))
    [message] = outbox.put(session, conversation, [reply], at, counsellor=counsellor.id)
    message.body = {**(message.body or {}), "name": name or counsellor.name, "console_key": key}
    handed = handoff.open_handoff(session, conversation)
    if handed and handed.first_reply_at is None:
        handed.first_reply_at = at
    outbox.show(session, conversation, at)
    eventlog.touch(session, eventlog.WORK, eventlog.CONSOLE)
    return message


def tell(
    session: Session, kit: Kit, conversation: Conversation, phrase: str, at: dt.datetime, /, **values: str
) -> None:
    """Say a fixed sentence to the person, at once where the event log is the channel."""
    said = kit.voice(conversation, at).phrase(phrase, conversation.next_seq, author="notice", **values)
    outbox.put(session, conversation, [said], at)
    outbox.show(session, conversation, at)
    eventlog.touch(session, eventlog.WORK)


def _sent_before(
    session: Session, conversation: Conversation, counsellor: Counsellor, key: str
) -> Message | None:
    query = select(Message).where(
        Message.conversation_id == conversation.id, Message.counsellor_id == counsellor.id
    )
    newest = session.scalars(query.order_by(Message.seq.desc()).limit(_RECENT_ANSWERS))
    return next((one for one in newest if (one.body or {}).get("console_key") == key), None)
