"""Whatever part is broken, somebody in danger still gets the numbers; staff are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from consoles import alerts
from house import House, said, topic
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from bot import app, content, safety
from bot.content import Library
from bot.messages import Answered, Understood
from bot.safety import Context, ScreenDown, Verdict, classifier, screening

WANTS_TO_DIE = "i want to kill myself tonight"


def boom(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a test broke this part")


def test_rasa_is_dead(house: House) -> None:
    house.engine.down = True
    assert "988" in house.says(WANTS_TO_DIE).replies[0].text[:130]
    assert "911" in house.says("what is an abscess", "ana").replies[0].text


def test_the_actions_are_dead_and_rasa_hands_nothing_over(house: House) -> None:
    house.engine.answer = Answered(replies=({"say": "dont_know"},), understood=Understood())
    assert house.says(WANTS_TO_DIE).route == "crisis"


def test_the_classifier_is_broken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "score", boom)
    assert house.says(WANTS_TO_DIE).route == "crisis"
    assert safety.screen(WANTS_TO_DIE).failed == ("classifier",)


def test_the_lexicon_is_broken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "rules", boom)
    assert house.says("i want to kill myself, i have the pills in my hand").route in {"crisis", "check_in"}


def test_the_whole_screen_is_broken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "rules", boom)
    monkeypatch.setattr(classifier, "score", boom)
    house.engine.answer = topic("abscess")
    outcome = house.says("what is an abscess")
    assert "911" in outcome.replies[0].text
    assert outcome.replies[1].passage == "abscess"
    assert "screen.down" in alerts(house)


@pytest.mark.parametrize("error", [ScreenDown("down"), RuntimeError("worse"), MemoryError()])
def test_the_screen_raises_whatever_it_likes(make_house: Any, error: BaseException) -> None:
    def broken(text: str, context: Context) -> Verdict:
        raise error

    house = make_house(screen=broken)
    assert "911" in house.says("hello").replies[0].text


def test_the_screen_and_rasa_are_both_broken(make_house: Any) -> None:
    house = make_house(screen=boom)
    house.engine.down = True
    assert "911" in house.says("anything").replies[0].text


@pytest.mark.parametrize("lang", ["en", "es"])
def test_all_content_is_missing(make_house: Any, lang: str) -> None:
    house = make_house(library=Library())
    outcome = house.says(WANTS_TO_DIE, lang=lang)
    assert outcome.route == "crisis"
    assert "911" in outcome.replies[0].text
    assert "content.missing" in alerts(house)
    house.engine.answer = said("greet")
    assert "112" in house.says("hi there my friend", "ana", lang=lang).replies[0].text


def test_the_shared_steps_are_missing(make_house: Any, library: Library) -> None:
    kept = {key: guide for key, guide in library.guides.items() if key[0] != "common"}
    house = make_house(library=replace(library, guides=kept))
    house.says("i want to kill myself")
    outcome = house.says("lol jk")
    assert "988" in outcome.replies[0].text
    assert house.conversation().risk_open
    assert "content.missing" in alerts(house)


def test_the_words_for_answers_are_missing(make_house: Any, library: Library) -> None:
    house = make_house(library=replace(library, grammar={}))
    house.says("i want to kill myself")
    assert house.says("yes").level == "P0"


def test_a_turn_that_breaks_again_and_again_ends_with_the_card(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = house.write("hello")
    monkeypatch.setattr("bot.turn.crisis.notice", boom)
    from bot import turn

    for _ in range(turn.MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            turn.take(house.kit, conversation)
        house.clock.pass_(minutes=5)
    turn.take(house.kit, conversation)
    assert "911" in house.heard()[0]
    assert "turn.failed" in alerts(house)


def test_the_database_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(app.create(house.kit, work=False), raise_server_exceptions=False) as client:
        monkeypatch.setattr(
            "bot.visitors.write", lambda *_: (_ for _ in ()).throw(OperationalError("", {}, OSError()))
        )
        answer = client.post(
            "/api/messages",
            json={"text": "help"},
            headers={"Authorization": "Bearer x", "Idempotency-Key": "k" * 20, "Accept-Language": "es"},
        )
    assert answer.status_code == 503
    assert "112" in answer.json()["say"]
    assert "peligro" in answer.json()["say"] or "riesgo" in answer.json()["say"]


def test_the_emergency_card_needs_no_file_and_no_clock_of_content() -> None:
    voice = content.Voice(Library(), "en", None, __import__("datetime").datetime(2030, 1, 1))
    assert "911" in voice.card().text
