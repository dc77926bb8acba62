"""What counsellors do: be there, claim, answer, note, release, close; each move tells the person."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from bot import eventlog, handoff
from bot.channels import web
from bot.console import accounts, speaking
from bot.console.door import Call
from bot.errors import BadInput
from bot.models import Conversation, Counsellor, Holder, Note

LONGEST_NOTE = 4_000


class Presence(msgspec.Struct, forbid_unknown_fields=True):
    """The console is open; `active`: somebody used it since the last time."""

    available: bool | None = None
    active: bool = False


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """Words for the person."""

    text: str


class Typing(msgspec.Struct, forbid_unknown_fields=True):
    """The counsellor types, or has stopped."""

    on: bool


class NewNote(msgspec.Struct, forbid_unknown_fields=True):
    """Words for colleagues only."""

    text: str


class Close(msgspec.Struct, forbid_unknown_fields=True):
    """How it ended: a typed reason, the structured note, what becomes of an open risk."""

    reason: handoff.EndReason
    afterwards: Literal["bot", "closed"] = "bot"
    safe: bool = False
    topics: list[str] = []
    steps: list[str] = []
    text: str = ""


class Card(msgspec.Struct):
    """A counsellor as colleagues see them."""

    id: str
    login: str
    name: str
    role: str
    available: bool
    languages: str
    skills: str


def card(counsellor: Counsellor) -> Card:
    """The card of a counsellor."""
    return Card(
        id=counsellor.id,
        login=counsellor.login,
        name=counsellor.name,
        role=counsellor.role,
        available=counsellor.available,
        languages=counsellor.languages,
        skills=counsellor.skills,
    )


def me(call: Call) -> dict[str, Any]:
    """Who is signed in, and the limits that the page must know."""
    settings = call.kit.settings
    limits = {
        "idle_minutes": settings.idle_minutes,
        "longest": web.LONGEST_TEXT,
        "capacity": call.counsellor.capacity,
    }
    return {**msgspec.to_builtins(card(call.counsellor)), **limits}


class Profile(msgspec.Struct, forbid_unknown_fields=True):
    """What colleagues see: languages somebody writes, and what they are good at."""

    languages: str | None = None
    skills: str | None = None


def profile(call: Call, body: Profile) -> dict[str, Any]:
    """Change one's own languages and skills; requests are offered by language."""
    if body.languages is not None:
        call.counsellor.languages = accounts.languages(body.languages)
    if body.skills is not None:
        call.counsellor.skills = accounts.skills(body.skills)
    eventlog.touch(call.session, eventlog.CONSOLE)
    return me(call)


def sign_out(call: Call) -> None:
    """End the session; what is still held returns to the queue."""
    accounts.sign_out(call.session, call.console, call.at)


def presence(call: Call, body: Presence) -> dict[str, Any]:
    """A sign of life. A machine's heartbeat alone does not keep an unused console unlocked."""
    handoff.heartbeat(call.session, call.counsellor, call.at, body.available)
    if body.active or body.available is not None:
        call.console.last_seen_at = call.at
    return {"available": call.counsellor.available}


def claim(call: Call) -> None:
    """Take a waiting conversation, or step into one in danger; the person is told by name."""
    handed = handoff.step_in(call.session, call.counsellor, call.conversation, call.at)
    tell(call, handed.conversation, "human_joined", name=call.counsellor.name)


def claim_next(call: Call) -> dict[str, str | None]:
    """Take whoever this counsellor should talk to next: by risk, language, skill and wait."""
    handed = handoff.claim_next(call.session, call.counsellor, call.at)
    if handed is None:
        return {"conversation": None}
    tell(call, handed.conversation, "human_joined", name=call.counsellor.name)
    return {"conversation": handed.conversation_id}


def call_back(call: Call) -> dict[str, str]:
    """Meet somebody's wish to be written to; the person is told by name."""
    handed = handoff.call_back(call.session, call.counsellor, call.path["callback"], call.at)
    tell(call, handed.conversation, "human_joined", name=call.counsellor.name)
    return {"conversation": handed.conversation_id}


def answer(call: Call, body: Answer) -> dict[str, Any]:
    """Send words to the person, once for each idempotency key."""
    key = web.idempotency_key(call.key)
    sent = speaking.answer(call.session, call.conversation, call.counsellor, body.text, key, call.at)
    return {"id": sent.id, "seq": sent.seq}


def typing(call: Call, body: Typing) -> None:
    """Show the person that the counsellor is writing; nothing is stored."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    call.kit.database.wakeups.announce(f"typing:{conversation.id}:counsellor:{'on' if body.on else 'off'}")


def release(call: Call) -> None:
    """Give a conversation back to the queue; the person keeps their place and is told."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    minutes = call.kit.settings.unclaimed_minutes
    handoff.release(call.session, conversation, call.at, call.counsellor.id, minutes)
    tell(call, conversation, "human_back_in_line")


def close(call: Call, body: Close) -> None:
    """End the talk with its reason and note; hand back to the bot, or close for good."""
    conversation = handoff.holding(call.session, call.counsellor, call.conversation)
    record = {"reason": body.reason, "safe": body.safe, "topics": body.topics[:10], "steps": body.steps[:10]}
    keep_note(call, conversation, "case", {**record, "text": _note_text(body.text, may_be_empty=True)})
    if body.safe and conversation.risk_open:
        conversation.risk_level = conversation.risk_protocol = conversation.risk_since = None
        handoff.log(call.session, call.counsellor.id, "risk.closed", conversation.id, call.at)
    handed = handoff.open_handoff(call.session, conversation)
    if body.reason == "callback_agreed" and handed:
        handoff.callback_note(call.session, conversation, "agreed", handed.level, call.at)
    tell(call, conversation, "human_closed")
    then = Holder.CLOSED if body.afterwards == "closed" else Holder.BOT
    handoff.close(call.session, conversation, call.at, call.counsellor.id, body.reason, then=then)


def note(call: Call, body: NewNote) -> dict[str, str]:
    """Keep a private note; it has no way into the outbox."""
    conversation = handoff.access(call.session, call.counsellor, call.conversation, call.at)
    return {"id": keep_note(call, conversation, "note", {"text": _note_text(body.text)}).id}


def keep_note(call: Call, conversation: Conversation, kind: str, body: dict[str, Any]) -> Note:
    """Store a sealed note and wake the consoles."""
    row = Note(conversation=conversation, counsellor=call.counsellor, kind=kind, at=call.at)
    call.session.add(row)
    row.body = body
    call.session.flush()
    eventlog.touch(call.session, eventlog.CONSOLE)
    return row


def whispered(call: Call, conversation: Conversation, body: NewNote) -> Note:
    """A supervisor's words to the counsellor, which the person never sees."""
    return keep_note(call, conversation, "whisper", {"text": _note_text(body.text)})


def tell(call: Call, conversation: Conversation, phrase: str, /, **values: str) -> None:
    """Say a fixed sentence to the person."""
    speaking.tell(call.session, call.kit, conversation, phrase, call.at, **values)


def _note_text(text: str, *, may_be_empty: bool = False) -> str:
    kept = text.replace("\x00", "").strip()
    if (not kept and not may_be_empty) or len(kept) > LONGEST_NOTE:
        raise BadInput(f"a note has 1 to {LONGEST_NOTE} characters")
    return kept.encode("utf-8", "replace").decode()
