"""A bot that fails or does not understand says so, and offers a human."""

from __future__ import annotations

from consoles import Desk, Visitor, alerts, holder
from house import House, said
from sqlalchemy import select

from bot import turn
from bot.models import Conversation, Holder, Message, State


def test_a_bot_that_cannot_answer_offers_a_human_who_is_then_asked_for(
    house: House, ana: Desk, maria: Visitor
) -> None:
    house.engine.down = True
    maria.says("what is an abscess")
    maria.presses("Talk to a person")
    assert holder(house, maria.conversation) == Holder.REQUESTED
    assert "dialogue.down" in alerts(house)


def test_repeated_misunderstanding_offers_a_human_each_time(house: House, ana: Desk, maria: Visitor) -> None:
    house.engine.answer = said("dont_know")
    maria.says("qwerty uiop")
    maria.says("asdf ghjk")
    fallbacks = [one for one in maria.messages() if one["author"] == "bot"][-2:]
    assert fallbacks[0]["text"] != fallbacks[1]["text"]
    for one in fallbacks:
        assert "Talk to a person" in [choice["label"] for choice in one["choices"]]


def test_a_turn_that_breaks_again_and_again_ends_in_numbers_and_the_way_to_a_human(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.says("hello")
    with house.kit.database.begin() as session:
        message = session.scalars(select(Message).where(Message.direction == "in")).one()
        message.state, message.attempts = State.RECEIVED, turn.MOST_ATTEMPTS
        session.get_one(Conversation, maria.conversation).waiting_since = house.clock()
    turn.take(house.kit, maria.conversation)
    assert "911" in " ".join(maria.heard()[-2:])
    assert maria.messages()[-1]["choices"][-1]["label"] == "Talk to a person"
    assert "turn.failed" in alerts(house)
