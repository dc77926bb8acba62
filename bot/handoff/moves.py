"""The moves of the state machine; each holds the conversation's row until its transaction ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, get_args

from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import Conflict, NotFound
from bot.handoff import callbacks, hours, needs, presence, reach, waiting
from bot.handoff.access import alert, log
from bot.models import Conversation, Counsellor, Handoff, Holder, Timer

# How long the emergency card waits for a counsellor who holds the conversation.
CARD_SECONDS = 30
# Why a stretch with humans ended, as a counsellor says it.
EndReason = Literal[
    "answered",
    "referred",
    "emergency_services",
    "callback_agreed",
    "no_reply",
    "contact_left",
    "wrong_service",
    "abuse",
    "technical",
]
END_REASONS = ("nobody_came", "contact_left_queue", "contact_ended", *get_args(EndReason))


def request(
    session: Session,
    conversation: Conversation,
    reason: str,
    level: str,
    at: dt.datetime,
    minutes: float,
    *,
    teams: Sequence[hours.Team] = (),
    group: str = "",
) -> Handoff | None:
    """Ask for a human. None when nobody on shift could help: a call-back is noted and the bot goes on.

    In danger anybody may come; otherwise somebody must be there who writes the person's language.
    A second request while one is open returns the open one; a higher level moves it up. `group`, of
    the passage they were shown last, says what a counsellor should know about.
    """
    handoff = waiting.open_handoff(session, conversation)
    if handoff:
        handoff.level = min(handoff.level, level)
        return handoff
    language = None if level in waiting.GRAVE else conversation.language
    if not hours.is_open(teams, at) or not presence.present(session, at, language):
        callbacks.note(session, conversation, reason, level, at)
        return None
    handoff = opened(session, conversation, reason, level, at, group)
    _wait(session, conversation, handoff, at, minutes)
    return handoff


def claim(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> Handoff:
    """Take a waiting conversation.

    Raises Conflict naming the winner when somebody was first, or when the counsellor holds as much
    as they may (a supervisor may always take one more).
    """
    conversation, handoff = _locked(session, conversation_id)
    if handoff is None:
        raise Conflict("nobody is waiting in this conversation any more")
    if handoff.state == "claimed":
        name = handoff.counsellor.name if handoff.counsellor else "somebody"
        raise Conflict(f"{name} already has this conversation")
    presence.check_room(session, counsellor, handoff.level)
    give(session, conversation, handoff, counsellor, at)
    log(session, counsellor.id, "handoff.claim", conversation.id, at)
    return handoff


def step_in(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> Handoff:
    """Join a conversation in danger that the bot holds: requested and claimed in one move.

    Raises NotFound where no risk is open, Conflict where somebody holds it already.
    """
    conversation, handoff = _locked(session, conversation_id)
    if handoff is None:
        if not waiting.is_at_risk(conversation, at):
            raise NotFound("no such conversation, or not yours")
        level = conversation.risk_level or "P1"
        handoff = opened(session, conversation, "risk", level, at)
        hold(session, conversation, Holder.REQUESTED, at)
    return claim(session, counsellor, conversation_id, at)


def call_back(session: Session, counsellor: Counsellor, callback_id: str, at: dt.datetime) -> Handoff:
    """Meet a wish to be written to: from now on the counsellor holds the conversation.

    Raises Conflict when somebody holds it already, when words would not arrive, or when the
    counsellor holds as much as they may.
    """
    wish = callbacks.find(session, callback_id)
    conversation, handoff = _locked(session, wish.conversation_id)
    if handoff or wish.done_at is not None:
        raise Conflict("somebody is taking care of this person already")
    if why := reach.unreachable(session, conversation, at):
        raise Conflict(f"cannot reach this person on this channel ({why})")
    presence.check_room(session, counsellor, wish.level)
    handoff = opened(session, conversation, "callback", wish.level, at)
    hold(session, conversation, Holder.REQUESTED, at)
    give(session, conversation, handoff, counsellor, at)
    callbacks.done(session, counsellor, callback_id, at)
    log(session, counsellor.id, "callback.take", conversation.id, at)
    return handoff


def release(
    session: Session, conversation: Conversation, at: dt.datetime, actor: str, minutes: float
) -> None:
    """Put a claimed conversation back into the queue, keeping its first waiting time."""
    eventlog.lock(session, conversation)
    handoff = waiting.open_handoff(session, conversation)
    if handoff is None or handoff.state != "claimed":
        raise Conflict("nobody holds this conversation")
    handoff.state, handoff.counsellor, handoff.invited = "requested", None, None
    handoff.released += 1
    conversation.counsellor_id = None
    _wait(session, conversation, handoff, at, minutes)
    log(session, actor, "handoff.release", conversation.id, at)


def reclaim(session: Session, conversation_id: str, at: dt.datetime, minutes: float) -> Conversation | None:
    """Take a conversation from a counsellor who is gone, loudly (H6); None if they came back meanwhile."""
    conversation, handoff = _locked(session, conversation_id)
    if handoff is None or handoff.state != "claimed" or handoff.counsellor is None:
        return None
    session.refresh(handoff.counsellor)
    if presence.is_there(handoff.counsellor, at):
        return None
    log(session, "system", "handoff.lost", conversation.id, at, counsellor=handoff.counsellor.id)
    release(session, conversation, at, "system", minutes)
    alert(session, "handoff.lost", at, conversation, handoff.level)
    return conversation


def close(
    session: Session,
    conversation: Conversation,
    at: dt.datetime,
    actor: str,
    reason: str,
    *,
    then: Holder = Holder.BOT,
) -> Handoff | None:
    """End the stretch with humans and hand back to the bot (or close for good); None if there was none."""
    eventlog.lock(session, conversation)
    handoff = waiting.open_handoff(session, conversation)
    if handoff is None:
        return None
    handoff.state, handoff.ended_at, handoff.end_reason = "closed", at, reason
    handoff.invited = None
    conversation.counsellor_id = None
    hold(session, conversation, then, at)
    log(session, actor, "handoff.close", conversation.id, at, reason=reason)
    return handoff


def contact_ended(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """The person ended the chat: whatever humans had to do with it is over."""
    if close(session, conversation, at, "contact", "contact_ended", then=Holder.CLOSED) is None:
        eventlog.lock(session, conversation)
        hold(session, conversation, Holder.CLOSED, at)


def nobody_came(session: Session, conversation: Conversation, at: dt.datetime) -> None:
    """Give an unclaimed request back to the bot; staff are alerted (H4).

    The person is offered to be written to later; whoever is in danger is on that list without asking.
    """
    handoff = waiting.open_handoff(session, conversation)
    if handoff is None:
        return
    if handoff.level in waiting.GRAVE:
        callbacks.note(session, conversation, handoff.reason, handoff.level, at)
    alert(session, "handoff.unclaimed", at, conversation, handoff.level)
    close(session, conversation, at, "system", "nobody_came")


def give(
    session: Session, conversation: Conversation, handoff: Handoff, counsellor: Counsellor, at: dt.datetime
) -> None:
    """Make `counsellor` the one holder of a conversation whose row is locked."""
    handoff.state, handoff.counsellor = "claimed", counsellor
    handoff.claimed_at = handoff.claimed_at or at
    handoff.invited = handoff.flagged_at = None
    conversation.counsellor_id = counsellor.id
    hold(session, conversation, Holder.CLAIMED, at, name=counsellor.name)


def _locked(session: Session, conversation_id: str) -> tuple[Conversation, Handoff | None]:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("no such conversation, or not yours")
    eventlog.lock(session, conversation)
    return conversation, waiting.open_handoff(session, conversation)


def opened(
    session: Session, conversation: Conversation, reason: str, level: str, at: dt.datetime, group: str = ""
) -> Handoff:
    """A new request in a conversation whose row is locked."""
    handoff = Handoff(
        conversation=conversation,
        state="requested",
        reason=reason,
        level=level,
        language=conversation.language,
        needs=needs.of(conversation, group),
        requested_at=at,
    )
    session.add(handoff)
    session.flush()
    return handoff


def _wait(
    session: Session, conversation: Conversation, handoff: Handoff, at: dt.datetime, minutes: float
) -> None:
    """Into the queue: the person learns place and wait, and two timers see that it does not last."""
    hold(session, conversation, Holder.REQUESTED, at, **waiting.standing(session, handoff, at))
    value = f"{handoff.id}/{handoff.released}"
    for kind, share in (("oncall", 0.5), ("unclaimed", 1.0)):
        due = at + dt.timedelta(minutes=minutes * share)
        session.add(Timer(conversation=conversation, kind=kind, value=value, due_at=due))


def hold(
    session: Session, conversation: Conversation, holder: Holder, at: dt.datetime, **shown: object
) -> None:
    """Change who speaks, and tell whoever follows the conversation."""
    conversation.holder = holder
    conversation.version += 1
    data = {"holder": str(holder), "risk": conversation.risk_open, **shown}
    eventlog.record(session, conversation, "closed" if holder == Holder.CLOSED else "state", at, data=data)
