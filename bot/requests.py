"""Requests to therapists: what is sent with the person's yes, what became of it, how it is taken back."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot import eventlog, guide, mail, outbox
from bot.content import LANGS, Voice
from bot.errors import Conflict, NotFound
from bot.matching import Directory, Entry
from bot.models import Conversation, MatchRequest
from bot.stage import Kit

# What a therapist needs to answer; health answers beyond the goals stay here.
_TOLD = (
    "country",
    "state",
    "goals",
    "mode",
    "times",
    "pay",
    "plan",
    "budget",
    "prefer",
    "contact",
    "reach",
    "safe_contact",
)
_OPEN = ("sent", "taken")


def letter(answers: dict[str, list[str]], voice: Voice) -> str:
    """The words that go out: no name, no substance, no score; only what is needed to answer."""
    # Of the wishes only the language: the others may tell who somebody is.
    asked = answers | {"prefer": [one for one in answers.get("prefer", ()) if one in LANGS]}
    told = {name: asked[name] for name in _TOLD if asked.get(name)}
    return "\n".join(f"- {line}" for line in guide.listed("therapist_match", told, voice))


def send(
    session: Session, kit: Kit, conversation: Conversation, entry: Entry, text: str, at: dt.datetime
) -> MatchRequest:
    """A request in this conversation; asked twice it is one. By e-mail where that is set up."""
    known = session.scalar(
        _of(conversation).where(MatchRequest.entry_id == entry.id, MatchRequest.state.in_(_OPEN))
    )
    if known:
        return known
    request = MatchRequest(conversation=conversation, entry_id=entry.id, asked_at=at, changed_at=at)
    session.add(request)
    request.letter = text
    session.flush()
    if mail.takes(kit, entry):
        mail.put(session, request, entry, at)
    eventlog.touch(session, eventlog.CONSOLE)
    return request


def withdraw(
    session: Session, conversation: Conversation, at: dt.datetime, request_id: str | None = None
) -> list[MatchRequest]:
    """Take back one request of this person, or all of them; those there were. The therapist is told."""
    rows = session.scalars(_of(conversation).where(MatchRequest.state.in_(_OPEN))).all()
    taken_back = [row for row in rows if request_id is None or row.id == request_id]
    for row in taken_back:
        row.state, row.changed_at, row.letter = "withdrawn", at, None
        mail.take_back(session, row, at)
    if taken_back:
        eventlog.touch(session, eventlog.CONSOLE)
    return taken_back


def find(session: Session, request_id: str) -> MatchRequest:
    """A request, locked. Raises NotFound."""
    request = session.get(MatchRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound("no such request")
    return request


def decide(
    session: Session, request: MatchRequest, state: Literal["taken", "declined"], name: str, voice: Voice
) -> None:
    """What the therapist answered, told to the person. Raises Conflict once it was decided or taken back."""
    if request.state != "sent":
        raise Conflict(f"this request is {request.state} already; nothing was changed")
    request.state, request.changed_at = state, voice.at
    conversation = request.conversation
    eventlog.lock(session, conversation)
    said = voice.phrase(f"request_{state}", author="notice", name=name)
    outbox.put(session, conversation, [said], voice.at)
    outbox.show(session, conversation, voice.at)


def waiting(session: Session) -> list[MatchRequest]:
    """Requests that nobody has answered, the oldest first."""
    query = select(MatchRequest).where(MatchRequest.state == "sent")
    return list(session.scalars(query.order_by(MatchRequest.asked_at)))


def _of(conversation: Conversation) -> Select[MatchRequest]:
    """The requests of the person behind a conversation, on whatever channel they were made."""
    own = select(Conversation.id).where(Conversation.contact_id == conversation.contact_id)
    return select(MatchRequest).where(MatchRequest.conversation_id.in_(own))


def lines(session: Session, conversation: Conversation, directory: Directory, voice: Voice) -> list[str]:
    """Each request of a person in words: to whom, and how it stands."""
    rows = session.scalars(_of(conversation).order_by(MatchRequest.asked_at))
    named = ((row, directory.find(row.entry_id)) for row in rows)
    return [
        f"{entry.name if entry else row.entry_id}: {voice.label(f'request_{row.state}')}"
        for row, entry in named
    ]
