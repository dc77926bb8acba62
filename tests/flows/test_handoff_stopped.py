"""Somebody wrote STOP while a counsellor is there, who may not write now: who helps, and who keeps silent."""

from __future__ import annotations

import pytest
from consoles import WANTS_HUMAN, Desk
from house import House

from bot.models import Holder

DANGER = "i took all the pills just now"


@pytest.fixture
def held(house: House, ana: Desk) -> House:
    """Jo is in danger, a protocol is open, Ana holds the conversation, and Jo writes STOP."""
    house.engine.answer = WANTS_HUMAN
    house.says("can i talk to a person please", "jo")
    house.says(DANGER, "jo")
    assert ana.claim(house.conversation("jo").id).status_code == 204
    house.says("STOP", "jo")
    assert house.conversation("jo").holder == Holder.CLAIMED
    return house


def test_the_protocol_does_not_go_on_over_a_counsellor(held: House) -> None:
    before = held.heard("jo")
    held.says("are you there", "jo")
    held.says("yes", "jo")
    assert held.heard("jo") == before


def test_words_of_danger_after_it_are_answered_by_the_emergency_card_once(held: House, ana: Desk) -> None:
    before = len(held.heard("jo"))
    held.later(seconds=5)
    ana.beat()
    held.says(DANGER, "jo")
    held.says(DANGER, "jo")
    held.later(seconds=31)
    assert len(held.heard("jo")) == before + 1
    assert "911" in held.heard("jo")[-1]


def test_words_of_danger_before_it_bring_nothing_more(house: House, ana: Desk) -> None:
    house.engine.answer = WANTS_HUMAN
    house.says("can i talk to a person please", "jo")
    ana.claim(house.conversation("jo").id)
    house.says(DANGER, "jo")
    house.later(seconds=5)
    ana.beat()
    house.says("STOP", "jo")
    before = house.heard("jo")
    house.later(seconds=31)
    assert house.heard("jo") == before
