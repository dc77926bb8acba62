"""R6: while Rasa is away whoever asks is told so, with numbers, and gets the answer when it is back."""

from __future__ import annotations

from consoles import alerts
from house import House, topic

from bot import again, timers, turn
from bot.models import Holder, Message


def work(house: House, **span: float) -> None:
    house.clock.pass_(**span)
    timers.fire(house.kit)
    while turn.take(house.kit) is not None:
        pass


def states(house: House) -> list[str]:
    with house.kit.database.read() as session:
        return [str(row.state) for row in session.query(Message).filter_by(direction="in")]


def away(house: House, text: str = "what is an abscess") -> None:
    house.engine.answer = topic("abscess")
    house.engine.down = True
    assert house.says(text).replies[0].content == "phrases/rasa_later"


def test_the_answer_comes_by_itself_when_rasa_is_back(house: House) -> None:
    away(house)
    assert "911" in house.heard()[0]
    house.engine.down = False
    work(house, seconds=3)
    assert any("absc" in text.lower() for text in house.heard()[1:])
    assert states(house) == ["closed"]
    work(house, minutes=10)
    assert len(house.engine.asked) == 2


def test_the_fixed_reply_comes_once_and_staff_are_told_once(house: House) -> None:
    away(house)
    told = len(house.heard())
    work(house, seconds=3)
    work(house, seconds=10)
    assert len(house.heard()) == told
    assert alerts(house).count("dialogue.down") == 1


def test_what_stays_unanswered_is_a_dead_letter_that_staff_see(house: House) -> None:
    away(house)
    for seconds in again.PAUSES:
        work(house, seconds=seconds + 1)
    assert states(house) == ["failed"]
    assert "again in a moment" in house.heard()[-1]
    assert alerts(house).count("dialogue.down") == 2


def test_a_second_message_and_the_kept_one_are_answered_together(house: House) -> None:
    away(house)
    house.engine.down = False
    house.says("hello are you there")
    assert house.engine.asked[-1].text == "what is an abscess\nhello are you there"
    assert states(house) == ["closed", "closed"]


def test_danger_is_answered_while_a_question_is_kept(house: House) -> None:
    away(house)
    assert house.says("i took all the pills just now").route == "crisis"
    house.engine.down = False
    before = len(house.heard())
    work(house, seconds=3)
    assert len(house.heard()) == before, "nothing else speaks now"


def test_who_then_asks_for_a_human_is_not_interrupted_by_the_old_answer(house: House) -> None:
    away(house)
    with house.kit.database.begin() as session:
        session.merge(house.conversation()).holder = Holder.CLAIMED
    house.engine.down = False
    before = len(house.heard())
    work(house, seconds=3)
    assert len(house.heard()) == before
    assert states(house) == ["closed"]
