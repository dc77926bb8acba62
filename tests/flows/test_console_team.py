"""Counsellors among themselves: transfer, supervision with a reason, a flag, and what each may see."""

from __future__ import annotations

from consoles import Desk, Visitor, other
from house import House
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.models import Audit


def test_a_warm_transfer_lets_the_colleague_read_along_first(
    house: House, client: TestClient, ana: Desk, maria: Visitor, held: str
) -> None:
    rosa = other(house, client, "rosa")
    assert rosa.get(held).status_code == 404
    assert ana.post(f"{held}/invite", {"to": rosa.id, "text": "needs Spanish"}).status_code == 204
    assert rosa.get(held).json()["head"]["invited"] == {"name": "Rosa", "me": True}
    assert rosa.get(held).json()["notes"][0]["text"] == "needs Spanish"
    assert rosa.answers(maria.conversation, "not yet mine").status_code in {404, 409}
    assert [row["id"] for row in rosa.board()["mine"]] == [maria.conversation]
    assert rosa.post(f"{held}/accept").status_code == 204
    assert ana.answers(maria.conversation, "no longer mine").status_code == 409
    assert rosa.answers(maria.conversation, "hola").status_code == 200
    assert "Rosa" in " ".join(maria.heard())


def test_a_transfer_can_be_declined_and_needs_somebody_who_is_there(
    house: House, client: TestClient, ana: Desk, held: str
) -> None:
    rosa = other(house, client, "rosa")
    ana.post(f"{held}/invite", {"to": rosa.id})
    assert rosa.post(f"{held}/decline").status_code == 204
    assert rosa.post(f"{held}/accept").status_code == 404
    assert ana.post(f"{held}/invite", {"to": ana.id}).status_code == 409
    assert ana.post(f"{held}/invite", {"to": "nobody"}).status_code == 404
    house.clock.pass_(seconds=61)
    ana.beat()
    assert ana.post(f"{held}/invite", {"to": rosa.id}).status_code == 409


def test_a_supervisor_watches_with_a_reason_whispers_and_takes_over(
    house: House, client: TestClient, ana: Desk, maria: Visitor, held: str
) -> None:
    boss = other(house, client, "boss", "supervisor")
    refused = boss.get(held)
    assert (refused.status_code, refused.json()["rule"]) == (403, "Refused")
    assert boss.post(f"{held}/break-glass", {"reason": "curious"}).status_code == 400
    assert (
        boss.post(f"{held}/break-glass", {"reason": "supervision", "text": "first week"}).status_code == 204
    )
    assert boss.get(held).status_code == 200
    assert boss.post(f"{held}/whisper", {"text": "ask about safety"}).status_code == 200
    assert "ask about safety" not in " ".join(maria.heard())
    assert [one["kind"] for one in ana.get(held).json()["notes"]] == ["access", "whisper"]
    assert ana.board()["mine"][0]["notes"] == 2
    assert boss.post(f"{held}/take-over").status_code == 204
    assert boss.post(f"{held}/take-over").status_code == 409
    assert ana.answers(maria.conversation, "mine?").status_code == 409
    with house.kit.database.read() as session:
        logged = set(session.scalars(select(Audit.action).where(Audit.actor == boss.id)))
    assert logged >= {
        "conversation.break_glass",
        "conversation.read",
        "conversation.whisper",
        "handoff.take_over",
    }


def test_leave_to_look_ends_after_an_hour(house: House, client: TestClient, ana: Desk, held: str) -> None:
    boss = other(house, client, "boss", "supervisor")
    boss.post(f"{held}/break-glass", {"reason": "safety"})
    for _ in range(6):
        house.clock.pass_(minutes=10)
        boss.beat()
        ana.beat()
    assert boss.get(held).status_code == 403
    assert boss.post("/conversations/nothing/break-glass", {"reason": "safety"}).status_code == 404


def test_a_flag_calls_the_supervisors(house: House, client: TestClient, ana: Desk, held: str) -> None:
    boss = other(house, client, "boss", "supervisor")
    assert ana.post(f"{held}/flag", {"on": True}).status_code == 204
    assert boss.board()["held"][0]["flagged"] is True
    [alert] = boss.board()["alerts"]
    assert alert["kind"] == "assistance"
    assert boss.post(f"/alerts/{alert['id']}/seen").status_code == 204
    assert boss.post(f"/alerts/{alert['id']}/seen").status_code == 204
    assert boss.board()["alerts"] == []
    ana.post(f"{held}/flag", {"on": False})
    assert boss.board()["held"][0]["flagged"] is False


def test_alerts_of_others_are_not_a_counsellors(
    house: House, client: TestClient, ana: Desk, maria: Visitor, held: str
) -> None:
    maria.says("i took all the pills just now")
    [alert] = ana.board()["alerts"]
    rosa = other(house, client, "rosa")
    assert rosa.board()["alerts"] == []
    assert rosa.board()["held"] == []
    assert rosa.post(f"/alerts/{alert['id']}/seen").status_code == 404


def test_the_health_of_the_queue_is_counted(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    other(house, client, "boss", "supervisor")
    health = ana.board()["health"]
    assert (health["waiting"], health["online"], health["supervisors"], health["high_risk"]) == (1, 2, 1, 0)
    house.clock.pass_(seconds=50)
    ana.claim(maria.conversation)
    assert ana.board()["health"]["wait_minutes"] == 1
