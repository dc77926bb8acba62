"""What people ask is understood by the real engine: sentences of tests/content, which nothing learns from.

A floor stands a little below what was measured (docs/understanding.md), so that losing ground is seen.
"""

from __future__ import annotations

import pytest
from sentences import Kind, follow_ups, questions, rightly

from bot.cli.processes import Engine
from bot.content import Lang, Library
from bot.dialogue import Question, Rasa
from bot.settings import Settings

pytestmark = pytest.mark.rasa

ID = "11111111-1111-7111-8111-111111111111"
FLOORS: dict[Lang, dict[Kind, float]] = {
    "en": {"topic": 0.9, "declined": 0.93, "near_miss": 0.9, "scope": 0.9, "two": 0.75, "plain": 0.9},
    "es": {"topic": 0.88, "declined": 0.85, "near_miss": 0.9, "scope": 0.85, "two": 0.75, "plain": 0.9},
}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_questions_nobody_learnt_from_are_understood(
    running: Engine, engine_settings: Settings, lang: Lang
) -> None:
    rasa = Rasa(f"http://127.0.0.1:{engine_settings.rasa_port}", engine_settings.rasa_secret)
    found: dict[Kind, list[bool]] = {}
    for sentence in questions():
        if sentence.lang == lang:
            asked = Question(id=ID, text=sentence.text, lang=lang)
            found.setdefault(sentence.kind, []).append(rightly(sentence, rasa.ask(asked).understood))
    rasa.close()
    shares = {kind: sum(right) / len(right) for kind, right in found.items()}
    short = {kind: share for kind, share in shares.items() if share < FLOORS[lang][kind]}
    assert not short, f"understood less than before: {short}"


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_short_message_leans_on_what_was_answered_before(
    running: Engine, engine_settings: Settings, library: Library, lang: Lang
) -> None:
    rasa = Rasa(f"http://127.0.0.1:{engine_settings.rasa_port}", engine_settings.rasa_secret)
    missed = []
    for one in follow_ups(lang):
        before = {"last_topic": one.after, "last_title": library.passages[one.after, lang].title}
        topics = rasa.ask(Question(id=ID, text=one.text, lang=lang, metadata=before)).understood.topics
        if not topics or topics[0] not in one.topics:
            missed.append((one.after, one.text, topics))
    rasa.close()
    assert len(missed) <= 2, missed
