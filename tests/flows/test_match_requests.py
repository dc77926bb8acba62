"""What goes to a therapist goes with the person's yes, word for word, and can be taken back at any time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from consoles import desk, visitor
from house import House
from seekers import ANA, FREELY, PAUL, answer, begin, kept, step, titles
from starlette.testclient import TestClient

from bot import content, dispatch, handoff, matching
from bot.matching import Directory
from bot.models import Contact, GuideRun, MatchRequest


@pytest.fixture
def seeker(house: House) -> House:
    """Somebody has answered all questions where two people are in the directory."""
    with house.kit.database.begin() as session:
        matching.replace(session, [ANA, PAUL], house.clock(), "test")
    shown = answer(house, *FREELY["en"])
    assert titles(shown) == ["Ana Real", "Paul Real"]
    return house


def rows(house: House) -> list[MatchRequest]:
    with house.kit.database.read() as session:
        return [*session.query(MatchRequest).all()]


def test_nothing_is_sent_before_the_words_were_shown_and_agreed_to(seeker: House) -> None:
    preview = seeker.chooses("Ask Ana Real")
    assert rows(seeker) == []
    text = preview.replies[0].text
    assert "614 555 0100" in text
    assert "Goals: Stop using; Trauma" in text
    assert "opioid" not in text.lower()  # what somebody uses is not told
    sent = seeker.chooses("Yes, send it")
    assert "Ana Real" in sent.replies[0].text
    assert [row.state for row in rows(seeker)] == ["sent"]
    assert b"614 555 0100" not in (rows(seeker)[0].letter_sealed or b"")


def test_a_request_is_withdrawn_by_a_button_or_a_word(seeker: House) -> None:
    seeker.chooses("Ask Ana Real")
    seeker.chooses("Yes, send it")
    seeker.chooses("Take it back")
    assert [(row.state, row.letter_sealed) for row in rows(seeker)] == [("withdrawn", None)]
    assert seeker.says("withdraw my request").replies[0].content == "phrases/request_none"
    seeker.chooses("Ask Ana Real")
    seeker.chooses("Yes, send it")
    seeker.says("take it back")
    assert {row.state for row in rows(seeker)} == {"withdrawn"}


def test_who_takes_no_requests_can_be_reached_by_oneself(seeker: House) -> None:
    assert "614-555-0199" in seeker.chooses("Ask Paul Real").replies[0].text
    assert rows(seeker) == []


def test_the_therapists_answer_is_told_to_the_person(seeker: House, client: TestClient) -> None:
    seeker.chooses("Ask Ana Real")
    seeker.chooses("Yes, send it")
    one = desk(seeker, client, "ines")
    waiting = one.get("/requests").json()
    assert [(row["to"], row["send_to"]) for row in waiting] == [("Ana Real", "ana@clinic.example")]
    assert "614 555 0100" in waiting[0]["letter"]
    where = f"/requests/{waiting[0]['id']}/decide"
    assert one.post(where, {"state": "taken"}).status_code == 204
    assert "Ana Real" in seeker.heard()[-1]
    assert one.post(where, {"state": "declined"}).status_code == 409  # decided once
    assert one.get("/requests").json() == []


def test_partners_are_told_that_there_is_a_request_and_no_word_of_it(seeker: House) -> None:
    seeker.chooses("Ask Ana Real")
    seeker.chooses("Yes, send it")
    with seeker.kit.database.read() as session:
        events = list(dispatch._requests(session, seeker.kit, seeker.clock().replace(year=2020)))
    assert [kind for _, kind, _ in events] == ["match.sent"]
    assert set(events[0][2]) == {"request", "entry", "link", "at"}


def test_of_the_made_up_nobody_can_be_asked(make_house: Callable[..., House]) -> None:
    house = make_house(directory=matching.load(content.ROOT / "directory" / "sample.yml"))
    first = titles(answer(house, *FREELY["en"]))[0]
    assert house.chooses(f"Ask {first}").replies[0].content == "phrases/request_sample"
    assert rows(house) == []


def test_other_choices_end_honestly(seeker: House) -> None:
    outcome = seeker.chooses("Other choices")
    assert not titles(outcome)
    assert "phrases/match_no_more" in [reply.content for reply in outcome.replies]


def test_an_answer_is_changed_after_the_matches_were_seen(seeker: House) -> None:
    assert step(seeker.chooses("Change an answer")) == "review"
    assert step(seeker.chooses("Meeting")) == "mode"
    assert step(seeker.says("in person")) == "review"
    outcome = seeker.says("yes")
    assert not titles(outcome)
    labels = [offer.label for reply in outcome.replies for offer in reply.offers]
    assert "Change: Meeting" in labels
    seeker.chooses("Change: Meeting")
    assert step(seeker.says("video")) == "review"
    assert titles(seeker.says("yes")) == ["Ana Real"]


def test_in_the_review_an_answer_is_changed_by_a_sentence(seeker: House) -> None:
    seeker.chooses("Change an answer")
    outcome = seeker.says("mornings are better")
    assert kept(seeker)["times"] == ["day"]
    assert step(outcome) == "review"
    assert step(seeker.says("change the goals")) == "goals"


def test_without_a_directory_there_are_finders_and_a_human(house: House) -> None:
    outcome = answer(house, *FREELY["en"])
    last = outcome.replies[-1]
    assert last.content == "phrases/match_no_directory"
    assert "findtreatment.gov" in last.text
    assert {"Have someone call", "Talk to a person"} <= {offer.label for offer in last.offers}
    house.chooses("Have someone call")


def test_answers_are_shown_and_deleted_in_the_chat(seeker: House) -> None:
    seeker.chooses("Ask Ana Real")
    seeker.chooses("Yes, send it")
    seen = seeker.says("show my data").replies[0]
    assert "Goals: Stop using; Trauma" in seen.text
    assert "Ana Real: sent, no answer yet" in seen.text
    assert "2026-12-31" in seen.text  # kept for 30 days, as ticked
    seeker.says("delete my answers")
    assert kept(seeker) == {}
    assert {row.state for row in rows(seeker)} == {"withdrawn"}
    assert seeker.says("my answers").replies[0].content == "phrases/my_answers"  # the request is still told


@pytest.mark.parametrize(("lang", "words"), [("en", "yes, delete"), ("es", "sí, borrar")])
def test_yes_delete_erases_everything(house: House, lang: str, words: str) -> None:
    answer(house, *FREELY[lang][:6], lang=lang)
    said = house.says(words, lang=lang)
    assert said.replies[0].content == "phrases/deleted"
    house.later(minutes=2)
    with house.kit.database.read() as session:
        assert session.query(Contact).count() == 0
        assert session.query(GuideRun).count() == 0


def test_yes_delete_is_carried_out_while_a_counsellor_is_there(house: House, client: TestClient) -> None:
    ana, maria = desk(house, client, "ana"), visitor(house, client)
    maria.asks_for_a_human()
    assert ana.claim(maria.conversation).status_code == 204
    maria.says("yes, delete")
    assert "minute" in maria.heard()[-1]
    house.later(minutes=2)
    with house.kit.database.read() as session:
        assert session.query(Contact).count() == 0


def test_yes_delete_is_carried_out_after_stop(house: House) -> None:
    house.says("STOP")
    house.says("yes, delete")
    house.later(minutes=2)
    with house.kit.database.read() as session:
        assert session.query(Contact).count() == 0


def test_a_finished_search_is_taken_up_from_the_kept_answers(seeker: House) -> None:
    seeker.later(days=5)
    assert step(begin(seeker)) == "review"


def test_the_directory_is_edited_in_the_console(house: House, client: TestClient) -> None:
    editor = desk(house, client, "edit", "editor")
    empty = editor.get("/directory").json()
    assert (empty["sample"], empty["entries"]) == (False, [])
    assert {"id": "stop", "en": "Stop using", "es": "Dejar de consumir"} in empty["choices"]["goals"]
    assert {"any", "en", "none"}.isdisjoint(one["id"] for many in empty["choices"].values() for one in many)
    row = {
        "id": "ana",
        "name": "Ana Real",
        "about": {"en": "opioid use"},
        "licensed": ["US-OH"],
        "goals": ["stop"],
        "modes": ["video"],
        "languages": ["en"],
        "capacity": 2,
    }
    assert editor.post("/directory", {"entry": row}).status_code == 204
    refused = editor.post("/directory", {"entry": row | {"licensed": ["US"]}})
    assert refused.status_code == 400
    assert "a licence there is a state's" in refused.json()["error"]
    assert [entry["capacity"] for entry in editor.get("/directory").json()["entries"]] == [2]
    assert editor.post("/directory/ana/remove", {}).status_code == 204
    with house.kit.database.read() as session:
        assert matching.held(session, Directory()).entries == ()


def test_staff_see_answers_only_where_the_person_ticked_it(house: House, client: TestClient) -> None:
    one = desk(house, client, "ines")
    one.beat(available=True)
    for who, ticked, seen in (("open", "staff may see", True), ("closed", "none of these", False)):
        answer(house, *FREELY["en"][:-2], ticked, "looks good", who=who)
        with house.kit.database.begin() as session:
            conversation = session.merge(house.conversation(who))
            assert handoff.request(session, conversation, "asked", "P3", house.clock(), 10)
        assert one.claim(house.conversation(who).id).status_code == 204
        answers = one.get(f"/conversations/{house.conversation(who).id}").json()["answers"]
        assert ("Goals: Stop using; Trauma" in answers) is seen
