"""Somebody is in danger: the number comes first, the bot stays, and nothing can switch that off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from house import House, topic

from bot.models import Alert
from bot.safety import Context, ScreenDown, Verdict


def sees(protocol: str, level: str) -> Callable[[str, Context], Verdict]:
    """A screen that finds one danger in every text."""
    return lambda text, context: Verdict(level=level, protocol=protocol)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "lang"),
    [("i want to kill myself tonight", "en"), ("me quiero matar esta noche", "es")],
)
def test_a_person_who_wants_to_die_gets_the_number_in_the_first_line(
    house: House, text: str, lang: str
) -> None:
    outcome = house.says(text, lang=lang)
    assert outcome.route == "crisis"
    assert "988" in outcome.replies[0].text[:130] or "911" in outcome.replies[0].text[:100]
    assert outcome.replies[0].author == "safety"


def test_an_overdose_gets_the_emergency_number_and_the_next_step(house: House) -> None:
    outcome = house.says("he wont wake up and his lips are blue")
    assert outcome.protocol == "O1"
    assert outcome.level == "P0"
    assert "911" in outcome.replies[0].text[:100]
    again = house.chooses(outcome.replies[0].offers[0].label)
    assert again.route == "crisis"
    assert again.replies[0].text != outcome.replies[0].text


def test_crisis_help_works_with_rasa_dead(house: House) -> None:
    house.engine.down = True
    outcome = house.says("i took all the pills to die")
    assert outcome.route == "crisis"
    assert house.heard()[0] == outcome.replies[0].text


def test_risk_stays_open_after_small_talk_and_lol_jk(house: House) -> None:
    house.says("i want to kill myself")
    house.says("lol jk")
    assert house.conversation().risk_open


def test_staff_are_alerted_at_once(house: House) -> None:
    house.says("i want to kill myself tonight")
    with house.kit.database.read() as session:
        assert [alert.kind for alert in session.query(Alert)] == ["risk"]


def test_when_the_screen_is_down_the_card_goes_out_with_the_answer(make_house: Any) -> None:
    def broken(text: str, context: Context) -> Verdict:
        raise ScreenDown("a test says so")

    house = make_house(screen=broken)
    house.engine.answer = topic("abscess")
    outcome = house.says("what is an abscess")
    assert "911" in outcome.replies[0].text
    assert outcome.replies[1].passage == "abscess"
    with house.kit.database.read() as session:
        assert "screen.down" in [alert.kind for alert in session.query(Alert)]


def test_a_protocol_that_is_missing_still_leaves_the_emergency_card(make_house: Any) -> None:
    house = make_house(screen=sees("X0", "P0"))
    outcome = house.says("anything at all")
    assert outcome.route == "crisis"
    assert "911" in outcome.replies[0].text


def test_a_more_urgent_danger_interrupts_the_protocol(house: House) -> None:
    house.says("i want to die")
    outcome = house.says("my friend stopped breathing, her lips are blue and she wont wake up")
    assert outcome.protocol == "O1"


def test_silence_in_a_protocol_is_followed_up_once(house: House) -> None:
    house.says("i want to kill myself tonight")
    before = len(house.heard())
    house.later(hours=2)
    after = house.heard()
    assert len(after) > before
    assert len(set(after)) == len(after)
