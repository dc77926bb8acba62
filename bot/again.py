"""A question that Rasa did not answer is kept and asked again: the apology is not the last word."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import eventlog, guide
from bot.messages import Outcome
from bot.models import Conversation, Holder, Message, State, Timer
from bot.stage import Kit, Turn

KIND = "again"
# Seconds until each next try; after the last one the question is a dead letter that staff see.
PAUSES = (2, 8, 30, 120)


def is_kept(message: Message) -> bool:
    """True for a question whose asker was told that it is kept."""
    return message.state == State.ASKED and message.route == "fallback"


def was_told(turn: Turn) -> bool:
    """True if whoever asked has had the fixed reply for each of these messages."""
    return all(message.route == "fallback" for message in turn.messages)


def may_be_kept(session: Session, turn: Turn) -> bool:
    """True where nothing else speaks, and not after the last try."""
    sure = turn.verdict is not None and not turn.verdict.check_in
    return sure and _is_free(session, turn.conversation) and _tries(session, turn) < len(PAUSES)


def sorry(turn: Turn) -> Outcome:
    """The fixed reply with numbers and the promise, once for each message."""
    said = () if was_told(turn) else (turn.voice.phrase("rasa_later", turn.number),)
    return Outcome(route="fallback", replies=said)


def keep(session: Session, turn: Turn, at: dt.datetime) -> None:
    """Leave the messages open, to be looked at again after a pause."""
    due = at + dt.timedelta(seconds=PAUSES[_tries(session, turn)])
    for message in turn.messages:
        message.attempts = 0  # the turn came to an orderly end: it did not break
    value = turn.messages[-1].id
    session.add(Timer(conversation=turn.conversation, kind=KIND, value=value, due_at=due))


def look(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """The pause is over: the conversation waits for a worker again, if its question still stands."""
    conversation, message = timer.conversation, session.get(Message, timer.value)
    if message is None or not is_kept(message):
        return
    if _is_free(session, conversation):
        conversation.waiting_since = conversation.waiting_since or at
        eventlog.touch(session, eventlog.WORK)
    else:
        message.state = State.CLOSED  # somebody else speaks now


def _is_free(session: Session, conversation: Conversation) -> bool:
    """True where no counsellor, no danger and no guide has the word."""
    if conversation.holder != Holder.BOT or conversation.risk_open:
        return False
    return guide.current(session, conversation) is None


def _tries(session: Session, turn: Turn) -> int:
    """How often these messages have been kept before."""
    query = select(func.count()).where(Timer.conversation_id == turn.conversation.id, Timer.kind == KIND)
    return session.scalar(query.where(Timer.value.in_([message.id for message in turn.messages]))) or 0
