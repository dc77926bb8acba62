"""What happens later, once: a silence step, an unclaimed handoff, the emergency card after 30 s.

Also what must be noticed without anybody asking: counsellors who are gone, places that changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import crisis, eventlog, guide, handoff, outbox, retention
from bot.content import helplines
from bot.crash import crash_here
from bot.models import Alert, Conversation, GuideRun, Holder, Message, Timer
from bot.stage import Kit

# A reminder that nobody followed is repeated after so many days.
_REMIND_DAYS = 7


def fire(kit: Kit) -> int:
    """Carry out every timer that is due, each in a transaction of its own; how many there were."""
    at = kit.now()
    with kit.database.read() as session:
        query = select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= at)
        due = session.scalars(query.order_by(Timer.due_at).limit(100)).all()
    for timer_id in due:
        with kit.database.begin() as session:
            _one(session, kit, timer_id, at)
    _sweep(kit, at)
    _helplines(kit, at)
    return len(due)


def _helplines(kit: Kit, at: dt.datetime) -> None:
    """Staff are told 14 days before a number must be checked again; once until they have seen it."""
    if not helplines.due(kit.library.countries, at.date()):
        return
    since = at - dt.timedelta(days=_REMIND_DAYS)
    query = select(Alert.id).where(Alert.kind == "helplines.due", Alert.raised_at > since).limit(1)
    with kit.database.read() as session:
        told = session.scalar(query)
    if told is None:
        with kit.database.begin() as session:
            handoff.alert(session, "helplines.due", at)


def _sweep(kit: Kit, at: dt.datetime) -> None:
    """Conversations of counsellors who are gone return to the queue; the waiting learn their place.

    Answers whose time is over are deleted.
    """
    with kit.database.read() as session:
        lost, stale = handoff.lost(session, at), handoff.stale(session, at)
        old = retention.expired(session, at)
    if old:
        with kit.database.begin() as session:
            retention.expire(session, at)
    for conversation_id in lost:
        with kit.database.begin() as session:
            conversation = handoff.reclaim(session, conversation_id, at, kit.settings.unclaimed_minutes)
            if conversation:
                said = kit.voice(conversation, at).phrase("human_back_in_line", author="notice")
                outbox.put(session, conversation, [said], at)
                outbox.show(session, conversation, at)
    for conversation_id in stale:
        with kit.database.begin() as session:
            waiting = session.get(Conversation, conversation_id)
            if waiting:
                eventlog.lock(session, waiting)
                handoff.refresh(session, waiting, at)


def _one(session: Session, kit: Kit, timer_id: str, at: dt.datetime) -> None:
    timer = session.scalar(select(Timer).where(Timer.id == timer_id).with_for_update(skip_locked=True))
    if timer is None or timer.done_at is not None:
        return
    if timer.kind == "erase":
        retention.wipe(session, timer.conversation)
        return
    timer.done_at = at
    eventlog.lock(session, timer.conversation)
    _KINDS[timer.kind](session, kit, timer, at)
    outbox.show(session, timer.conversation, at)
    crash_here("timer.before_commit")


def _silence(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """Nobody answered a step of a protocol: say its silence step, if nothing was written since."""
    run_id, _, step = timer.value.partition("/")
    run = session.get(GuideRun, run_id)
    conversation = timer.conversation
    if run is None or crisis.is_quiet(conversation):
        return  # somebody may watch the phone: nothing goes there unasked
    if conversation.last_inbound_at and conversation.last_inbound_at > run.changed_at:
        return
    taken = guide.silent(session, run, kit.voice(conversation, at), step)
    if taken:
        outbox.put(session, conversation, taken.replies, at)


def _remind(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """The one reminder that was asked for; not where somebody else may watch, and not in danger."""
    conversation = timer.conversation
    if crisis.is_quiet(conversation) or conversation.risk_open or conversation.holder != Holder.BOT:
        return
    said = kit.voice(conversation, at).phrase("match_reminder", author="notice")
    outbox.put(session, conversation, [said], at)


def _unclaimed(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """Nobody came: say so with numbers and a call-back, and give the conversation back to the bot."""
    if handoff.still_waiting(session, timer.value) is None:
        return
    conversation = timer.conversation
    handoff.nobody_came(session, conversation, at)
    said = kit.voice(conversation, at).phrase("human_nobody_came", author="notice")
    outbox.put(session, conversation, [said], at)


def _oncall(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """Half of the longest wait is over: whoever is on call is told."""
    waiting = handoff.still_waiting(session, timer.value)
    if waiting is not None:
        handoff.alert(session, "handoff.overdue", at, timer.conversation, waiting.level)


def _card(session: Session, kit: Kit, timer: Timer, at: dt.datetime) -> None:
    """A counsellor holds a conversation in danger and has not written since: the card goes out once."""
    conversation = timer.conversation
    if conversation.holder != Holder.CLAIMED or _counsellor_wrote(session, conversation, timer):
        return
    outbox.put(session, conversation, [kit.voice(conversation, at).card()], at)


def _counsellor_wrote(session: Session, conversation: Conversation, timer: Timer) -> bool:
    since = timer.due_at - dt.timedelta(seconds=handoff.CARD_SECONDS)
    query = select(Message.id).where(Message.conversation_id == conversation.id, Message.created_at > since)
    return session.scalar(query.where(Message.author == "counsellor").limit(1)) is not None


_KINDS: dict[str, Callable[[Session, Kit, Timer, dt.datetime], None]] = {
    "silence": _silence,
    "remind": _remind,
    "oncall": _oncall,
    "unclaimed": _unclaimed,
    "card": _card,
}
