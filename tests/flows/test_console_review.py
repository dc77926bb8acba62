"""Looked at afterwards: numbers, thumbs, unanswered questions, dead letters, call-backs, earlier talks."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from consoles import WANTS_HUMAN, Desk, Visitor, desk, visitor
from house import House, said, topic
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import outbox, turn
from bot.messages import Reply
from bot.models import Audit, Contact, Conversation, Message, State


@pytest.fixture
def ana(house: House, client: TestClient) -> Desk:
    return desk(house, client, "ana", "supervisor")


def rows(overview: Any, measure: str) -> dict[str, int]:
    """Counts of one measure by detail, all days and languages together."""
    found: dict[str, int] = {}
    for _, _, name, detail, number in overview["rows"]:
        if name == measure:
            found[detail] = found.get(detail, 0) + number
    return found


def audited(house: House, action: str) -> list[Audit]:
    with house.kit.database.read() as session:
        return list(session.scalars(select(Audit).where(Audit.action == action)))


def test_the_overview_counts_what_happened(house: House, ana: Desk, maria: Visitor) -> None:
    house.engine.answer = topic("abscess")
    maria.says("what is an abscess")
    house.engine.answer = said("dont_know")
    maria.says("who won the match")
    maria.says("i took all the pills just now")
    maria.asks_for_a_human()
    house.clock.pass_(seconds=50)
    ana.beat()
    ana.claim(maria.conversation)
    ana.post(f"/conversations/{maria.conversation}/close", {"reason": "referred"})
    overview = ana.get("/overview?days=7").json()
    assert len(overview["days"]) == 7
    assert rows(overview, "conversations") == {"web": 1}
    assert rows(overview, "topics")["abscess"] == 1
    assert overview["topics"]["abscess"] == {"en": "Abscess", "es": "Absceso"}
    assert rows(overview, "unanswered") == {"": 1}
    assert rows(overview, "crisis") == {"P0": 1}
    assert rows(overview, "ended") == {"referred": 1}
    [wait] = [one for one in overview["waits"] if one["language"] == ""]
    assert (wait["level"], wait["asked"], wait["claimed"]) == ("P0", 1, 1)
    assert {row[1] for row in overview["rows"]} == {"en"}


def test_a_spreadsheet_holds_the_same_numbers_and_no_words(house: House, ana: Desk, maria: Visitor) -> None:
    maria.says("a very private sentence")
    got = ana.get("/overview.csv")
    assert got.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(got.text)))
    assert lines[0] == ["day", "language", "measure", "detail", "number"]
    assert ["2026-12-01", "en", "conversations", "web", "1"] in lines
    assert "private" not in got.text
    assert maria.conversation not in got.text


@pytest.mark.parametrize("days", ["0", "367", "-1", "many", "1e9"])
def test_a_span_of_days_is_checked(ana: Desk, days: str) -> None:
    assert ana.get(f"/overview?days={days}").status_code == 400


def test_thumbs_name_the_passage_and_not_the_person(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    house.engine.answer = topic("abscess")
    maria.says("what is an abscess")
    shown = [one["data"] for one in maria.events() if one["event"] == "message"]
    answer = next(one for one in shown if one.get("title"))
    body = {"message": answer["id"], "thumb": "down"}
    assert client.post("/api/feedback", json=body, headers=maria.headers).status_code == 204
    [thumb] = ana.get("/thumbs").json()
    assert (thumb["thumb"], thumb["content"].rpartition("/")[2]) == ("down", "abscess")
    assert thumb["title"] == answer["title"]
    assert maria.conversation not in str(thumb)
    assert rows(ana.get("/overview").json(), "thumbs") == {"down": 1}


def test_unanswered_questions_are_read_by_an_editor_logged_and_taken_off(
    house: House, client: TestClient, maria: Visitor
) -> None:
    house.engine.answer = said("dont_know")
    maria.says("is bleach good for tattoos")
    editor = desk(house, client, "ed", "editor")
    [question] = editor.get("/unanswered").json()
    assert question["text"] == "is bleach good for tattoos"
    assert maria.conversation not in str(question)
    assert len(audited(house, "unanswered.read")) == 1
    assert editor.post(f"/unanswered/{question['id']}/reviewed").status_code == 204
    assert editor.get("/unanswered").json() == []
    assert editor.post(f"/unanswered/{question['id']}/reviewed").status_code == 404


def test_a_dead_letter_is_listed_without_its_words_and_tried_again(
    house: House, ana: Desk, maria: Visitor
) -> None:
    with house.kit.database.begin() as session:
        conversation = session.get_one(Conversation, maria.conversation)
        [message] = outbox.put(session, conversation, [Reply(text="lost words")], house.clock())
        message.state, message.failure = State.REFUSED, "21610"
    [letter] = ana.get("/letters").json()
    assert (letter["failure"], letter["direction"]) == ("21610", "out")
    assert "lost words" not in str(letter)
    assert ana.post(f"/letters/{letter['id']}/again").status_code == 204
    with house.kit.database.begin() as session:
        outbox.show(session, session.get_one(Conversation, maria.conversation), house.clock())
    assert "lost words" in maria.heard()
    assert ana.get("/letters").json() == []
    assert len(audited(house, "message.again")) == 1


def test_a_turn_that_failed_is_taken_again(house: House, ana: Desk, maria: Visitor) -> None:
    house.engine.answer = topic("abscess")
    maria.says("what is an abscess")
    with house.kit.database.begin() as session:
        message = session.scalars(select(Message).where(Message.direction == "in")).one()
        message.state = State.FAILED
    [letter] = ana.get("/letters").json()
    before = len(maria.heard())
    assert ana.post(f"/letters/{letter['id']}/again").status_code == 204
    turn.take(house.kit, maria.conversation)
    assert len(maria.heard()) > before


def test_a_call_back_is_taken_up_and_the_person_told_by_name(
    house: House, client: TestClient, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    maria.asks_for_a_human()
    ana = desk(house, client, "ana")
    [wish] = ana.board()["callbacks"]
    assert wish["unreachable"] is None
    assert ana.post(f"/callbacks/{wish['id']}/take").json() == {"conversation": maria.conversation}
    assert maria.states()[-1] == "claimed"
    assert "Ana" in maria.heard()[-1]
    assert ana.board()["callbacks"] == []
    assert ana.post(f"/callbacks/{wish['id']}/take").status_code == 409
    assert ana.answers(maria.conversation, "Hello, you asked for us.").status_code == 200


def test_a_call_back_to_somebody_who_left_is_refused_before_a_word_is_written(
    house: House, client: TestClient, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    client.post("/api/exit", content=maria.headers["Authorization"].removeprefix("Bearer "))
    ana = desk(house, client, "ana")
    [wish] = ana.board()["callbacks"]
    assert wish["unreachable"] == "left"
    assert ana.post(f"/callbacks/{wish['id']}/take").status_code == 409
    assert maria.conversation not in [row["id"] for row in ana.board()["mine"]]


def test_an_agreed_call_back_is_on_the_list_after_the_end(ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    ana.post(f"/conversations/{maria.conversation}/close", {"reason": "callback_agreed"})
    assert [one["reason"] for one in ana.board()["callbacks"]] == ["agreed"]


def test_a_person_is_not_promised_somebody_who_does_not_write_their_language(
    house: House, client: TestClient, ana: Desk
) -> None:
    house.says("hola, necesito ayuda con una herida en el brazo", "jo", lang="es")
    house.engine.answer = WANTS_HUMAN
    house.says("quiero hablar con una persona por favor", "jo")
    assert "español" in " ".join(house.heard("jo"))
    assert house.conversation("jo").holder == "bot"
    assert ana.post("/me", {"languages": "en,es", "skills": "wounds,suicide"}).json()["languages"] == "en,es"
    house.says("quiero hablar con una persona por favor", "jo")
    assert house.conversation("jo").holder == "requested"
    assert ana.board()["team"][0]["skills"] == "suicide,wounds"
    assert ana.post("/me", {"languages": "xx"}).status_code == 400
    assert ana.post("/me", {"skills": "juggling"}).status_code == 400


def test_in_danger_anybody_may_come_whatever_their_language(house: House, ana: Desk) -> None:
    house.says("hola, quiero morirme esta noche", "jo", lang="es")
    house.chooses("Hablar con alguien", "jo")
    assert house.conversation("jo").holder == "requested"


def test_earlier_talks_are_hidden_until_the_person_agrees_and_again_when_they_take_it_back(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    close = {"reason": "referred", "afterwards": "closed", "topics": ["wound"], "text": "Goes to the clinic."}
    ana.post(f"/conversations/{maria.conversation}/close", close)
    again = visitor(house, client)
    _same_person(house, maria.conversation, again.conversation)
    again.asks_for_a_human()
    ana.claim(again.conversation)
    path = f"/conversations/{again.conversation}"
    assert ana.get(f"{path}/earlier").json() == {"consent": None, "earlier": []}
    assert ana.post(f"{path}/consent", {"given": True}).status_code == 204
    [earlier] = ana.get(f"{path}/earlier").json()["earlier"]
    assert earlier["ended"] == ["referred"]
    assert earlier["notes"][0]["text"] == "Goes to the clinic."
    assert ana.post(f"{path}/consent", {"given": False}).status_code == 204
    assert ana.get(f"{path}/earlier").json() == {"consent": None, "earlier": []}
    assert [len(audited(house, f"consent.{word}")) for word in ("given", "ended")] == [1, 1]
    assert len(audited(house, "contact.earlier")) == 1


def _same_person(house: House, first: str, second: str) -> None:
    """What a phone number does by itself: two conversations of one contact."""
    with house.kit.database.begin() as session:
        one, two = session.get_one(Conversation, first), session.get_one(Conversation, second)
        alone = two.contact_id
        two.identity.contact_id = two.contact_id = one.contact_id
        session.flush()
        session.delete(session.get_one(Contact, alone))
