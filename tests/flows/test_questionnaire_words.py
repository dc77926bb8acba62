"""What people type at each question is understood: number words, postcodes, several answers, wishes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from house import House

from bot import guide
from bot.content import Lang, Library, Voice
from bot.models import Conversation, GuideRun

DATA = Path(__file__).resolve().parents[1] / "data"
LANGS: tuple[Lang, ...] = ("en", "es")
# What somebody has answered before a question, where it is not skipped.
BEFORE: dict[str, list[str]] = {
    "consent": ["yes"],
    "safe_now": ["safe"],
    "age": ["adult"],
    "whom": ["me"],
    "country": ["US-OH"],
    "state": [],
    "goals": ["trauma"],
    "substance": ["alcohol"],
    "stopping": ["no"],
    "health": ["none"],
}
# Questions that come only after certain answers.
AFTER: dict[str, dict[str, list[str]]] = {
    "state": {"country": ["US"]},
    "meant": {"health": ["overdose"]},
    "thoughts": {"interest": ["daily"], "down": ["daily"]},
    "plan": {"pay": ["insurance"]},
    "budget": {"pay": ["self_pay"]},
    "reach": {"contact": ["phone"]},
    "safe_contact": {"contact": ["phone"], "reach": ["1"]},
}


def table(lang: Lang) -> dict[str, dict[str, str]]:
    """Question -> what is typed -> what is understood."""
    raw = yaml.load((DATA / f"questionnaire.{lang}.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return {str(step): dict(cases) for step, cases in raw.items()}


CASES = [(lang, step) for lang in LANGS for step in table(lang)]


def told(library: Library, lang: Lang, step: str) -> dict[str, list[str]]:
    """The answers that somebody has given when `step` is asked."""
    guide_ = library.guides["therapist_match", lang]
    ids = [one.id for one in guide_.steps]
    before = {name: BEFORE.get(name, []) for name in ids[: ids.index(step)] if name != "state"}
    return before | AFTER.get(step, {})


def understood(session: Any, run: GuideRun, voice: Voice, step: str, text: str) -> str:
    """What became of a text at a question, in the shorthand of the tables."""
    before = told(voice.library, voice.lang, step)
    run.step, run.state, run.unclear, run.answers = step, "open", 0, dict(before)
    if wish := guide.wish(run, voice, text):
        return f"*{wish}"
    taken = guide.take(session, run, voice, text=text)
    if taken.kind == "aside":
        return "?"
    if taken.red_flag:
        return f"!{taken.red_flag}"
    if run.step in {"minor", "child", "not_now", "family", "pro_where"}:
        return f">{run.step}"
    after = run.answers or {}
    known = voice.library.guides["therapist_match", voice.lang]
    changed = {name for name in after if after[name] != before.get(name)}
    names = [one.id for one in known.steps if one.id in changed and one.kind != "none"]
    return " ".join(f"{name}={','.join(after[name])}" for name in names)


@pytest.fixture
def run(make_house: Callable[..., House]) -> House:
    """A house in which somebody has written."""
    house = make_house()
    house.says("hello")
    return house


@pytest.mark.parametrize(("lang", "step"), CASES)
def test_an_answer_in_free_words(run: House, lang: Lang, step: str) -> None:
    cases = table(lang)[step]
    wrong: dict[str, str] = {}
    with run.kit.database.begin() as session:
        conversation = session.get_one(Conversation, run.conversation().id)
        voice = Voice(run.kit.library, lang, "US", run.clock())
        guide.start(session, conversation, voice, "therapist_match")
        open_run = guide.current(session, conversation)
        assert open_run is not None
        for text, meant in cases.items():
            found = understood(session, open_run, voice, step, text)
            if sorted(found.split()) != sorted(meant.split()) and found != meant:
                wrong[text] = f"{found!r} instead of {meant!r}"
    assert wrong == {}


@pytest.mark.parametrize("lang", LANGS)
def test_the_tables_are_long_enough_and_ask_every_question(library: Library, lang: Lang) -> None:
    cases = table(lang)
    assert sum(map(len, cases.values())) >= 120
    asked = [one.id for one in library.guides["therapist_match", lang].steps if one.kind != "none"]
    assert not {name for name in asked if not name.startswith("pro_")} - cases.keys()
