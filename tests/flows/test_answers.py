"""A person asks and gets a reviewed, cited passage, or an honest word that there is none."""

from __future__ import annotations

import pytest
from house import House, said, topic

from bot import language
from bot.dialogue import Question
from bot.messages import Answered


def test_a_question_gets_its_passage_with_sources(house: House) -> None:
    house.engine.answer = topic("abscess")
    outcome = house.says("what is an abscess")
    assert outcome.route == "answer"
    assert outcome.topics == ("abscess",)
    passage = outcome.replies[0]
    assert passage.passage == "abscess"
    assert passage.sources
    assert passage.offers


def test_two_questions_are_both_answered_in_order(house: House) -> None:
    house.engine.answer = topic("hepatitis_c", "how_long_marks_last")
    outcome = house.says("can hep c be cured and how long do the marks stay")
    assert [reply.passage for reply in outcome.replies][:2] == ["hepatitis_c", "how_long_marks_last"]


def test_what_nobody_knows_is_said_honestly_and_never_twice_alike(house: House) -> None:
    house.engine.answer = said("dont_know", "abscess", "sepsis", "hiv")
    first = house.says("who won the match")
    second = house.says("and the one before")
    assert first.route == second.route == "fallback"
    assert first.replies[0].text != second.replies[0].text
    assert len(first.replies[0].offers) >= 4  # three nearest topics and a human


def test_a_follow_up_choice_shows_the_passage_it_promised(house: House) -> None:
    house.engine.answer = topic("abscess")
    label = house.says("what is an abscess").replies[0].offers[0].label
    outcome = house.chooses(label)
    assert outcome.route == "answer"
    assert outcome.replies[0].passage == outcome.topics[0]


def test_a_choice_that_was_never_offered_does_nothing(house: House) -> None:
    house.says("hello there my friend")
    house.write("", kind="choice", choice="invented")
    assert "invented" not in " ".join(house.heard())


def test_the_program_says_what_it_is_at_the_start_and_after_three_hours(house: House) -> None:
    house.engine.answer = topic("abscess")
    assert [r.content for r in house.says("what is an abscess").replies][-1] == "phrases/disclosure"
    assert "phrases/disclosure" not in [r.content for r in house.says("and sepsis").replies]
    house.later(hours=3, minutes=1)
    assert "phrases/disclosure" in [r.content for r in house.says("and hiv").replies]


@pytest.mark.parametrize(
    ("text", "lang"), [("hola", "es"), ("¡Ayuda!", "es"), ("hello", "en"), ("help", "en")]
)
def test_a_first_word_of_the_other_language_is_enough(text: str, lang: str) -> None:
    for page in ("en", "es"):
        assert language.decide(text, page, "page") == (lang, "page")


@pytest.mark.parametrize("text", ["no", "metadona", "ok", "gracias hi", "hola"])
def test_one_word_does_not_turn_a_talk_that_has_a_language(text: str) -> None:
    assert language.decide(text, "en", "detected") == ("en", "detected")


def test_the_answer_follows_the_person_into_spanish(house: House) -> None:
    house.engine.answer = topic("abscess")
    outcome = house.says("tengo un bulto con pus en el brazo, ¿qué hago?")
    assert outcome.replies[0].lang == "es"
    # One short word does not switch back.
    assert house.says("ok").replies[0].lang == "es"


def test_when_rasa_is_down_the_person_gets_numbers_and_nothing_is_lost(house: House) -> None:
    house.engine.down = True
    outcome = house.says("what is an abscess")
    assert outcome.route == "fallback"
    assert "911" in outcome.replies[0].text
    house.engine.down = False
    house.engine.answer = topic("abscess")
    assert house.says("what is an abscess").route == "answer"


def test_a_message_that_arrives_while_the_answer_is_sought_keeps_its_place(house: House) -> None:
    house.engine.answer = topic("abscess")
    ask = house.engine.ask

    def interrupted(question: Question) -> Answered:
        house.write("and does it hurt?")
        return ask(question)

    house.engine.ask = interrupted  # type: ignore[method-assign]
    house.says("what is an abscess")
    with house.kit.database.read() as session:
        thread = [(message.seq, message.direction) for message in house.thread("maria", session)]
    assert [seq for seq, _ in thread] == list(range(1, len(thread) + 1))
    assert [direction for _, direction in thread][:3] == ["in", "in", "out"]
