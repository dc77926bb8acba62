"""People who look for a therapist: how they ask, and whole conversations in three ways and two languages."""

from __future__ import annotations

from typing import Any

from house import House, said

from bot.matching import Entry
from bot.messages import Answered, Outcome, Understood

ASKED = Answered(
    replies=({"handover": "questionnaire"},), understood=Understood(intent="find_therapist", confidence=0.9)
)
# A directory of two: who takes requests by e-mail, and who is called.
ANA = Entry(
    id="ana",
    name="Ana Real",
    about={"en": "opioid use", "es": "opioides"},
    licensed=("US-OH",),
    goals=("stop", "trauma"),
    modes=("phone", "video"),
    languages=("en", "es"),
    gender="woman",
    capacity=1,
    send_to="ana@clinic.example",
)
PAUL = Entry(
    id="paul",
    name="Paul Real",
    about={"en": "trauma"},
    licensed=("US-OH",),
    goals=("trauma",),
    modes=("phone",),
    languages=("en",),
    capacity=1,
    phone="614-555-0199",
)
SEARCH = {"en": "find me a therapist please", "es": "busco terapeuta por favor"}
# Every question that somebody meets who uses opioids and benzos, has insurance and wants a call.
FREELY = {
    "en": [
        "yes that's ok",
        "yeah im safe",
        "i am 34",
        "just me",
        "columbus, oh",
        "quit using and my trauma",
        "heroin and sometimes xanax",
        "never",
        "i shoot up",
        "not at all",
        "several days",
        "phone or video is fine",
        "evenings, as soon as possible",
        "insurance through work",
        "aetna",
        "a woman who is lgbt friendly and speaks english",
        "call me",
        "614 555 0100",
        "yes it's safe",
        "remind me and keep them",
        "looks good",
    ],
    "es": [
        "sí, está bien",
        "estoy a salvo",
        "tengo 34 años",
        "para mí",
        "estoy en Ohio",
        "dejar de consumir y el trauma",
        "heroína y a veces xanax",
        "nunca",
        "me inyecto",
        "ningún día",
        "varios días",
        "por teléfono o video",
        "por la tarde, lo antes posible",
        "tengo seguro privado",
        "aetna",
        "una mujer que hable español",
        "por teléfono",
        "614 555 0100",
        "sí, es seguro",
        "recordatorio",
        "está bien",
    ],
}
# What an SMS shows as a numbered list; a place and a number are still words.
NUMBERED = [
    "1",
    "1",
    "1",
    "1",
    "ohio",
    "1, 6",
    "1 and 4",
    "3",
    "1",
    "1",
    "2",
    "1 2",
    "2 and 5",
    "3",
    "1",
    "2",
    "2",
    "614 555 0100",
    "1",
    "4",
    "1",
]


def begin(house: House, lang: str = "en", **arrival: Any) -> Outcome:
    """Somebody asks for a therapist; afterwards the engine understands nothing more."""
    house.engine.answer = ASKED
    outcome = house.says(SEARCH[lang], lang=lang, **arrival)
    house.engine.answer = said("dont_know")
    return outcome


def answer(house: House, *texts: str, lang: str = "en", **arrival: Any) -> Outcome:
    """Somebody asks for a therapist and gives these answers; the last outcome."""
    outcome = begin(house, lang, **arrival)
    for text in texts:
        outcome = house.says(text, lang=lang, **arrival)
    return outcome


def step(outcome: Outcome) -> str:
    """The question that an outcome ends with."""
    asked = [r.content.rpartition("/")[2] for r in outcome.replies if r.content.startswith("questionnaires/")]
    return asked[-1] if asked else ""


def titles(outcome: Outcome) -> list[str]:
    """Who was shown."""
    return [reply.title for reply in outcome.replies if reply.title]


def kept(house: House, who: str = "maria") -> dict[str, list[str]]:
    """The answers that are stored for somebody's newest search."""
    from bot.models import GuideRun

    with house.kit.database.read() as session:
        search = {"conversation_id": house.conversation(who).id, "guide": "therapist_match"}
        runs = session.query(GuideRun).filter_by(**search)
        newest = runs.order_by(GuideRun.started_at.desc()).first()
        return dict(newest.answers or {}) if newest else {}
