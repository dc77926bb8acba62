"""What happens later, once: a silence step, an unclaimed handoff, the emergency card after 30 s.

Also what must be noticed without anybody asking: counsellors who are gone, places that changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import again, crisis, eventlog, guide, handoff, outbox, retention
from bot.content import helplines
from bot.crash import crash_here
from bot.models import Alert, Conversation, GuideRun, Holder, Message, State, Timer
from bot.stage import Kit

# So many people learn their new place in one transaction.
_TOLD_AT_ONCE = 20
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
    # One place less is news for everybody behind it: many in a transaction, but none held up for long.
    for begin in range(0, len(stale), _TOLD_AT_ONCE):
        with kit.database.begin() as session:
            for stands in sorted(stale[begin : begin + _TOLD_AT_ONCE]):
                handoff.refresh(session, stands, at)


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
    """Danger was said to a counsellor who has not written since: the card goes out, once.

    Also when they gave the conversation back meanwhile: then nobody at all has answered. And after an
    earlier STOP, which the words of danger came after: then no counsellor could write.
    """
    conversation = timer.conversation
    since = timer.due_at - dt.timedelta(seconds=handoff.CARD_SECONDS)
    stopped = conversation.identity.opted_out_at
    if (stopped and stopped > since) or _was_answered(session, conversation, since):
        return
    card = kit.voice(conversation, at).card()
    outbox.put(session, conversation, [card], at, answers=timer.value or None)


def _was_answered(session: Session, conversation: Conversation, since: dt.datetime) -> bool:
    """True if somebody wrote after the danger was said, or a card went out that no human has followed yet."""
    query = select(Message.kind, Message.created_at).where(
        Message.conversation_id == conversation.id,
        Message.author.in_(("counsellor", "safety")),
        Message.state != State.WITHHELD,
    )
    last = session.execute(query.order_by(Message.seq.desc()).limit(1)).first()
    if last is None:
        return False
    handed = handoff.open_handoff(session, conversation)
    repeated = last.kind == "card" and handed is not None and last.created_at >= handed.requested_at
    return bool(repeated or last.created_at > since)


_KINDS: dict[str, Callable[[Session, Kit, Timer, dt.datetime], None]] = {
    "silence": _silence,
    "remind": _remind,
    "oncall": _oncall,
    "unclaimed": _unclaimed,
    "card": _card,
    again.KIND: again.look,
}
