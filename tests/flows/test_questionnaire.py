"""Somebody looks for a therapist: one question at a time, on their own terms, to matches with reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from house import House, said

from bot import content, matching
from bot.messages import Answered, Outcome, Understood

ASKED = Answered(
    replies=({"handover": "questionnaire"},), understood=Understood(intent="find_therapist", confidence=0.9)
)


@pytest.fixture
def seeker(make_house: Callable[..., House]) -> House:
    """A house with the sample directory, where somebody has just asked for a therapist."""
    house = make_house(directory=matching.load(content.ROOT / "directory" / "sample.yml"))
    house.engine.answer = ASKED
    return house


def answer(house: House, *texts: str, **arrival: Any) -> Outcome:
    ask = "busco terapeuta por favor" if arrival.get("lang") == "es" else "find me a therapist please"
    outcome = house.says(ask, **arrival)
    house.engine.answer = said("dont_know")
    for text in texts:
        outcome = house.says(text, **arrival)
    return outcome


def test_free_words_lead_to_matches_with_reasons(seeker: House) -> None:
    outcome = answer(
        seeker, "yes", "yes i'm safe", "over 18", "for me", "ohio, usa", "stop and trauma", "video"
    )
    assert outcome.route == "match"
    cards = [reply for reply in outcome.replies if reply.title]
    assert 1 <= len(cards) <= 3
    assert all("Shown because" in card.text for card in cards)
    assert all("made" in card.text.lower() for card in cards)  # the sample says that it is one


def test_numbers_lead_there_too(seeker: House) -> None:
    outcome = answer(seeker, "1", "1", "1", "1", "texas", "3", "1")
    assert outcome.route == "match"
    assert [reply.title for reply in outcome.replies if reply.title]


def test_it_works_in_spanish(seeker: House) -> None:
    outcome = answer(
        seeker, "sí", "estoy a salvo", "18 o más", "para mí", "California", "dejarlo", "teléfono", lang="es"
    )
    assert "Fermin Ficticio" in [reply.title for reply in outcome.replies]


def test_not_being_safe_stops_the_questions_and_starts_help(seeker: House) -> None:
    outcome = answer(seeker, "yes", "no")
    assert outcome.route == "crisis"
    assert seeker.conversation().risk_open


def test_a_minor_gets_the_right_line_and_no_match(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "13 to 17")
    assert not [reply.title for reply in outcome.replies if reply.title]
    assert outcome.replies[0].text


def test_why_do_you_ask_is_answered_and_the_question_comes_again(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "why")
    assert "licensed" in outcome.replies[0].text
    assert outcome.replies[1].offers


def test_a_question_may_be_skipped(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "over 18", "skip")
    assert outcome.replies[0].progress is not None
    assert "country" in outcome.replies[0].content


def test_after_two_unclear_answers_it_lets_go_kindly(seeker: House) -> None:
    outcome = answer(seeker, "yes", "blue elephants", "purple rain falls", "green tea is nice")
    assert "guide_let_go" in " ".join(reply.content for reply in outcome.replies)


def test_nobody_without_a_licence_there_is_ever_shown() -> None:
    directory = matching.load(content.ROOT / "directory" / "sample.yml")
    for match in matching.find(directory, {"country": ["Ohio"], "goals": ["stop"], "mode": []}, "en"):
        assert "US-OH" in match.entry.licensed
    assert matching.find(directory, {"country": ["atlantis"]}, "en") == []
