"""While a person waits: nobody comes, a counsellor is lost, places change, danger goes first."""

from __future__ import annotations

from consoles import WANTS_HUMAN, Desk, Visitor, alerts, desk, holder, visitor
from house import House
from starlette.testclient import TestClient

from bot import timers
from bot.models import (
    Counsellor,
    Holder,
)


def test_nobody_comes_staff_are_told_half_way_and_the_person_honestly_at_the_end(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    house.later(minutes=5, seconds=1)
    assert alerts(house) == ["handoff.overdue"]
    house.later(minutes=5)
    assert maria.states()[-1] == "bot"
    assert alerts(house) == ["handoff.overdue", "handoff.unclaimed"]
    said = maria.heard()
    house.later(hours=25)
    assert maria.heard() == said


def test_in_danger_and_in_the_line_no_answer_is_without_a_number(house: House, ana: Desk) -> None:
    house.says("i took all the pills just now", "jo")
    house.engine.answer = WANTS_HUMAN
    house.says("can i talk to a person please", "jo")
    for text in ("are you there", "/restart", "hello", "i don't know", "yes", "no"):
        before = len(house.heard("jo"))
        house.says(text, "jo")
        heard = house.heard("jo")[before:]
        assert any(sign.isdigit() for one in heard for sign in one), text
        assert "?" in heard[-1], "the protocol's question is the last word"


def test_danger_that_the_bot_holds_stands_above_those_who_wait_without_any(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    house.says("i took all the pills just now", "jo")
    assert [row["level"] for row in ana.board()["queue"]] == ["P0", "P3"]


def test_nobody_came_and_the_person_is_written_to_only_if_they_want_it(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    house.later(minutes=10, seconds=1)
    assert ana.get("/me").status_code == 200
    assert ana.board()["callbacks"] == []
    maria.presses("Write to me later")
    assert [one["level"] for one in ana.board()["callbacks"]] == ["P3"]
    assert "list" in maria.heard()[-1] or "noted" in maria.heard()[-1]


def test_whoever_is_in_danger_is_on_the_list_without_asking(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    maria.says("i want to kill myself tonight")
    house.later(minutes=10, seconds=1)
    [wish] = ana.board()["callbacks"]
    assert wish["level"] in {"P0", "P1"}


def test_a_lost_counsellor_returns_the_conversation_loudly_and_the_place_is_kept(
    house: House, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    house.later(seconds=59)
    assert holder(house, maria.conversation) == Holder.CLAIMED
    house.later(seconds=2)
    assert holder(house, maria.conversation) == Holder.REQUESTED
    assert "handoff.lost" in alerts(house)
    assert "line" in maria.heard()[-1]
    assert ana.answers(maria.conversation, "too late").status_code == 409


def test_an_older_timer_does_not_end_a_second_wait(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    house.later(minutes=4)
    ana.beat()
    ana.claim(maria.conversation)
    for _ in range(5):
        house.later(seconds=50)
        ana.beat()
    assert ana.post(f"/conversations/{maria.conversation}/release").status_code == 204
    house.later(minutes=2)
    assert holder(house, maria.conversation) == Holder.REQUESTED


def test_signing_out_gives_back_what_is_held(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    assert ana.delete("/session").status_code == 204
    timers.fire(house.kit)
    assert holder(house, maria.conversation) == Holder.REQUESTED
    assert ana.get("/me").status_code == 401


def test_who_waits_learns_a_new_place_once_it_changes(house: House, client: TestClient, ana: Desk) -> None:
    first, second = visitor(house, client), visitor(house, client)
    first.asks_for_a_human()
    house.clock.pass_(seconds=1)
    second.asks_for_a_human()
    ana.claim(first.conversation)
    timers.fire(house.kit)
    timers.fire(house.kit)
    places = [one["data"].get("place") for one in second.events() if one["event"] == "state"]
    assert places == [2, 1]


def test_risk_goes_first_then_the_longest_wait(house: House, client: TestClient, ana: Desk) -> None:
    people = [visitor(house, client) for _ in range(3)]
    for person in people:
        house.clock.pass_(seconds=5)
        person.asks_for_a_human()
    people[2].says("i want to kill myself tonight")
    order = [row["id"] for row in ana.board()["queue"]]
    assert order == [people[2].conversation, people[0].conversation, people[1].conversation]


def test_load_is_weighed_by_risk(house: House, client: TestClient, ana: Desk) -> None:
    people = [visitor(house, client) for _ in range(3)]
    for person in people:
        person.asks_for_a_human()
    people[0].says("i took all the pills just now")
    assert [ana.claim(one.conversation).status_code for one in people] == [204, 204, 409]
    rosa = desk(house, client, "rosa", "supervisor")
    assert rosa.claim(people[2].conversation).status_code == 204


def test_a_counsellor_who_left_the_service_holds_nothing(house: House, client: TestClient, ana: Desk) -> None:
    maria = visitor(house, client)
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    boss = desk(house, client, "boss", "administrator")
    assert boss.post(f"/staff/{ana.id}/leave").status_code == 204
    timers.fire(house.kit)
    assert holder(house, maria.conversation) == Holder.REQUESTED
    with house.kit.database.read() as session:
        assert session.get_one(Counsellor, ana.id).password_hash is None
