"""Step by step through danger: answers, barriers, other dangers, silence; at the pace of the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from house import House, said, topic

from bot import safety
from bot.messages import Answered, Understood
from bot.models import Alert, GuideRun
from bot.safety import Context, Signal, Verdict

HUMAN = Answered(replies=({"handover": "handoff"},), understood=Understood(intent="human"))


def unsure(hint: str | None = None) -> Callable[[str, Context], Verdict]:
    """A screen that is not sure about the first text, and the real one after that."""
    asked: list[str] = []

    def screen(text: str, context: Context) -> Verdict:
        asked.append(text)
        if len(asked) > 1:
            return safety.screen(text, context)
        return Verdict(check_in=True, signals=(Signal("classifier", None, None, "score", hint=hint),))

    return screen


def steps(house: House, *texts: str, **arrival: Any) -> list[str]:
    """Where the protocol stood after each text (`protocols/O1/breaths`)."""
    return [house.says(text, **arrival).replies[0].content.removeprefix("protocols/") for text in texts]


def test_a_mother_is_led_from_the_call_to_the_crew(house: House) -> None:
    assert steps(
        house,
        "my son wont wake up his lips are blue",
        "ok i called 911",
        "he's not breathing",
        "no narcan",
        "ok doing it",
        "he's coughing now",
        "ok done",
        "they are here",
        "yes they took him",
    ) == [
        *("O1/first", "O1/still", "O1/breaths", "O1/no_naloxone", "O1/cpr"),
        *("O1/recovery", "O1/stay", "O1/arrived", "O1/safe"),
    ]
    assert not house.conversation().risk_open


def test_it_is_the_same_in_spanish(house: House) -> None:
    assert steps(
        house,
        "mi hijo no despierta y tiene los labios azules",
        "vale ya llame",
        "no respira",
        "no tengo naloxona",
        "todavia nada",
        "esta tosiendo",
        "ya",
        "ya llegaron",
        "si, se lo llevan",
        lang="es",
    ) == [
        *("O1/first", "O1/still", "O1/breaths", "O1/no_naloxone", "O1/cpr"),
        *("O1/recovery", "O1/stay", "O1/arrived", "O1/safe"),
    ]


def test_ok_is_no_answer_to_whether_somebody_breathes(house: House) -> None:
    assert steps(house, "she od'd and wont wake up", "ok")[-1] == "O1/still"


def test_seconds_are_not_spent_on_waiting_for_rasa(house: House) -> None:
    house.says("he overdosed he's not breathing")
    house.engine.asked.clear()
    house.engine.down = True
    outcome = house.says("where is the thing in the drawer")
    assert outcome.route == "crisis"
    assert "911" in outcome.replies[0].text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("will they send the police", "police|fear|worry"),
        ("i cant talk out loud", "speak|talk out loud"),
        ("i have no credit on my phone", "free"),
        ("i called and nobody answered", "second line|full"),
        ("i cant afford an ambulance", "money|bill"),
        ("they will judge me", "right to care|shame"),
        ("will you tell anyone", "promise"),
        ("are you a real person", "program"),
    ],
)
def test_what_gets_in_the_way_is_answered_and_the_question_comes_again(
    house: House, text: str, word: str
) -> None:
    first = house.says("i have a plan to kill myself tonight")
    outcome = house.says(text)
    assert any(part in outcome.replies[0].text.lower() for part in word.split("|")), outcome.replies[0].text
    assert outcome.replies[-1].text.endswith("?")
    assert outcome.replies[-1].text not in first.replies[0].text
    assert house.conversation().risk_open


def test_a_lesser_danger_does_not_take_the_place_of_a_life(house: House) -> None:
    house.says("my friend od'd he's not breathing")
    outcome = house.says("also i found a needle on the floor and it pricked me")
    assert outcome.protocol == "O1"


def test_the_body_comes_before_the_mood_and_the_mood_is_asked_about_after(make_house: Any) -> None:
    house = make_house()
    house.says("i want to kill myself, i have it all ready")
    assert house.says("my friend stopped breathing and wont wake up, lips blue").protocol == "O1"
    house.says("yes breathing")
    house.says("she is awake")
    house.says("yes")
    house.says("paramedics are here")
    outcome = house.says("yes they took over")
    assert safety.family(str(outcome.protocol)) == "S"
    assert house.conversation().risk_open
    assert outcome.replies[0].text.endswith("?")


def test_danger_interrupts_the_questionnaire_which_can_be_resumed_after(house: House) -> None:
    house.engine.answer = Answered(replies=({"handover": "questionnaire"},), understood=Understood())
    house.says("find me a therapist")
    house.engine.answer = said("dont_know")
    house.says("yes")
    house.says("im safe")
    outcome = house.says("i want to die, i cant do this any more")
    assert outcome.route == "crisis"
    for text in ("no", "my sister", "yes", "no", "yes", "yes i am safe"):
        outcome = house.says(text)
        if not house.conversation().risk_open:
            break
    while house.conversation().risk_open:
        outcome = house.says("no" if "ending your life" in outcome.replies[-1].text else "im safe now")
    resumed = house.chooses(outcome.replies[0].offers[-1].label)
    assert resumed.replies[-1].content.startswith("questionnaires/")


def test_a_gentle_question_answered_yes_starts_help(make_house: Any) -> None:
    house = make_house(screen=unsure())
    asked = house.says("everything is grey lately")
    assert asked.route == "check_in"
    outcome = house.says("yes")
    assert (outcome.route, outcome.protocol) == ("crisis", "S2")
    assert house.conversation().risk_protocol == "S2"


def test_a_gentle_question_about_the_body_leads_to_help_for_the_body(make_house: Any) -> None:
    house = make_house(screen=unsure("M1"))
    asked = house.says("my arm feels odd")
    assert "suicide" not in asked.replies[0].text
    assert house.says("yeah kind of").protocol == "M1"


def test_a_gentle_question_answered_with_words_of_danger_starts_their_protocol(make_house: Any) -> None:
    house = make_house(screen=unsure())
    house.says("everything is grey lately")
    assert house.says("yes i took all my pills an hour ago").level == "P0"


def test_a_gentle_question_answered_no_is_believed_and_not_asked_again(make_house: Any) -> None:
    house = make_house(screen=unsure())
    house.says("everything is grey lately")
    outcome = house.says("no")
    assert outcome.replies[0].content == "protocols/check/glad"
    assert not house.conversation().risk_open
    house.engine.answer = topic("abscess")
    assert house.says("what is an abscess").route == "answer"


def test_a_gentle_question_that_is_not_answered_is_let_go(make_house: Any) -> None:
    house = make_house(screen=unsure())
    house.says("everything is grey lately")
    house.engine.answer = topic("abscess")
    outcome = house.says("what is an abscess")
    assert [reply.passage for reply in outcome.replies if reply.passage] == ["abscess"]
    assert not any("suicide" in reply.text for reply in outcome.replies)


def test_a_gentle_question_comes_between_the_questions_for_a_therapist(house: House) -> None:
    house.engine.answer = Answered(replies=({"handover": "questionnaire"},), understood=Understood())
    house.says("find me a therapist")
    house.kit = replace(house.kit, screen=unsure())
    asked = house.says("yes but everything feels pointless")
    assert asked.route == "check_in"
    outcome = house.says("no")
    assert outcome.replies[-1].content.startswith("questionnaires/")


def test_what_all_protocols_share_is_no_danger_of_its_own(house: House) -> None:
    house.says("i want to kill myself")
    house.says("lol jk")
    assert house.conversation().risk_protocol == "S2"
    assert house.says("no").protocol == "S2"


def test_just_kidding_gets_a_gentle_check_before_anything_closes(house: House) -> None:
    house.says("i want to kill myself")
    assert house.says("lol jk").replies[0].content == "protocols/common/joking"
    assert house.says("yes").replies[0].text.endswith("?")
    assert house.conversation().risk_open
    house.says("no")
    assert not house.conversation().risk_open


@pytest.mark.parametrize(
    "text", ["he hits me and wont let me leave the house", "im 14 and my uncle injects me"]
)
def test_nothing_is_sent_unasked_where_somebody_may_watch_the_phone(house: House, text: str) -> None:
    assert house.says(text).protocol in {"K4", "K6"}
    house.says("no")
    before = house.heard()
    house.later(hours=3)
    assert house.heard() == before


def test_a_human_who_is_asked_for_in_danger_is_called_and_the_protocol_goes_on(house: House) -> None:
    house.says("i have a plan to kill myself tonight")
    house.engine.answer = HUMAN
    outcome = house.says("can a human come please")
    assert any(reply.content.startswith("phrases/human_") for reply in outcome.replies)
    assert house.conversation().risk_open


def test_staff_hear_again_when_it_becomes_a_matter_of_life_and_death(house: House) -> None:
    house.says("i want to kill myself")
    house.says("yes tonight")
    with house.kit.database.read() as session:
        assert [alert.level for alert in session.query(Alert)] == ["P1", "P0"]


def test_a_question_about_a_method_after_a_hard_day_is_asked_about_directly(house: House) -> None:
    house.says("i lost my job and my girlfriend left, i cant go on like this")
    for _ in range(2):
        house.says("no")
    outcome = house.says("how much fentanyl would it take to kill a person")
    assert outcome.route == "crisis"
    said = " ".join(reply.text for reply in outcome.replies)
    assert any(word in said for word in ("killing", "act on", "acting on", "life"))


def test_another_question_in_danger_is_answered_and_the_danger_is_not_forgotten(house: House) -> None:
    house.says("i want to kill myself")
    house.engine.answer = topic("abscess")
    outcome = house.says("how long does a tattoo removal on a scar take")
    contents = [reply.content for reply in outcome.replies]
    assert contents[0] == "phrases/topic_after_crisis"
    assert "988" in outcome.replies[0].text
    assert contents[1].endswith("/abscess")
    assert outcome.replies[-1].text.endswith("?")


def test_the_quick_exit_is_not_offered_where_there_is_no_page(house: House) -> None:
    reply = house.says("he hits me and wont let me leave the house").replies[0]
    assert "Leave this page now" in [offer.label for offer in reply.offers]
    with house.kit.database.read() as session:
        offered = [
            c["label"] for m in house.thread("maria", session) for c in (m.body or {}).get("choices", [])
        ]
    assert "Leave this page now" not in offered
    assert "Yes" in offered


def test_a_yes_to_a_question_that_exists_no_more_is_not_taken_for_another_answer(house: House) -> None:
    first = house.says("he wont wake up and his lips are blue")
    with house.kit.database.begin() as session:
        session.query(GuideRun).one().step = "taken_out"
    outcome = house.says("yes")
    assert outcome.replies[0].content == first.replies[0].content
    assert outcome.route == "crisis"


def test_what_is_asked_in_danger_is_seen_and_must_wait(house: House) -> None:
    house.says("i cant wake him up and hes barely breathing")
    house.engine.answer = HUMAN
    said = house.says("can i talk to a real person please").replies
    assert said[0].content == "protocols/O1/first"
    assert said[0].text.startswith(("I read that. Call 911", "I saw what you asked. Help from 911"))
    assert said[0].text.endswith("?")
    assert said[0].offers
