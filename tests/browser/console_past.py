"""A month of conversations for the pictures of the console: made-up people, numbers without a word."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from sqlalchemy.orm import Session

from bot import content
from bot.content import Passage
from bot.models import (
    Callback,
    Contact,
    Conversation,
    Counsellor,
    Feedback,
    Handoff,
    Identity,
    Message,
    State,
    Unanswered,
    new_id,
)
from bot.stage import utc_now

DAYS = 30
TOPICS = (
    "abscess",
    "wound_care",
    "naloxone",
    "appearance",
    "cellulitis",
    "hiding_marks",
    "fentanyl",
    "stigma",
    "treatment",
    "vein_care",
    "hep_c_test",
    "withdrawal",
)
ENDS = (
    "answered",
    "answered",
    "answered",
    "referred",
    "referred",
    "no_reply",
    "contact_left",
    "callback_agreed",
    "emergency_services",
    "nobody_came",
)
DICE = random.Random(7)
ASKED = {
    "en": (
        "is it safe to fly with an abscess",
        "do marks show up on a passport photo",
        "can my dog get ill from a needle",
    ),
    "es": (
        "¿puedo donar sangre si ya no uso?",
        "¿el laser borra las marcas?",
        "¿me pueden despedir por las marcas?",
    ),
}


def past(session: Session, library: content.Library) -> None:
    """A month of conversations without a word in them."""
    today = utc_now()
    shown = [name for name in TOPICS if (name, "en") in library.passages] or sorted(
        {k for k, _ in library.passages}
    )[:12]
    nobody = Counsellor(login="past", name="Past", role="counsellor", created_at=today)
    nobody.new_key(session.info["vault"])
    session.add(nobody)
    for back in range(DAYS - 1, -1, -1):
        day = today - dt.timedelta(days=back, hours=2)
        weekend = day.weekday() >= 5
        for _ in range(DICE.randint(9, 16) if weekend else DICE.randint(17, 31)):
            one(session, day + dt.timedelta(minutes=DICE.randint(-300, 60)), shown, library)


def one(session: Session, at: dt.datetime, shown: list[str], library: content.Library) -> None:
    """One conversation of the past."""
    conversation = begun(session, at)
    level = DICE.choices((None, "P0", "P1", "P2"), (88, 3, 5, 4))[0]
    for n in range(DICE.randint(2, 6)):
        route = DICE.choices(("answer", "smalltalk", "fallback", "boundary", "match"), (70, 12, 8, 5, 5))[0]
        written(session, conversation, 2 * n + 2, route, level if n == 0 else None)
        if route == "fallback":
            open_question = Unanswered(conversation=conversation, language=conversation.language, at=at)
            session.add(open_question)
            open_question.text = DICE.choice(ASKED[conversation.language])
        if route == "answer":
            name = shown[min(len(shown) - 1, int(DICE.expovariate(0.35)))]
            answered(session, conversation, 2 * n + 3, library.passages[name, conversation.language])
    if level or DICE.random() < 0.18:
        asked(session, conversation, at, level or "P3")


def begun(session: Session, at: dt.datetime) -> Conversation:
    """A person who is made up, and their empty conversation."""
    lang = "es" if DICE.random() < 0.34 else "en"
    contact = Contact(created_at=at)
    contact.new_key(session.info["vault"])
    identity = Identity(id=new_id(), contact=contact, channel="web", address_hash=new_id())
    conversation = Conversation(
        identity=identity,
        contact=contact,
        channel=DICE.choice(("web", "web", "web", "sms", "whatsapp")),
        language=lang,
        created_at=at,
        next_seq=40,
    )
    conversation.new_key(session.info["vault"])
    session.add_all([contact, identity, conversation])
    session.flush()
    return conversation


def row(conversation: Conversation, seq: int, **values: Any) -> Message:
    """A message without a word in it."""
    return Message(
        conversation=conversation,
        seq=seq,
        channel="web",
        language=conversation.language,
        created_at=conversation.created_at,
        **values,
    )


def written(session: Session, conversation: Conversation, seq: int, route: str, level: str | None) -> None:
    """Something was asked."""
    state = State.CLOSED
    session.add(
        row(conversation, seq, direction="in", author="contact", state=state, route=route, level=level)
    )


def answered(session: Session, conversation: Conversation, seq: int, passage: Passage) -> None:
    """A passage was shown; now and then somebody says whether it helped."""
    at, name = conversation.created_at, f"passages/{passage.group}/{passage.id}"
    answer = row(conversation, seq, direction="out", author="bot", state=State.SENT, sent_at=at, content=name)
    session.add(answer)
    if DICE.random() >= 0.16:
        return
    session.flush()
    session.add(
        Feedback(
            message_id=answer.id,
            thumb="up" if DICE.random() < 0.81 else "down",
            content=name,
            content_version="0c1d2e3f4a5b",
            language=conversation.language,
            at=at,
        )
    )


def asked(session: Session, conversation: Conversation, at: dt.datetime, level: str) -> None:
    """They asked for a human, who came or did not."""
    end = DICE.choice(ENDS)
    usual = {"P0": 0.6, "P1": 1.4, "P2": 3.0, "P3": 4.5}[level]
    claimed = None if end == "nobody_came" else at + dt.timedelta(minutes=DICE.lognormvariate(0, 0.6) * usual)
    session.add(
        Handoff(
            conversation=conversation,
            state="closed",
            reason="risk" if level < "P2" else "asked",
            level=level,
            language=conversation.language,
            requested_at=at,
            claimed_at=claimed,
            first_reply_at=claimed,
            ended_at=at + dt.timedelta(minutes=25),
            end_reason=end,
        )
    )
    if end in {"nobody_came", "callback_agreed"}:
        done = at + dt.timedelta(hours=5) if DICE.random() < 0.9 else None
        session.add(
            Callback(conversation=conversation, reason="asked", level=level, asked_at=at, done_at=done)
        )
