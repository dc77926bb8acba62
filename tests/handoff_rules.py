"""The handoff invariants H1-H8 as claims about the tables: what must hold after every step of any walk."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import handoff
from bot.models import Alert, Conversation, Event, Handoff, Holder, Message, State, Timer

# Design rule 4, said here once more so that a change over there is noticed.
MAY_SPEAK = {
    Holder.BOT: {"bot", "safety", "notice", "counsellor"},
    Holder.REQUESTED: {"safety", "notice"},
    Holder.CLAIMED: {"counsellor", "notice"},
    Holder.CLOSED: {"safety", "notice", "counsellor"},
}
CARD = dt.timedelta(seconds=30)


def one_owner(session: Session, conversation: Conversation) -> None:
    """H1, H8: at most one open handoff, and it agrees with the conversation."""
    rows = session.scalars(select(Handoff).where(Handoff.conversation_id == conversation.id)).all()
    opened = [row for row in rows if row.state != "closed"]
    assert len(opened) <= 1
    if conversation.holder in {Holder.REQUESTED, Holder.CLAIMED}:
        assert [row.state for row in opened] == [conversation.holder]
        assert opened[0].counsellor_id == conversation.counsellor_id
        assert (conversation.counsellor_id is not None) == (conversation.holder == Holder.CLAIMED)
    else:
        assert not opened
        assert conversation.counsellor_id is None


def nobody_talks_over_the_other(session: Session, conversation: Conversation) -> None:
    """H2: between a request and the hand-back, nothing of the bot's was delivered."""
    holder = Holder.BOT
    query = select(Event).where(Event.conversation_id == conversation.id).order_by(Event.number)
    for event in session.scalars(query):
        if event.kind in {"state", "closed"}:
            holder = Holder((event.data or {})["holder"])
        elif event.message is not None and event.message.direction == "out":
            message = event.message
            card = message.author == "safety" and message.kind == "card"
            assert message.author in MAY_SPEAK[holder] or card, f"H2: {message.author} while {holder}"
            assert message.state != State.WITHHELD


def the_log_has_no_gap(session: Session, conversation: Conversation) -> None:
    """H5: every number is there, and every message stands in order."""
    query = select(Event.number).where(Event.conversation_id == conversation.id).order_by(Event.number)
    assert list(session.scalars(query)) == list(range(1, conversation.next_event))
    seqs = select(Message.seq).where(Message.conversation_id == conversation.id).order_by(Message.seq)
    assert list(session.scalars(seqs)) == list(range(1, conversation.next_seq))


def one_card_until_a_human_writes(session: Session, conversation: Conversation) -> None:
    """Rule 4: while a stretch with humans lasts, no second card follows one that nobody has followed."""
    handed = handoff.open_handoff(session, conversation)
    if handed is None or handed.state != "claimed":
        return
    query = select(Message.author, Message.kind).where(
        Message.conversation_id == conversation.id,
        Message.created_at >= (handed.claimed_at or handed.requested_at),
        Message.sent_at.is_not(None),
        Message.author.in_(("counsellor", "safety")),
    )
    kinds = [kind for _, kind in session.execute(query.order_by(Message.seq))]
    assert ("card", "card") not in set(itertools.pairwise(kinds)), "rule 4: the card went out twice"


def who_waits_is_heard(session: Session, conversation_id: str) -> None:
    """H3: whoever waits and writes has been answered since their last message, and the numbers are there."""
    newest = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation_id, Message.direction == "in"
    )
    query = select(Message).where(Message.conversation_id == conversation_id, Message.sent_at.is_not(None))
    since = session.scalars(query.where(Message.seq > session.scalar(newest))).all()
    assert since, "H3: silence while a human is awaited"
    assert any(digit in one.text for one in since for digit in "123456789"), "H3: no number"


def nobody_is_forgotten(session: Session, at: dt.datetime) -> None:
    """H4, H6: after a sweep nobody is held by who is gone, and each wait has an end that is still to come."""
    assert not handoff.lost(session, at), "H6: a lost counsellor still holds something"
    overdue = select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= at)
    assert session.scalar(overdue.limit(1)) is None
    for waiting in handoff.queue(session):
        value = f"{waiting.id}/{waiting.released}"
        ends = select(func.count()).where(Timer.kind == "unclaimed", Timer.value == value)
        assert session.scalar(ends.where(Timer.done_at.is_(None))) == 1, "H4: a wait without an end"


def was_loud(session: Session, lost: list[str], at: dt.datetime) -> None:
    """H6: for each conversation whose counsellor was gone staff were alerted and the person was told."""
    for conversation_id in lost:
        alert = select(Alert.id).where(Alert.conversation_id == conversation_id, Alert.raised_at == at)
        assert session.scalar(alert.where(Alert.kind == "handoff.lost").limit(1)), "H6: not loudly"
        said = select(Message.id).where(
            Message.conversation_id == conversation_id, Message.author == "notice", Message.created_at == at
        )
        assert session.scalar(said.limit(1)), "H6: the person was not told"


def danger_was_answered(session: Session, said: dict[str, dt.datetime], at: dt.datetime) -> None:
    """Rule 4: half a minute after words of danger to a counsellor, somebody or the card has answered."""
    for conversation_id, moment in said.items():
        if at < moment + CARD:
            continue
        query = select(Message.id).where(
            Message.conversation_id == conversation_id, Message.author.in_(("counsellor", "safety"))
        )
        query = query.where(Message.state != State.WITHHELD)
        begun = select(func.max(Handoff.requested_at)).where(
            Handoff.conversation_id == conversation_id, Handoff.requested_at <= moment
        )
        card = (Message.kind == "card") & (Message.created_at >= session.scalar(begun))
        assert session.scalar(query.where((Message.created_at >= moment) | card).limit(1)), "rule 4: no card"


CLAIMS: tuple[Callable[[Session, Conversation], None], ...] = (
    one_owner,
    nobody_talks_over_the_other,
    the_log_has_no_gap,
    one_card_until_a_human_writes,
)
