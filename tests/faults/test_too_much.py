"""S9, overload: limits and queues never mute the crisis path, and one loud sender slows nobody else."""

from __future__ import annotations

import pytest
from house import House, topic

from bot import triage, turn
from bot.commands import MOST_IN_A_MINUTE
from bot.errors import TooMuch
from bot.pace import Pace


def drain(house: House) -> None:
    while turn.take(house.kit) is not None:
        pass


def test_a_flood_is_kept_and_answered_once_a_minute(house: House) -> None:
    house.engine.answer = topic("abscess")
    for number in range(MOST_IN_A_MINUTE + 40):
        house.write(f"what is an abscess, and why ({number})")
    drain(house)
    asked = len(house.engine.asked)
    assert asked <= MOST_IN_A_MINUTE // 20
    slowed = [text for text in house.heard() if "at once" in text or "all your messages" in text]
    assert len(slowed) == 1
    house.later(minutes=2)
    house.says("what is an abscess")
    assert len(house.engine.asked) == asked + 1


def test_danger_in_a_flood_is_answered(house: House) -> None:
    house.engine.answer = topic("abscess")
    for number in range(MOST_IN_A_MINUTE + 40):
        house.write(f"what is an abscess, and why ({number})")
    drain(house)
    outcome = house.says("i took all the pills just now")
    assert outcome.route == "crisis"
    assert "911" in outcome.replies[0].text[:100]
    assert house.says("yes").route == "crisis"


def test_a_loud_sender_does_not_hold_up_a_quiet_one(house: House) -> None:
    house.engine.answer = topic("abscess")
    for number in range(100):
        house.write(f"what is an abscess, and why ({number})", who="loud")
    house.write("what is an abscess", who="quiet")
    for _ in range(2):
        house.clock.pass_(milliseconds=5)
        turn.take(house.kit)
    assert any("absc" in text.lower() for text in house.heard("quiet"))


def test_who_waits_too_long_is_told_once_and_answered_later(house: House) -> None:
    house.engine.answer = topic("abscess")
    house.write("what is an abscess")
    house.clock.pass_(seconds=4)
    assert triage.look(house.kit) == 0, "not yet"
    for _ in range(3):
        house.clock.pass_(seconds=2)
        triage.look(house.kit)
    [told] = house.heard()
    assert "911" in told
    drain(house)
    assert any("absc" in text.lower() for text in house.heard()[1:])


def test_danger_in_a_long_queue_goes_to_the_front(house: House) -> None:
    house.engine.answer = topic("abscess")
    for number in range(30):
        house.write("what is an abscess", who=f"person-{number}")
        house.clock.pass_(milliseconds=10)
    house.write("i took all the pills just now", who="maria")
    house.clock.pass_(seconds=10)
    triage.look(house.kit)
    outcome = turn.take(house.kit)
    assert outcome is not None
    assert outcome.route == "crisis"


def test_one_address_may_open_so_many_chats_and_then_waits() -> None:
    now = [0.0]
    pace = Pace(3, lambda: now[0])
    for _ in range(3):
        pace.take("a")
    with pytest.raises(TooMuch) as refused:
        pace.take("a")
    assert (refused.value.status, refused.value.after) == (429, 21)
    pace.take("b")
    now[0] = 21
    pace.take("a")


@pytest.mark.parametrize("text", ["/restart", "/deny", "/session_start", "/stop now", "//", '/inform{"a":1}'])
def test_a_typed_slash_is_a_text_and_no_command(house: House, text: str) -> None:
    """S4: what a person types reaches the engine as words, and changes nothing by itself."""
    house.says("i took all the pills just now")
    before = house.conversation().risk_level
    house.says(text)
    assert house.conversation().risk_level == before
    assert house.conversation().holder == "bot"


def test_the_five_thousandth_turn_asks_no_more_of_rasa_than_the_first(house: House) -> None:
    """R9: context is bounded, and the queries of a turn do not grow with the conversation."""
    from sqlalchemy import event

    house.engine.answer = topic("abscess")
    counts: list[int] = []
    statements: list[str] = []
    event.listen(house.kit.database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    for number in range(120):
        statements.clear()
        house.says(f"question {number} about an abscess")
        counts.append(len(statements))
        house.clock.pass_(minutes=1)
    assert max(counts[60:]) <= max(counts[5:60]) + 2
    assert len(house.engine.asked[-1].events) <= 40
