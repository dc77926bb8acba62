"""S6: a website visitor's browser talks to the gateway: start, write, follow, leave, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from house import House, topic
from starlette.testclient import TestClient

from bot import app, turn
from bot.models import Contact

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def browser(house: House) -> Iterator[TestClient]:
    """A browser on our own website; turns are taken when the test says so."""
    house.engine.answer = topic("abscess")
    kit = dataclasses.replace(house.kit, settings=house.kit.settings)
    with TestClient(app.create(kit, work=False), base_url=HERE, headers={"Origin": HERE}) as client:
        yield client


def started(browser: TestClient, **body: Any) -> dict[str, str]:
    """Headers of a fresh chat."""
    answer = browser.post("/api/conversations", json={"lang": "en", "country": "US"} | body)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def send(browser: TestClient, who: dict[str, str], body: Any, key: str = "") -> Any:
    headers = who | {"Idempotency-Key": key or str(uuid.uuid4())}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return browser.post("/api/messages", content=content, headers=headers)


def events(browser: TestClient, who: dict[str, str], after: int = 0) -> list[dict[str, Any]]:
    return list(browser.get(f"/api/events?after={after}&wait=0", headers=who).json()["events"])


def test_a_question_is_answered_in_the_event_log(browser: TestClient, house: House) -> None:
    who = started(browser)
    assert send(browser, who, {"text": "what is an abscess"}).status_code == 202
    turn.take(house.kit)
    log = events(browser, who)
    assert [event["id"] for event in log] == list(range(1, len(log) + 1))
    answer = log[-1]["data"]
    assert answer["passage"] == "abscess"
    assert answer["sources"][0]["url"].startswith("https://")
    assert answer["reviewed"]["by"] == "pending"


def test_the_chat_says_that_it_is_a_program_before_anything_else(browser: TestClient) -> None:
    first = events(browser, started(browser))[0]["data"]
    assert first["author"] == "notice"


def test_a_message_sent_twice_is_stored_once(browser: TestClient, house: House) -> None:
    who, key = started(browser), str(uuid.uuid4())
    first = send(browser, who, {"text": "hello there"}, key)
    again = send(browser, who, {"text": "hello there"}, key)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    turn.take(house.kit)
    mine = [e for e in events(browser, who) if e["data"].get("author") == "contact"]
    assert len(mine) == 1


def test_reading_goes_on_after_the_last_event_seen(browser: TestClient, house: House) -> None:
    who = started(browser)
    seen = events(browser, who)[-1]["id"]
    send(browser, who, {"text": "what is an abscess"})
    turn.take(house.kit)
    assert events(browser, who, seen)[0]["id"] == seen + 1


BAD_BODIES = [
    (b"", 400),
    (b'{"text": ""}', 400),
    (b'{"text": "   \\n "}', 400),
    (b'{"text": 7}', 400),
    (b'{"text": null, "choice": null}', 400),
    (b'{"text": "a", "choice": "b"}', 400),
    (b'{"text": "a\\u0000b"}', 400),
    (b'{"text": "\\ud800"}', 400),
    (b'"just a string"', 400),
    (b"[1, 2]", 400),
    (b"\xff\xfe", 400),
    (b"[" * 5_000, 400),  # deep
    (b'{"text": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", 400),
    (json.dumps({"text": "x" * 5_000}).encode(), 400),  # over a message's length
    (json.dumps({"text": "x" * 100_000}).encode(), 413),  # over a request's size
    (b'{"choice": "' + b"x" * 100 + b'"}', 400),
]


@pytest.mark.parametrize(("body", "status"), BAD_BODIES)
def test_bad_input_gets_a_clear_refusal_and_harms_nobody(
    browser: TestClient, body: bytes, status: int
) -> None:
    who = started(browser)
    refused = send(browser, who, body)
    assert refused.status_code == status
    assert refused.json()["error"]
    assert send(browser, who, {"text": "still here"}).status_code == 202


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic abc", "Bearer " + "a" * 43])
def test_a_guessed_or_missing_token_opens_nothing(browser: TestClient, token: str) -> None:
    headers = {"Authorization": token} if token else {}
    assert browser.get("/api/events?after=0&wait=0", headers=headers).status_code == 401


def test_another_website_may_neither_start_nor_read(browser: TestClient) -> None:
    other = {"Origin": "https://elsewhere.example"}
    assert browser.post("/api/conversations", json={}, headers=other).status_code == 403
    assert browser.get("/api/events?after=0&wait=0", headers=started(browser) | other).status_code == 403


def test_a_message_without_a_key_is_refused(browser: TestClient) -> None:
    answer = browser.post("/api/messages", json={"text": "hi"}, headers=started(browser))
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]


def test_quick_exit_ends_the_session_at_once(browser: TestClient) -> None:
    who = started(browser)
    token = who["Authorization"].removeprefix("Bearer ")
    assert browser.post("/api/exit", content=token).status_code == 204
    assert browser.get("/api/events?after=0&wait=0", headers=who).status_code == 401


def test_deleting_the_chat_leaves_nothing(browser: TestClient, house: House) -> None:
    who = started(browser)
    send(browser, who, {"text": "my secret"})
    assert browser.delete("/api/conversation", headers=who).status_code == 204
    with house.kit.database.read() as session:
        assert session.query(Contact).count() == 0


def test_the_transcript_belongs_to_the_person(browser: TestClient) -> None:
    who = started(browser)
    send(browser, who, {"text": "what is an abscess"})
    assert "contact: what is an abscess" in browser.get("/api/transcript", headers=who).text


def test_a_thumb_is_kept_with_the_version_of_what_was_shown(browser: TestClient, house: House) -> None:
    who = started(browser)
    send(browser, who, {"text": "what is an abscess"})
    turn.take(house.kit)
    answer = events(browser, who)[-1]["data"]
    rated = browser.post("/api/feedback", json={"message": answer["id"], "thumb": "up"}, headers=who)
    assert rated.status_code == 204
    wrong = browser.post("/api/feedback", json={"message": "nope", "thumb": "up"}, headers=who)
    assert wrong.status_code == 404


def test_a_pressed_choice_is_shown_and_kept_by_its_label(browser: TestClient, house: House) -> None:
    who = started(browser)
    choice = events(browser, who)[-1]["data"]["choices"][0]
    send(browser, who, {"choice": choice["id"]})
    turn.take(house.kit)
    mine = [one["data"] for one in events(browser, who) if one["data"].get("author") == "contact"]
    assert [one["text"] for one in mine] == [choice["label"]]
    assert f"contact: {choice['label']}" in browser.get("/api/transcript", headers=who).text


def test_a_choice_of_another_conversation_shows_nothing_of_it(browser: TestClient) -> None:
    theirs = events(browser, started(browser))[-1]["data"]["choices"][0]
    who = started(browser)
    send(browser, who, {"choice": theirs["id"]})
    assert events(browser, who)[-1]["data"]["text"] == ""


def test_a_language_picked_in_the_widget_is_the_language_of_the_answers(
    browser: TestClient, house: House
) -> None:
    who = started(browser)
    send(browser, who, {"text": "what is an abscess", "lang": "es"})
    turn.take(house.kit)
    assert events(browser, who)[-1]["data"]["lang"] == "es"
    send(browser, who, {"text": "what does an abscess look like on my arm"})
    turn.take(house.kit)
    assert events(browser, who)[-1]["data"]["lang"] == "es"  # until the person picks again
    assert send(browser, who, {"text": "hi", "lang": 7}).status_code == 400


def test_health_says_whether_the_database_answers(browser: TestClient) -> None:
    assert browser.get("/health/live").status_code == 200
    assert browser.get("/health/ready").json()["database"] is True


def test_whoever_may_be_watched_is_offered_the_quick_exit_with_each_question(
    browser: TestClient, house: House
) -> None:
    who = started(browser)
    send(browser, who, {"text": "he hits me and wont let me leave the house"})
    turn.take(house.kit)
    offered = [choice for event in events(browser, who) for choice in event["data"].get("choices", [])]
    away = next(choice for choice in offered if choice.get("does") == "quick_exit")
    assert away["label"] == "Leave this page now"
    # A page that cannot leave by itself sends it as any other choice.
    send(browser, who, {"choice": away["id"]})
    turn.take(house.kit)
    said = [event["data"] for event in events(browser, who)][-2:]
    assert "Shift" in said[0]["text"]
    assert said[1]["text"].endswith("?")
