"""Every protocol keeps its promises in both languages: number first, one question, never the same twice."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from house import NOON, House

from bot.content import LANGS, Lang, Library, Voice
from bot.content.reading import words
from bot.messages import Outcome
from bot.safety import CODES, Context, Verdict
from bot.safety.verdict import usual_level

FIRST = 100
MOST_WORDS = 60
# What people write when they do not press a button.
ANSWERS: dict[Lang, tuple[str, ...]] = {
    "en": (
        *(
            "yes",
            "no",
            "not sure",
            "ok",
            "idk what to say",
            "i dont want to",
            "my sister",
            "it hurts so much",
        ),
        *("the cat is black", "will they send the police", "i cant talk out loud"),
    ),
    "es": (
        *("sí", "no", "no sé", "vale", "no sé qué decir", "no quiero", "mi hermana", "me duele mucho"),
        *("el gato es negro", "van a mandar a la policía", "no puedo hablar en voz alta"),
    ),
}
# A number, or where the country is unknown the place to find one.
NUMBER = re.compile(r"\d{3}|findahelpline")
TRUSTED: dict[Lang, re.Pattern[str]] = {
    "en": re.compile(r"someone|friend|neighbour|person|people|with you|with them|adult|nurse|partner"),
    "es": re.compile(r"alguien|amig|vecin|persona|gente|contigo|adulto|enfermer|familia|confianza"),
}


def finds(code: str, level: str) -> Callable[[str, Context], Verdict]:
    """A screen that finds one danger in a conversation's first text and none in the others."""

    def screen(text: str, context: Context) -> Verdict:
        if text.startswith("first"):
            return Verdict(level=level, protocol=code)  # type: ignore[arg-type]
        return Verdict()

    return screen


def opens(house: House, code: str, level: str, lang: Lang, who: str, country: str | None = "US") -> Outcome:
    house.kit = replace(house.kit, screen=finds(code, level))
    return house.says("first", who, lang=lang, country=country)


def questions(text: str) -> int:
    """Questions to the person, without those that they may ask others ("Say: 'Is it sepsis?'")."""
    return re.sub(r'"[^"]*"', "", text).count("?")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", CODES)
def test_the_first_reply_has_the_number_first_few_words_and_one_question(
    library: Library, code: str, lang: Lang
) -> None:
    guide = library.guides[code, lang]
    begins = set(guide.start.values()) or {guide.steps[0].id}
    for step in (step for step in guide.steps if step.id in begins):
        for country in (*library.countries, None):
            voice = Voice(library, lang, country, NOON)
            for turn in range(len(step.say)):
                said = voice.step(step, turn, protocol=True).text
                where = f"{code} {country}: {said}"
                assert NUMBER.search(said[:FIRST]) or code == "K9", where
                assert words(said) <= MOST_WORDS, where
                assert questions(said) == 1, where
                assert "{" not in said, where


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", CODES)
def test_whatever_is_answered_something_new_is_said_until_the_person_is_safe(
    house: House, code: str, lang: Lang
) -> None:
    picked = random.Random(code + lang)
    last = opens(house, code, usual_level(code), lang, "walker")
    for _ in range(10):
        answer = picked.choice(ANSWERS[lang])
        now = house.says(answer, "walker")
        trail = f"{code} {lang}: {answer!r} after {last.replies[-1].text!r}"
        assert now.replies, trail
        assert {reply.text for reply in now.replies}.isdisjoint({r.text for r in last.replies}), trail
        assert all(words(reply.text) <= MOST_WORDS + 10 for reply in now.replies), trail
        assert all(reply.lang == lang for reply in now.replies), trail
        if not house.conversation("walker").risk_open:
            break
        assert sum(questions(reply.text) for reply in now.replies) == 1, trail
        last = now


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", [*CODES, "common"])
def test_a_way_to_being_safe_leads_from_every_step(library: Library, code: str, lang: Lang) -> None:
    steps = {
        (guide.id, step.id): step
        for guide in library.guides.values()
        if guide.lang == lang
        for step in guide.steps
    }
    leads = {
        key: {
            (target.rpartition("/")[0] or key[0], target.rpartition("/")[2])
            for target in (step.next, step.other, *(option.next for option in step.options))
            if target
        }
        for key, step in steps.items()
    }
    reach = {key for key, step in steps.items() if step.safe}
    while more := {key for key, targets in leads.items() if targets & reach} - reach:
        reach |= more
    lost = [key for key in steps if key[0] == code and key not in reach and steps[key].kind != "none"]
    barriers = {("common", "barriers")}
    assert set(lost) <= barriers, lost


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "code", [code for code in CODES if code[0] == "S" or code in {"K4", "K5", "K6", "K7"}]
)
def test_both_a_service_and_a_trusted_person_are_urged_on_the_way(
    library: Library, code: str, lang: Lang
) -> None:
    said = " ".join(text for step in library.guides[code, lang].steps for text in step.say)
    assert re.search(r"\{(crisis|Crisis|emergency|child|abuse)\}", said)
    assert TRUSTED[lang].search(said)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", ["S2", "S3", "S4", "S5", "S6", "SH"])
def test_distance_from_means_is_asked_for(library: Library, code: str, lang: Lang) -> None:
    reached = {code}
    for guide in (library.guides[code, lang],):
        targets = (option.next or "" for step in guide.steps for option in step.options)
        reached |= {target.partition("/")[0] for target in targets if "/" in target}
    said = " ".join(
        text for name in reached for step in library.guides[name, lang].steps for text in step.say
    )
    away = {
        "en": r"away|distance|doors between|give (it|them)",
        "es": r"aléjate|distancia|lejos|aparta|dáselo|guarde",
    }
    assert re.search(away[lang], said, re.IGNORECASE)


@pytest.mark.parametrize("code", ["K4", "K6"])
def test_the_page_can_be_left_fast_and_no_secrecy_is_promised(library: Library, code: str) -> None:
    english = library.guides[code, "en"]
    assert all("fast" in text or "leave this page" in text.lower() for text in english.steps[0].say)
    said = " ".join(text for step in english.steps for text in step.say).lower()
    assert "can't promise to keep it secret" in said
    assert not re.search(r"\b(i won't tell|our secret|between us)\b", said)


@pytest.mark.parametrize("code", CODES)
def test_nobody_is_followed_up_by_the_same_words(house: House, code: str) -> None:
    opens(house, code, usual_level(code), "en", "quiet")
    for _ in range(3):
        house.later(hours=1)
    heard = house.heard("quiet")
    assert len(heard) == len(set(heard))
    assert len(heard) <= 4
    if code in {"K4", "K6", "K7"}:
        assert len(heard) <= 2  # the first reply, and that it is a program
