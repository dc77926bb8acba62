"""At the desk: what a counsellor reads, writes, notes and hands over, and what never reaches the person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from consoles import Desk, Visitor, sign_in
from house import House, topic
from sqlalchemy import select

from bot import turn
from bot.console import bank, board, reasons, summary
from bot.content import ROOT
from bot.errors import ContentError
from bot.models import Audit, Conversation, Message, Note, State


def test_everything_from_before_is_there_in_order(house: House, ana: Desk, maria: Visitor) -> None:
    house.engine.answer = topic("abscess")
    maria.says("there is a lump with pus")
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    read = ana.get(f"/conversations/{maria.conversation}").json()
    texts = [one["text"] for one in read["messages"] if one["author"] == "contact"]
    assert texts == ["there is a lump with pus", "i want to talk to a person please"]
    assert [one["seq"] for one in read["messages"]] == list(range(1, len(read["messages"]) + 1))
    assert read["head"]["topic"] == "abscess"
    assert read["head"]["mine"] is True


def test_failed_deliveries_are_marked(house: House, ana: Desk, held: str) -> None:
    sent = ana.answers(held.rpartition("/")[2], "did this arrive").json()["id"]
    with house.kit.database.begin() as session:
        message = session.get_one(Message, sent)
        message.state, message.failure = State.REFUSED, "30005"
    read = ana.get(held).json()["messages"][-1]
    assert (read["fate"], read["failure"]) == ("failed", "30005")
    assert ana.get(f"{held}/messages?after={read['seq']}").json()["fates"][sent] == "failed"


def test_only_what_is_new_is_read_again(ana: Desk, maria: Visitor, held: str) -> None:
    last = ana.get(held).json()["messages"][-1]["seq"]
    maria.says("one more thing")
    fresh = ana.get(f"{held}/messages?after={last}").json()["messages"]
    assert [one["text"] for one in fresh] == ["one more thing"]
    assert ana.get(f"{held}/messages?after=x").status_code == 400


def test_a_repeated_answer_is_sent_once(ana: Desk, maria: Visitor, held: str) -> None:
    first = ana.answers(maria.conversation, "only once", "aaaaaaaa-1")
    again = ana.answers(maria.conversation, "only once", "aaaaaaaa-1")
    assert first.json() == again.json()
    assert maria.heard().count("only once") == 1
    assert ana.post(f"{held}/answer", {"text": "no key"}).status_code == 400
    assert ana.answers(maria.conversation, "   ").status_code == 400
    assert ana.answers(maria.conversation, "x" * 5000).status_code == 400


def test_the_person_sees_who_writes(ana: Desk, maria: Visitor, held: str) -> None:
    ana.answers(maria.conversation, "hello")
    data = maria.events()[-1]["data"]
    assert (data["author"], data["name"], data["text"]) == ("counsellor", "Ana", "hello")
    assert "console_key" not in data


def test_a_note_never_reaches_the_person_and_is_encrypted(
    house: House, ana: Desk, maria: Visitor, held: str
) -> None:
    before = maria.events()
    assert ana.post(f"{held}/notes", {"text": "sounds very tired"}).status_code == 200
    assert maria.events() == before
    assert ana.get(held).json()["notes"][0]["text"] == "sounds very tired"
    with house.kit.database.read() as session:
        note = session.scalars(select(Note)).one()
        assert b"tired" not in (note.body_sealed or b"")
    assert ana.post(f"{held}/notes", {"text": " "}).status_code == 400
    assert ana.post(f"{held}/notes", {"text": "x" * 4001}).status_code == 400


def test_closing_keeps_the_reason_and_the_case_note_and_may_close_the_risk(
    house: House, ana: Desk, maria: Visitor, held: str
) -> None:
    maria.says("i want to kill myself tonight")
    body = {
        "reason": "referred",
        "safe": True,
        "topics": ["suicide"],
        "steps": ["listened"],
        "text": "Calmer.",
    }
    assert ana.post(f"{held}/close", body).status_code == 204
    with house.kit.database.read() as session:
        assert session.get_one(Conversation, maria.conversation).risk_level is None
        note = session.scalars(select(Note).where(Note.kind == "case")).one()
        assert note.body == {
            "reason": "referred",
            "safe": True,
            "topics": ["suicide"],
            "steps": ["listened"],
            "text": "Calmer.",
        }
    assert ana.post(f"{held}/close", body).status_code in {404, 409}


def test_a_risk_stays_open_unless_the_person_said_they_are_safe(
    house: House, ana: Desk, maria: Visitor, held: str
) -> None:
    maria.says("i want to kill myself tonight")
    ana.post(f"{held}/close", {"reason": "no_reply"})
    with house.kit.database.read() as session:
        assert session.get_one(Conversation, maria.conversation).risk_level is not None


def test_a_conversation_can_be_closed_for_good(ana: Desk, maria: Visitor, held: str) -> None:
    assert ana.post(f"{held}/close", {"reason": "abuse", "afterwards": "closed"}).status_code == 204
    assert maria.states()[-1] == "closed"


@pytest.mark.parametrize("body", [{}, {"reason": "because"}, {"reason": "answered", "more": 1}])
def test_a_reason_is_one_of_the_list(ana: Desk, held: str, body: dict[str, Any]) -> None:
    assert ana.post(f"{held}/close", body).status_code == 400


def test_typing_is_shown_to_the_person_and_not_stored(
    house: House, ana: Desk, maria: Visitor, held: str
) -> None:
    heard: list[str] = []
    for word in ("on", "off"):
        topic_name = f"typing:{maria.conversation}:counsellor:{word}"
        house.kit.database.wakeups.subscribe(topic_name, lambda word=word: heard.append(word))
    before = maria.events()
    ana.post(f"{held}/typing", {"on": True})
    ana.post(f"{held}/typing", {"on": False})
    assert heard == ["on", "off"]
    assert maria.events() == before


def test_a_summary_quotes_and_invents_nothing(ana: Desk, maria: Visitor) -> None:
    maria.says("i would like to ask about old scars " + "and about tattoos " * 30)
    maria.says("i want to kill myself tonight")
    maria.says("are you there")
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    read = ana.get(f"/conversations/{maria.conversation}").json()
    texts = {one["id"]: " ".join(one["text"].split()) for one in read["messages"]}
    assert [one["why"] for one in read["summary"]] == ["first", "risk", "last", "last"]
    for one in read["summary"]:
        assert texts[one["message"]].startswith(one["quote"].removesuffix(" …"))
        assert len(one["quote"]) <= summary.LONGEST_QUOTE + 2


def test_passages_that_fit_are_suggested_and_others_found(house: House, ana: Desk, maria: Visitor) -> None:
    house.engine.answer = topic("abscess")
    maria.says("there is a lump with pus")
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    fit = ana.get(f"/conversations/{maria.conversation}/suggestions").json()
    assert fit[0]["id"] == "abscess"
    assert len(fit) >= 3
    found = ana.get(f"/passages?q=naloxone&lang=en&conversation={maria.conversation}").json()
    assert found
    assert all("naloxone" in (one["title"] + one["text"]).lower() for one in found)
    assert ana.get("/passages?q=").json() == []
    assert ana.get(f"/passages?q=a&conversation={'x' * 40}").status_code == 400


def test_prepared_replies_come_in_both_languages_with_numbers(ana: Desk, maria: Visitor, held: str) -> None:
    replies = ana.get(f"/replies?conversation={maria.conversation}").json()
    assert len(replies) >= 10
    assert all(set(one["text"]) == {"en", "es"} for one in replies)
    emergency = next(one for one in replies if one["id"] == "call_emergency")
    assert "911" in emergency["text"]["en"]
    assert "{" not in "".join(one["text"]["en"] + one["text"]["es"] for one in replies)


def test_the_protocol_is_one_key_away_with_the_numbers_of_the_country(
    ana: Desk, maria: Visitor, held: str
) -> None:
    read = ana.get(f"/protocols/S2?conversation={maria.conversation}").json()
    assert "911" in read["numbers"][0]["say"]
    assert read["steps"]
    assert {one["id"] for one in read["all"]} >= {"S2", "O1"}
    assert ana.get("/protocols/S2?lang=es").json()["title"] != read["title"]
    assert ana.get("/protocols/nothing").status_code == 404


def test_no_step_makes_a_counsellor_say_that_they_are_a_program(ana: Desk, maria: Visitor, held: str) -> None:
    for lang in ("en", "es"):
        for one in ana.get(f"/protocols/S2?lang={lang}").json()["all"]:
            for step in ana.get(f"/protocols/{one['id']}?lang={lang}").json()["steps"]:
                assert step["say"]
                assert not re.search(r"automated|program|automátic|programa", step["say"]), one["id"]


def test_a_faulty_file_of_replies_is_left_out(tmp_path: Any) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "a.yml").write_text("group: [")
    (tmp_path / "replies" / "b.yml").write_text(
        "group: {en: A, es: A}\nreplies: [{id: x, title: {en: a}, text: {en: a}}]"
    )
    assert bank.read(tmp_path) == ()
    with pytest.raises(ContentError, match=r"b\.yml.*every language"):
        bank.read_group(tmp_path / "replies" / "b.yml")
    assert len(bank.read(ROOT)) == 3


def test_the_board_holds_no_word_of_a_person(ana: Desk, maria: Visitor) -> None:
    maria.says("my secret is xylophone")
    maria.asks_for_a_human()
    assert "xylophone" not in str(ana.board())


def test_an_open_console_that_reads_along_is_one_look_in_the_log(house: House, ana: Desk, held: str) -> None:
    for _ in range(5):
        ana.get(f"{held}/messages?after=0")
    house.clock.pass_(minutes=11)
    sign_in(ana)
    ana.get(held)
    with house.kit.database.read() as session:
        looks = session.scalars(select(Audit.at).where(Audit.action == "conversation.read")).all()
    assert len(looks) == 2


def test_an_erased_person_is_gone_from_the_console(
    house: House, ana: Desk, maria: Visitor, held: str
) -> None:
    assert maria.client.delete("/api/conversation", headers=maria.headers).status_code == 204
    assert ana.get(held).status_code == 404
    assert ana.board()["mine"] == []


def test_a_guide_that_is_open_is_named(house: House, ana: Desk, maria: Visitor) -> None:
    maria.says("i want to kill myself tonight")
    maria.asks_for_a_human()
    turn.take(house.kit)
    ana.claim(maria.conversation)
    guide = ana.get(f"/conversations/{maria.conversation}").json()["head"]["guide"]
    assert guide["kind"] == "protocol"


def test_sections_are_the_same_when_nothing_happened(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    with house.kit.database.read() as session:
        first = board.everything(session, house.clock())
        house.clock.pass_(seconds=20)
        assert board.everything(session, house.clock()) == first


def test_the_queue_says_in_what_danger_somebody_is(house: House, ana: Desk, maria: Visitor) -> None:
    maria.says("i want to kill myself")
    maria.says("no")
    maria.says("yes")
    maria.says("yes")
    maria.says("yes")
    maria.asks_for_a_human()
    [row] = ana.board()["queue"]
    assert row["seen"][0].startswith("S")
    assert row["seen"][-1] == "means"
    assert row["seen_at"]
    assert row["needs"] == ["suicide"]


def test_steps_that_say_a_way_is_at_hand_exist(house: House) -> None:
    guides = house.kit.library.guides
    named = {step.id for code in reasons.SUICIDE for step in guides[code, "en"].steps}
    assert set(reasons.AT_HAND) <= named
