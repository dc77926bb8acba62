"""Counsellors among themselves: transfer, flag for help, whisper, break-glass, take-over; each is logged."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot import handoff
from bot.console import accounts, desk
from bot.console.door import Call
from bot.errors import Conflict


class Flag(msgspec.Struct, forbid_unknown_fields=True):
    """Ask for help, or take the flag down."""

    on: bool


class Invite(msgspec.Struct, forbid_unknown_fields=True):
    """Offer a conversation to a colleague, with a word on where it stands."""

    to: str
    text: str = ""


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """Why a conversation of somebody else is opened."""

    reason: Literal["supervision", "safety", "complaint", "technical", "legal"]
    text: str = ""


def flag(call: Call, body: Flag) -> None:
    """The counsellor asks the supervisors for help."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    handoff.flag(call.session, conversation, call.counsellor, body.on, call.at)


def invite(call: Call, body: Invite) -> None:
    """Offer a held conversation; the colleague reads along until they accept."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    handoff.invite(call.session, conversation, call.counsellor, accounts.find(call.session, body.to), call.at)
    if body.text.strip():
        desk.whispered(call, conversation, desk.NewNote(body.text))


def accept(call: Call) -> None:
    """Take over what was offered; the person is told by name."""
    conversation, before = handoff.accept(call.session, call.counsellor, call.conversation, call.at)
    desk.tell(call, conversation, "human_handed_over", name=call.counsellor.name, before=before)


def decline(call: Call) -> None:
    """Say no to an offer."""
    handoff.decline(call.session, call.counsellor, call.conversation, call.at)


def break_glass(call: Call, body: Reason) -> None:
    """Open any conversation for an hour, with a reason."""
    conversation = handoff.break_glass(call.session, call.counsellor, call.conversation, body.reason, call.at)
    if body.text.strip():
        desk.keep_note(call, conversation, "access", {"text": body.text.strip()[:400]})


def take_over(call: Call) -> None:
    """A supervisor takes a conversation that somebody else holds; the person is told by name."""
    conversation = handoff.take_over(call.session, call.counsellor, call.conversation, call.at)
    desk.tell(call, conversation, "human_joined", name=call.counsellor.name)


def whisper(call: Call, body: desk.NewNote) -> dict[str, str]:
    """Words from a supervisor to whoever holds the conversation; never to the person."""
    conversation = handoff.access(call.session, call.counsellor, call.conversation, call.at)
    if conversation.counsellor_id is None:
        raise Conflict("nobody holds this conversation")
    handoff.log(call.session, call.counsellor.id, "conversation.whisper", conversation.id, call.at)
    return {"id": desk.whispered(call, conversation, body).id}
