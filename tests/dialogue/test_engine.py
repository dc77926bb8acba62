"""The real Rasa behind its channel: it answers, keeps nothing, obeys nobody's slash, fails loudly."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from house import House

from bot.cli.processes import Engine
from bot.dialogue import PATH, Question, Rasa
from bot.errors import DialogueError
from bot.messages import Answered
from bot.settings import Settings

pytestmark = pytest.mark.rasa


@pytest.fixture
def rasa(running: Engine, engine_settings: Settings) -> Iterator[Rasa]:
    client = Rasa(f"http://127.0.0.1:{engine_settings.rasa_port}", engine_settings.rasa_secret)
    yield client
    client.close()


def ask(rasa: Rasa, text: str, lang: str = "en", **question: Any) -> Answered:
    return rasa.ask(Question(id="11111111-1111-7111-8111-111111111111", text=text, lang=lang, **question))


@pytest.mark.parametrize(
    ("text", "lang", "topic"),
    [
        ("what exactly are track marks", "en", "what_are_track_marks"),
        ("qué son exactamente las marcas de aguja", "es", "what_are_track_marks"),
        ("can hepatitis c be cured these days", "en", "hepatitis_c"),
    ],
)
def test_a_question_finds_its_topic(rasa: Rasa, text: str, lang: str, topic: str) -> None:
    answered = ask(rasa, text, lang)
    assert topic in answered.understood.topics
    assert answered.replies[0]["passage"] == topic


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("can you find me a therapist please", {"handover": "questionnaire"}),
        ("let me talk to a real human counsellor", {"handover": "handoff"}),
    ],
)
def test_a_wish_is_handed_over(rasa: Rasa, text: str, payload: dict[str, str]) -> None:
    assert payload.items() <= ask(rasa, text).replies[0].items()


@pytest.mark.parametrize(
    "slash", ["/restart", "  /deny", "\u00a0/session_start", '/human{"a":"b"}', "\n/back"]
)
def test_a_typed_slash_commands_nothing(rasa: Rasa, slash: str) -> None:
    events = ask(rasa, slash).events
    assert "restart" not in {event["event"] for event in events}


def test_a_long_conversation_stays_bounded_and_holds_no_vectors(rasa: Rasa) -> None:
    events: list[dict[str, Any]] = []
    for _ in range(15):
        events = list(ask(rasa, "what are track marks", events=events).events)
    assert len(events) <= 40
    assert "vectors" not in str(events)


@pytest.mark.parametrize("secret", ["", "Bearer wrong", "Bearer"])
def test_nobody_without_the_secret_is_heard(running: Engine, engine_settings: Settings, secret: str) -> None:
    url = f"http://127.0.0.1:{engine_settings.rasa_port}{PATH}"
    assert httpx2.post(url, json={}, headers={"Authorization": secret}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 7}', b'{"text": "a\\u0000b"}', b"[" * 5000])
def test_nonsense_is_refused_and_harms_nobody(rasa: Rasa, engine_settings: Settings, body: bytes) -> None:
    url = f"http://127.0.0.1:{engine_settings.rasa_port}{PATH}"
    headers = {"Authorization": f"Bearer {engine_settings.rasa_secret}"}
    assert httpx2.post(url, content=body, headers=headers).status_code == 400
    assert ask(rasa, "what are track marks").replies


def test_the_whole_turn_through_the_real_engine(rasa: Rasa, make_house: Callable[..., House]) -> None:
    house = make_house(dialogue=rasa)
    assert house.says("what are track marks").topics == ("what_are_track_marks",)
    assert house.says("i want to talk to a person").route == "handoff"


def test_rasa_killed_people_are_helped_and_it_comes_back(
    running: Engine, engine_settings: Settings, rasa: Rasa, make_house: Callable[..., House]
) -> None:
    # It comes back within seconds: whoever waits the usual five may get the real answer.
    url = f"http://127.0.0.1:{engine_settings.rasa_port}"
    impatient = Rasa(url, engine_settings.rasa_secret, 0.5)
    house = make_house(dialogue=rasa)
    house.kit = dataclasses.replace(house.kit, dialogue=impatient)
    running.kill("rasa")
    with pytest.raises(DialogueError):
        ask(impatient, "what is an abscess")
    assert house.says("he wont wake up and his lips are blue").route == "crisis"
    running.kill("rasa")  # a quick machine has it back by now
    assert "911" in house.says("what is an abscess", who="leo").replies[0].text
    impatient.close()
    running.await_ready()
    house.kit = dataclasses.replace(house.kit, dialogue=rasa)
    assert house.says("what is an abscess", who="leo").topics == ("abscess",)
