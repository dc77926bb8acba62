"""The twelve states of the widget, with real content, each reached as a person reaches it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from fake_gateway import Gateway
from person import Person

from bot import content
from bot.content import Voice
from bot.messages import Progress, Reply

AT = dt.datetime(2026, 12, 1, 9, 30, tzinfo=dt.UTC)
# A made-up person. Names and words are fictional.
SAYS = {
    "lump": {
        "en": "I have a hot, sore lump on my arm. Should I pop it?",
        "es": "Tengo un bulto caliente en el brazo que me duele. ¿Lo aprieto?",
    },
    "dark": {"en": "I can't do this anymore.", "es": "Ya no puedo más."},
    "person": {"en": "Can I talk to a real person?", "es": "¿Puedo hablar con una persona?"},
    "therapist": {"en": "I want to find a therapist.", "es": "Quiero encontrar un terapeuta."},
    "ana": {
        "en": "Hi, I'm Ana. I've read what you wrote. Thank you for reaching out. How is your arm now?",
        "es": "Hola, soy Ana. Ya leí lo que escribiste. Gracias por escribir. ¿Cómo está tu brazo ahora?",
    },
}


@lru_cache(maxsize=1)
def _library() -> content.Library:
    return content.load()


def voice(lang: str) -> Voice:
    """How the gateway speaks to this person."""
    return Voice(_library(), content.known_lang(lang), "US", AT)


def event(reply: Reply) -> dict[str, Any]:
    """A reply as the gateway's log shows it."""
    body: dict[str, Any] = msgspec.to_builtins(reply)
    offers = body.pop("offers", ())
    for hidden in ("content", "version"):
        body.pop(hidden, None)
    choices = [{"id": f"choice-{n}", "label": offer["label"]} for n, offer in enumerate(offers)]
    return {"author": "bot", **body, "choices": choices}


def phrase(lang: str, name: str, author: str = "notice", /, **values: Any) -> dict[str, Any]:
    """One of the gateway's sentences."""
    return {**event(voice(lang).phrase(name, **values)), "author": author}


def passage(lang: str, name: str = "abscess") -> dict[str, Any]:
    """A passage with its sources."""
    reply = voice(lang).passage(name)
    assert reply is not None
    return event(reply)


def step(lang: str, guide: str, name: str, progress: Progress | None = None) -> dict[str, Any]:
    """One step of a protocol or of the questionnaire."""
    running = _library().guides[(guide, content.known_lang(lang))]
    found = running.step(name)
    assert found is not None
    return event(voice(lang).step(found, 0, protocol=running.kind == "protocol", progress=progress))


Prepare = Callable[[Person, Gateway, str], None]


def closed(person: Person, gateway: Gateway, lang: str) -> None:
    """Only launcher and emergency link."""
    person.launcher.wait_for()


def notice(person: Person, gateway: Gateway, lang: str) -> None:
    """Opened for the first time: the notice stands before the first message."""
    person.open()


def started(person: Person, gateway: Gateway, lang: str) -> None:
    """Agreed: disclosure and greeting with choices."""
    gateway.greeting = [phrase(lang, "disclosure"), phrase(lang, "greet", "bot")]
    person.start()
    person.shows(gateway.greeting[1]["text"])


def _asked(person: Person, gateway: Gateway, lang: str, said: str, *replies: dict[str, Any]) -> None:
    """The person writes; the gateway answers."""
    started(person, gateway, lang)
    gateway.reply = lambda text: list(replies)
    person.write(SAYS[said][lang])
    person.shows(replies[-1]["text"])


def answer(person: Person, gateway: Gateway, lang: str) -> None:
    """A passage with sources, review line, choices, feedback."""
    _asked(person, gateway, lang, "lump", passage(lang))


def sources(person: Person, gateway: Gateway, lang: str) -> None:
    """The sources unfolded."""
    answer(person, gateway, lang)
    person.log.locator("summary").click()
    person.log.locator("details li").last.scroll_into_view_if_needed()


def offline(person: Person, gateway: Gateway, lang: str) -> None:
    """No connection: the message waits and says so."""
    started(person, gateway, lang)
    gateway.refuse = 503
    gateway.drop_streams()
    person.write(SAYS["lump"][lang])
    person.log.locator(".st button").wait_for()


def waiting(person: Person, gateway: Gateway, lang: str) -> None:
    """Waiting for a counsellor: place and time."""
    said = phrase(lang, "human_requested", place=2, wait=5)
    _asked(person, gateway, lang, "person", said)
    gateway.put("state", holder="requested", place=2, wait_minutes=5)
    person.page.locator("lantern-chat .card").wait_for()


def counsellor(person: Person, gateway: Gateway, lang: str) -> None:
    """Ana is here, and is writing."""
    _asked(person, gateway, lang, "lump", phrase(lang, "human_joined", name="Ana"))
    gateway.put("state", holder="claimed", name="Ana")
    gateway.say(SAYS["ana"][lang], "counsellor", name="Ana")
    person.shows(SAYS["ana"][lang])
    gateway.put("typing", who="counsellor", on=True)
    person.page.locator("lantern-chat div.line").wait_for()


def off_hours(person: Person, gateway: Gateway, lang: str) -> None:
    """Nobody is on shift: numbers, and the call-back is noted."""
    _asked(person, gateway, lang, "person", phrase(lang, "human_off_hours"))


def crisis(person: Person, gateway: Gateway, lang: str) -> None:
    """A protocol asks about safety, with numbers to call."""
    _asked(person, gateway, lang, "dark", step(lang, "S2", "first"))


def question(person: Person, gateway: Gateway, lang: str) -> None:
    """One question of the questionnaire, with progress."""
    _asked(person, gateway, lang, "therapist", step(lang, "therapist_match", "goals", Progress(6, 8)))


def menu(person: Person, gateway: Gateway, lang: str) -> None:
    """The menu over a running chat."""
    started(person, gateway, lang)
    person.page.locator("lantern-chat header .ic").first.click()
    person.page.locator("lantern-chat .menu").wait_for()


def ended(person: Person, gateway: Gateway, lang: str) -> None:
    """The chat has ended."""
    answer(person, gateway, lang)
    gateway.put("closed")
    person.page.locator("lantern-chat .foot button").wait_for()


STATES: dict[str, Prepare] = {
    state.__name__: state
    for state in (
        closed,
        notice,
        started,
        answer,
        offline,
        waiting,
        counsellor,
        off_hours,
        crisis,
        question,
        menu,
        ended,
    )
}
