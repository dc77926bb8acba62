"""Counsellors among themselves: a warm transfer, a supervisor's take-over, a flag for help."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot import eventlog
from bot.errors import Conflict, NotFound
from bot.handoff import presence, waiting
from bot.handoff.access import SENIOR, alert, log
from bot.handoff.moves import give
from bot.models import Conversation, Counsellor, Handoff


def invite(
    session: Session, conversation: Conversation, counsellor: Counsellor, to: Counsellor, at: dt.datetime
) -> None:
    """Offer a held conversation to a colleague, who may read along until they accept or decline.

    Raises Conflict when the colleague is not there.
    """
    if to.id == counsellor.id or not presence.is_there(to, at):
        raise Conflict("that counsellor is not there now; choose somebody who is")
    handoff = _open(session, conversation)
    handoff.invited, handoff.invited_at = to, at
    log(session, counsellor.id, "handoff.invite", conversation.id, at, to=to.id)
    eventlog.touch(session, eventlog.CONSOLE)


def accept(
    session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime
) -> tuple[Conversation, str]:
    """Take what was offered: the conversation, now this counsellor's, and the name of who offered it."""
    conversation, handoff = _invited(session, counsellor, conversation_id)
    presence.check_room(session, counsellor, handoff.level)
    before = handoff.counsellor.name if handoff.counsellor else ""
    give(session, conversation, handoff, counsellor, at)
    log(session, counsellor.id, "handoff.accept", conversation.id, at)
    return conversation, before


def decline(session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime) -> None:
    """Say no to an offer; the conversation stays where it is."""
    conversation, handoff = _invited(session, counsellor, conversation_id)
    handoff.invited = None
    log(session, counsellor.id, "handoff.decline", conversation.id, at)
    eventlog.touch(session, eventlog.CONSOLE)


def take_over(
    session: Session, counsellor: Counsellor, conversation_id: str, at: dt.datetime
) -> Conversation:
    """A supervisor takes a claimed conversation to themselves; logged with whom it was taken from."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or counsellor.role not in SENIOR:
        raise NotFound("no such conversation, or not yours")
    eventlog.lock(session, conversation)
    handoff = _open(session, conversation)
    if handoff.state != "claimed" or handoff.counsellor_id == counsellor.id:
        raise Conflict("only a conversation that somebody else holds can be taken over")
    before = handoff.counsellor_id or ""
    give(session, conversation, handoff, counsellor, at)
    log(session, counsellor.id, "handoff.take_over", conversation.id, at, counsellor=before)
    return conversation


def flag(
    session: Session, conversation: Conversation, counsellor: Counsellor, on: bool, at: dt.datetime
) -> None:
    """Ask the supervisors for help with a held conversation, or take the flag down."""
    handoff = _open(session, conversation)
    handoff.flagged_at = at if on else None
    if on:
        alert(session, "assistance", at, conversation, handoff.level)
    log(session, counsellor.id, "handoff.flag" if on else "handoff.unflag", conversation.id, at)
    eventlog.touch(session, eventlog.CONSOLE)


def _open(session: Session, conversation: Conversation) -> Handoff:
    handoff = waiting.open_handoff(session, conversation)
    if handoff is None:
        raise Conflict("this conversation is with the bot")
    return handoff


def _invited(session: Session, counsellor: Counsellor, conversation_id: str) -> tuple[Conversation, Handoff]:
    conversation = session.get(Conversation, conversation_id)
    if conversation is not None:
        eventlog.lock(session, conversation)
        handoff = waiting.open_handoff(session, conversation)
        if handoff and handoff.state == "claimed" and handoff.invited_id == counsellor.id:
            return conversation, handoff
    raise NotFound("no such conversation, or not offered to you")
