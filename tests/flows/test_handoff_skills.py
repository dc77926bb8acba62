"""Who is taken next: danger first, then one's own languages, and what one knows more about than others."""

from __future__ import annotations

import pytest
from consoles import Desk, Visitor, desk, other, visitor
from house import House, topic
from starlette.testclient import TestClient

from bot.handoff import needs
from bot.models import Conversation


def asks_about_a_wound(house: House, person: Visitor) -> None:
    house.engine.answer = topic("abscess")
    person.says("there is a lump with pus")
    person.asks_for_a_human()


def test_the_longest_wait_is_taken_next(house: House, client: TestClient, ana: Desk) -> None:
    first, second = visitor(house, client), visitor(house, client)
    for person in (first, second):
        house.clock.pass_(seconds=1)
        person.asks_for_a_human()
    assert ana.post("/next").json() == {"conversation": first.conversation}
    assert "Ana" in " ".join(first.heard())
    assert ana.post("/next").json() == {"conversation": second.conversation}
    assert ana.post("/next").json() == {"conversation": None}


def test_danger_is_taken_before_a_longer_wait(house: House, client: TestClient, ana: Desk) -> None:
    calm, urgent = visitor(house, client), visitor(house, client)
    calm.asks_for_a_human()
    house.clock.pass_(seconds=30)
    urgent.asks_for_a_human()
    urgent.says("i want to kill myself tonight")
    assert ana.post("/next").json() == {"conversation": urgent.conversation}


def test_for_a_minute_a_person_is_left_for_who_knows_more(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    rosa = other(house, client, "rosa")
    rosa.post("/me", {"skills": "wounds"})
    asks_about_a_wound(house, maria)
    assert ana.board()["queue"][0]["needs"] == ["wounds"]
    assert ana.post("/next").json() == {"conversation": None}
    assert rosa.post("/next").json() == {"conversation": maria.conversation}


def test_nobody_waits_longer_than_a_minute_for_a_skill(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    rosa = other(house, client, "rosa")
    rosa.post("/me", {"skills": "wounds"})
    asks_about_a_wound(house, maria)
    house.clock.pass_(seconds=59)
    rosa.beat()
    ana.beat()
    assert ana.post("/next").json() == {"conversation": None}
    house.clock.pass_(seconds=1)
    assert ana.post("/next").json() == {"conversation": maria.conversation}


def test_who_knows_more_but_has_full_hands_is_not_waited_for(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    rosa, busy = other(house, client, "rosa"), visitor(house, client)
    rosa.post("/me", {"skills": "wounds"})
    busy.asks_for_a_human()
    rosa.claim(busy.conversation)
    asks_about_a_wound(house, maria)
    assert ana.post("/next").json() == {"conversation": maria.conversation}


def test_another_language_is_left_to_who_writes_it_except_in_danger(
    house: House, client: TestClient, ana: Desk
) -> None:
    desk(house, TestClient(client.app, base_url=str(client.base_url)), "luz", languages="es")
    house.says("hola, necesito ayuda con una herida en el brazo", "jo", lang="es")
    jo = visitor(house, client)
    with house.kit.database.begin() as session:
        session.get_one(Conversation, jo.conversation).language = "es"
        session.get_one(Conversation, jo.conversation).language_source = "chosen"
    jo.asks_for_a_human()
    assert ana.post("/next").json() == {"conversation": None}
    jo.says("quiero morirme esta noche")
    assert ana.post("/next").json() == {"conversation": jo.conversation}


def test_full_hands_take_nobody(house: House, client: TestClient) -> None:
    full = desk(house, client, "full", capacity=1)
    people = [visitor(house, client) for _ in range(2)]
    for person in people:
        person.asks_for_a_human()
    assert full.post("/next").status_code == 200
    assert full.post("/next").status_code == 409


@pytest.mark.parametrize(
    ("code", "group", "memory", "found"),
    [
        ("S5", "", {}, "suicide"),
        ("SH", "healing", {}, "suicide,wounds"),
        ("O1", "", {"who": "family"}, "overdose,family"),
        ("K4", "", {"minor": True}, "youth"),
        ("K7", "families", {}, "family"),
        (None, "help", {}, "treatment"),
        (None, "marks", {}, ""),
    ],
)
def test_what_a_conversation_needs(
    house: House, maria: Visitor, code: str | None, group: str, memory: dict[str, object], found: str
) -> None:
    with house.kit.database.begin() as session:
        row = session.get_one(Conversation, maria.conversation)
        row.risk_protocol = code
        row.remember(**memory)
        assert needs.of(row, group) == found
