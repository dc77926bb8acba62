"""S9, overload: limits and queues never mute the crisis path, and one loud sender slows nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from house import House, topic
from sqlalchemy import event, insert, inspect

from bot import triage, turn
from bot.commands import MOST_IN_A_MINUTE
from bot.errors import TooMuch
from bot.models import Choice, Conversation, Event, Message
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


def test_rasa_is_asked_with_bounded_context_however_long_the_talk(house: House) -> None:
    """R9: at most 40 events go along."""
    house.engine.answer = topic("abscess")
    for number in range(60):
        house.says(f"question {number} about an abscess")
        house.clock.pass_(minutes=1)
    assert len(house.engine.asked[-1].events) <= 40


def test_the_five_thousandth_turn_costs_the_database_no_more_than_the_tenth(house: House) -> None:
    """R9: counted in steps of SQLite's machine, which no busy computer changes."""
    house.engine.answer = topic("abscess")
    early = max(steps_of(house, f"early question {number} about an abscess") for number in range(10))
    lengthen(house, 5_000)
    late = max(steps_of(house, f"late question {number} about an abscess") for number in range(10))
    assert late <= 1.3 * early


def steps_of(house: House, text: str) -> int:
    """How many hundred steps the database took for one turn."""
    steps = [0]

    def count() -> None:
        steps[0] += 1

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(count, 100)

    house.kit.database.engine.dispose()
    event.listen(house.kit.database.engine, "checkout", watch)
    house.says(text)
    event.remove(house.kit.database.engine, "checkout", watch)
    house.clock.pass_(minutes=2)
    return steps[0]


def lengthen(house: House, turns: int) -> None:
    """Put so many old turns into the conversation, each a question and an answer with two choices."""
    conversation = house.conversation()
    with house.kit.database.begin() as session:
        thread = session.query(Message).filter_by(conversation_id=conversation.id).order_by(Message.seq)
        asked, answered = (copied(next(m for m in thread if m.direction == way)) for way in ("in", "out"))
        offered = copied(session.query(Choice).filter_by(conversation_id=conversation.id).first())
        entry = copied(session.query(Event).filter_by(conversation_id=conversation.id).first())
        row = session.get_one(Conversation, conversation.id)
        messages, choices, events = [], [], []
        for number in range(turns):
            at = {"seq": row.next_seq + 2 * number}
            messages.append({**asked, **at, "id": f"in-{number}", "provider_id": f"old-{number}"})
            messages.append({**answered, "seq": at["seq"] + 1, "id": f"out-{number}"})
            choices += [{**offered, "id": f"{number}-{n}", "message_id": f"out-{number}"} for n in range(2)]
            events += [
                {**entry, "number": row.next_event + 2 * number + n, "message_id": f"{way}-{number}"}
                for n, way in enumerate(("in", "out"))
            ]
        for table, rows in ((Message, messages), (Choice, choices), (Event, events)):
            session.execute(insert(table), rows)
        row.next_seq, row.next_event = row.next_seq + 2 * turns, row.next_event + 2 * turns


def copied(row: Any) -> dict[str, Any]:
    """A row's columns."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
