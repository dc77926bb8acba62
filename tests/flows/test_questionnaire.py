"""Somebody looks for a therapist: one question at a time, on their own terms, to matches with reasons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from house import House, topic
from seekers import answer, begin, kept, step, titles

from bot import content, matching

AS_FAR_AS_PLACE = ("yes", "yes i'm safe", "over 18", "for me")


@pytest.fixture
def seeker(make_house: Callable[..., House]) -> House:
    """A house with the sample directory."""
    return make_house(directory=matching.load(content.ROOT / "directory" / "sample.yml"))


def test_not_being_safe_stops_the_questions_and_starts_help(seeker: House) -> None:
    outcome = answer(seeker, "yes", "no")
    assert outcome.route == "crisis"
    assert seeker.conversation().risk_open


def test_the_search_goes_on_after_danger_only_when_the_person_says_so(seeker: House) -> None:
    answer(seeker, *AS_FAR_AS_PLACE, "ohio", "trauma", "skip")
    assert seeker.says("a fever since yesterday").route == "crisis"
    seeker.says("i saw a doctor and i'm safe now")
    closed = seeker.says("no")  # nobody is in danger any more
    assert not seeker.conversation().risk_open
    assert step(closed) == ""
    assert "Match a therapist" in [offer.label for reply in closed.replies for offer in reply.offers]
    # The question that raised the flag was answered: it is not asked over and over.
    assert step(seeker.chooses("Match a therapist")) == "interest"


def test_of_a_child_nothing_is_kept(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "i'm 11")
    assert step(outcome) == "child"
    assert not titles(outcome)
    assert kept(seeker) == {}
    with seeker.kit.database.read() as session:
        words = [m.text for m in seeker.thread("maria", session) if m.direction == "in"]
    assert "11" not in " ".join(words)


def test_a_teenager_gets_the_right_line_and_no_match(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "16")
    assert step(outcome) == "minor"
    assert not titles(outcome)
    assert "child" not in outcome.replies[0].text  # the placeholder is filled with the line itself
    assert kept(seeker) == {}


def test_who_worries_about_somebody_is_led_to_help_for_families(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "45", "it's for my son")
    assert step(outcome) == "family"
    assert "CRAFT" in outcome.replies[0].text
    assert "Help for families" in [offer.label for offer in outcome.replies[0].offers]


def test_a_professional_sees_the_list_and_fills_in_nothing_for_others(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "45", "a client", "the US", "Ohio")
    assert step(outcome) == "pro_results"
    assert titles(outcome)
    assert not [reply.offers for reply in outcome.replies if reply.title and reply.offers]


def test_several_answers_are_taken_from_one_sentence_and_said_back(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "I'm in Ohio and have Medicaid, evenings, not a man please")
    assert outcome.route == "match"
    assert outcome.replies[0].text == "Noted: Evenings; Medicaid; Not a man."
    assert step(outcome) == "goals"
    given = kept(seeker)
    assert given["country"] == ["US-OH"]
    assert (given["pay"], given["times"], given["prefer"]) == (["medicaid"], ["evening"], ["not_man"])


def test_varias_respuestas_en_una_frase(seeker: House) -> None:
    start = ("sí", "estoy a salvo", "tengo 30 años", "para mí")
    sentence = "vivo en Texas y tengo Medicaid, por la tarde, que no sea hombre"
    answer(seeker, *start, sentence, lang="es")
    given = kept(seeker)
    assert given["country"] == ["US-TX"]
    assert (given["pay"], given["times"], given["prefer"]) == (["medicaid"], ["evening"], ["not_man"])


def test_nothing_is_taken_in_passing_before_consent(seeker: House) -> None:
    answer(seeker, "hmm i am in ohio and have medicaid")
    assert kept(seeker) == {}


def test_what_was_said_before_can_be_taken_back_in_the_middle(seeker: House) -> None:
    answer(seeker, *AS_FAR_AS_PLACE, "ohio", "actually i live in texas")
    assert kept(seeker)["country"] == ["US-TX"]


def test_used_drugs_named_as_an_answer_are_no_overdose(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "ohio", "trauma", "fentanyl and alcohol")
    assert outcome.route == "match"
    assert not seeker.conversation().risk_open
    # More than an answer is heard as what it says.
    assert seeker.says("i took fentanyl and alcohol and i can't stay awake").route == "crisis"


def test_a_place_is_a_place_and_a_question_gets_its_answer_first(seeker: House) -> None:
    answer(seeker, *AS_FAR_AS_PLACE)
    seeker.engine.answer = topic("naloxone")
    outcome = seeker.says("what is naloxone")
    assert outcome.replies[0].passage == "naloxone"
    assert step(outcome) == "country"
    assert step(seeker.says("the usa")) == "state"
    assert step(seeker.says("Ohio")) == "goals"


def test_why_skip_and_back_work_on_every_question(seeker: House) -> None:
    outcome = answer(seeker, "yes", "i'm safe", "why")
    assert "licensed" in outcome.replies[0].text
    assert step(outcome) == "age"
    assert step(seeker.says("skip")) == "age"  # this one it needs, and it says why
    seeker.says("40")
    assert step(seeker.says("skip")) == "country"
    assert step(seeker.says("go back")) == "whom"
    assert step(seeker.chooses("Why do you ask")) == "whom"
    assert step(seeker.chooses("Skip")) == "country"


def test_after_two_unclear_answers_it_lets_go_kindly(seeker: House) -> None:
    outcome = answer(seeker, "yes", "blue elephants", "purple rain falls", "green tea is nice")
    assert "guide_let_go" in " ".join(reply.content for reply in outcome.replies)
    assert step(seeker.says("go on")) == "safe_now"


def test_a_pause_can_be_ended_days_later_by_a_word(seeker: House) -> None:
    answer(seeker, *AS_FAR_AS_PLACE, "ohio", "pause")
    seeker.later(days=3)
    resumed = seeker.says("where were we")
    assert step(resumed) == "goals"


def test_asking_again_for_a_therapist_goes_on_with_the_open_questions(seeker: House) -> None:
    answer(seeker, *AS_FAR_AS_PLACE)
    assert step(begin(seeker)) == "country"


def test_low_mood_is_met_with_care_and_one_plain_question(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "ohio", "mood", "none of these", "none", "daily", "every day")
    assert step(outcome) == "thoughts"
    assert "3" not in " ".join(reply.text for reply in outcome.replies[:-1])  # never a score
    assert seeker.says("yes").route == "crisis"
    assert seeker.conversation().risk_protocol == "S2"


def test_a_seizure_in_the_past_brings_a_card_and_a_doctor_into_the_search(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "ohio", "cravings", "vodka", "yes, seizures")
    assert "life-threatening" in outcome.replies[0].text
    assert matching.wishes(kept(seeker), "en").needs == ("needs/withdrawal",)


def test_an_overdose_lately_is_asked_about(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "ohio", "safer", "heroin", "an overdose")
    assert step(outcome) == "meant"
    assert seeker.says("it was an accident").replies[0].offers[0].label == "Naloxone"


def test_shaking_right_now_is_help_right_now(seeker: House) -> None:
    outcome = answer(seeker, *AS_FAR_AS_PLACE, "ohio", "cravings", "vodka", "it's happening now")
    assert outcome.protocol == "W"


def test_not_to_be_contacted_is_an_answer_and_stop_is_still_stop(seeker: House) -> None:
    asked = answer(seeker, *AS_FAR_AS_PLACE, "ohio, evenings, by video, for free, english", *["skip"] * 4)
    for _ in range(6):
        if step(asked) == "contact":
            break
        asked = seeker.says("skip")
    assert step(asked) == "contact"
    assert step(seeker.says("don't contact me")) == "agree"
    assert kept(seeker)["contact"] == ["nobody"]
    assert seeker.says("STOP").replies[0].content == "phrases/unsubscribed"
