"""A person asks for a human: what they are told, who may speak, and what happens when nobody comes."""

from __future__ import annotations

import pytest
from consoles import HERE, WANTS_HUMAN, Desk, Visitor, alerts, desk, holder
from house import House, topic
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import app, handoff, outbox
from bot.messages import Reply
from bot.models import (
    Audit,
    Callback,
    Conversation,
    Handoff,
    Holder,
    Identity,
    Message,
    State,
)


def test_a_human_is_asked_for_joins_answers_and_hands_back(ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    assert ana.claim(maria.conversation).status_code == 204
    assert ana.answers(maria.conversation, "Hello, I have read what you wrote.").status_code == 200
    assert ana.post(f"/conversations/{maria.conversation}/close", {"reason": "answered"}).status_code == 204
    assert maria.states() == ["requested", "claimed", "bot"]
    assert "Hello, I have read what you wrote." in maria.heard()
    assert any("Ana" in text for text in maria.heard())


def test_nobody_on_shift_means_a_call_back_and_the_bot_goes_on(house: House, maria: Visitor) -> None:
    maria.asks_for_a_human()
    assert holder(house, maria.conversation) == Holder.BOT
    with house.kit.database.read() as session:
        assert session.scalar(select(Callback.reason)) == "asked"
    assert maria.states() == []


def test_a_call_back_is_taken_off_the_list_once_done(
    house: House, client: TestClient, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana = desk(house, client, "ana")
    [wish] = ana.board()["callbacks"]
    assert ana.post(f"/callbacks/{wish['id']}/done").status_code == 204
    assert ana.board()["callbacks"] == []
    assert ana.post("/callbacks/unknown/done").status_code == 404


def test_who_is_paused_is_not_promised(house: House, ana: Desk, maria: Visitor) -> None:
    ana.beat(available=False)
    maria.asks_for_a_human()
    assert holder(house, maria.conversation) == Holder.BOT


def test_while_waiting_each_message_gets_one_honest_line_and_rasa_is_not_asked(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    asked = len(house.engine.asked)
    before = len(maria.heard())
    maria.says("are you there")
    assert len(maria.heard()) == before + 1
    assert "988" in maria.heard()[-1]
    assert len(house.engine.asked) == asked


def test_start_written_in_the_line_is_answered_like_any_other_word(house: House, ana: Desk) -> None:
    house.engine.answer = WANTS_HUMAN
    house.says("can i talk to a person please", "jo")
    assert house.conversation("jo").holder == Holder.REQUESTED
    before = len(house.heard("jo"))
    house.says("START", "jo")
    assert len(house.heard("jo")) == before + 1


def test_the_crisis_guide_goes_on_while_a_human_is_awaited(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    maria.says("i want to die tonight")
    maria.says("yes")
    assert [one["author"] for one in maria.messages()][-1] == "safety"
    assert ana.board()["queue"][0]["level"] in {"P0", "P1"}


def test_a_choice_pressed_while_waiting_is_not_swallowed(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    greeting = next(one for one in maria.messages() if one.get("choices"))
    before = len(maria.heard())
    maria.chooses(greeting["choices"][0]["id"])
    assert len(maria.heard()) == before + 1


def test_the_person_can_leave_the_queue(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    leave = maria.messages()[-1]["choices"][0]
    assert leave["label"] == "Leave the line"
    maria.chooses(leave["id"])
    assert maria.states() == ["requested", "bot"]
    assert ana.claim(maria.conversation).status_code == 404
    maria.chooses(leave["id"])
    assert maria.states() == ["requested", "bot"]


def test_nothing_that_the_bot_had_computed_is_delivered_after_a_claim(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    with house.kit.database.begin() as session:
        conversation = session.get_one(Conversation, maria.conversation)
        outbox.put(session, conversation, [Reply(text="computed before")], house.clock())
    ana.claim(maria.conversation)
    with house.kit.database.begin() as session:
        outbox.show(session, session.get_one(Conversation, maria.conversation), house.clock())
    assert "computed before" not in maria.heard()
    with house.kit.database.read() as session:
        assert State.WITHHELD in set(session.scalars(select(Message.state)))


def test_while_a_counsellor_is_there_the_bot_is_silent_and_danger_still_alerts(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    before = len(maria.heard())
    maria.says("i took all the pills just now")
    assert len(maria.heard()) == before
    assert "risk" in alerts(house)
    assert ana.board()["mine"][0]["level"] == "P0"


def test_the_emergency_card_goes_out_once_if_the_counsellor_has_not_written(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    maria.says("i took all the pills just now")
    before = len(maria.heard())
    house.later(seconds=31)
    ana.beat()
    house.later(seconds=31)
    assert len(maria.heard()) == before + 1
    assert "911" in maria.heard()[-1]


def test_danger_said_three_times_is_still_one_card_until_a_human_writes(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    before = len(maria.heard())
    for _ in range(3):
        maria.says("i took all the pills just now")
        house.later(seconds=20)
        ana.beat()
    house.later(seconds=31)
    assert len(maria.heard()) == before + 1
    assert "911" in maria.heard()[-1]
    ana.beat()
    ana.answers(maria.conversation, "I am here. Please call 911 now.")
    maria.says("i took all the pills just now")
    house.later(seconds=31)
    assert len(maria.heard()) == before + 3


def test_danger_said_to_a_counsellor_who_gives_the_chat_back_is_not_lost(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    maria.says("i took all the pills just now")
    ana.post(f"/conversations/{maria.conversation}/release")
    house.later(seconds=31)
    assert [one["author"] for one in maria.messages()][-1] == "safety"
    assert "911" in maria.heard()[-1]


def test_a_counsellor_may_step_into_danger_that_the_bot_holds(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.says("i want to kill myself tonight")
    [row] = ana.board()["queue"]
    assert row["reason"] == "step_in"
    assert ana.get(f"/conversations/{maria.conversation}").status_code == 404
    assert ana.claim(maria.conversation).status_code == 204
    assert maria.states() == ["requested", "claimed"]


def test_the_person_ending_the_chat_ends_the_handoff(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    assert maria.client.post("/api/end", headers=maria.headers).status_code == 204
    assert ana.board()["mine"] == []
    with house.kit.database.read() as session:
        assert session.scalar(select(Handoff.end_reason)) == "contact_ended"
    assert ana.answers(maria.conversation, "hello?").status_code in {404, 409}


def test_the_console_says_before_typing_that_nobody_would_read_it(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    path = f"/conversations/{maria.conversation}"
    assert ana.get(path).json()["head"]["unreachable"] is None
    with house.kit.database.begin() as session:
        identity = session.get_one(Conversation, maria.conversation).identity
        session.get_one(Identity, identity.id).opted_out_at = house.clock()
    assert ana.get(path).json()["head"]["unreachable"] == "stopped"
    assert ana.answers(maria.conversation, "hello?").status_code == 409
    assert "hello?" not in maria.heard()


@pytest.mark.parametrize(
    ("channel", "hours", "why"),
    [
        ("whatsapp", 25, "window"),
        ("whatsapp", 23, None),
        ("messenger", 24 * 8, "window"),
        ("messenger", 25, None),
    ],
)
def test_a_provider_gives_a_human_only_so_much_time(
    house: House, channel: str, hours: int, why: str | None
) -> None:
    house.write("hello", channel=channel)
    house.clock.pass_(hours=hours)
    with house.kit.database.read() as session:
        conversation = session.scalars(select(Conversation)).one()
        assert handoff.unreachable(session, conversation, house.clock()) == why


def test_a_quick_exit_shows_as_left(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    token = maria.headers["Authorization"].removeprefix("Bearer ")
    maria.client.post("/api/exit", content=token)
    assert ana.get(f"/conversations/{maria.conversation}").json()["head"]["unreachable"] == "left"


def test_everything_survives_a_restart(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    with TestClient(app.create(house.kit, work=False), base_url=HERE) as fresh:
        fresh.cookies = ana.client.cookies
        again = Desk(fresh, house, ana.id)
        assert [row["id"] for row in again.board()["mine"]] == [maria.conversation]
        assert again.answers(maria.conversation, "still here").status_code == 200
    assert "still here" in maria.heard()


def test_after_the_hand_back_the_bot_answers_again(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    ana.post(f"/conversations/{maria.conversation}/close", {"reason": "referred", "safe": True})
    house.engine.answer = topic("abscess")
    maria.says("what is an abscess")
    assert maria.messages()[-1]["author"] in {"bot", "notice"}


def test_every_move_is_in_the_audit_log(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    ana.get(f"/conversations/{maria.conversation}")
    ana.get(f"/conversations/{maria.conversation}")
    ana.post(f"/conversations/{maria.conversation}/close", {"reason": "answered"})
    with house.kit.database.read() as session:
        done = session.scalars(select(Audit.action).where(Audit.subject == maria.conversation)).all()
    assert done == ["handoff.claim", "conversation.read", "handoff.close"]
