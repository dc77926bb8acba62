"""R6: Rasa is down, hangs, trickles or talks nonsense: it is given up on in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from stand_in import FakeRasa

from bot.dialogue import Question, Rasa
from bot.errors import DialogueError

LIMIT = 1.0


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    opened = FakeRasa()
    yield opened
    opened.close()


@pytest.mark.parametrize("mode", ["hang", "reset", "garbage", "silence", "error", "drip"])
def test_a_rasa_that_fails_is_given_up_on_in_time(rasa: FakeRasa, mode: str) -> None:
    rasa.mode = mode
    client = Rasa(rasa.url, "secret", LIMIT)
    began = time.monotonic()
    with pytest.raises(DialogueError):
        client.ask(Question(id="1", text="about abscess", lang="en"))
    # Five times the limit: the machine may be busy, but nothing waits for the 20 s that Rasa takes.
    assert time.monotonic() - began < 5 * LIMIT
    client.close()


def test_a_rasa_that_comes_back_within_the_limit_gives_the_real_answer(rasa: FakeRasa) -> None:
    import threading

    rasa.mode = "reset"
    client = Rasa(rasa.url, "secret", 10.0)
    threading.Timer(0.5, lambda: setattr(rasa, "mode", "sound")).start()
    answered = client.ask(Question(id="1", text="about abscess", lang="en"))
    assert answered.replies[0]["passage"] == "abscess"
    client.close()


def test_nobody_listening_is_an_error_and_no_hang() -> None:
    client = Rasa("http://127.0.0.1:9", "secret", 0.5)
    with pytest.raises(DialogueError):
        client.ask(Question(id="1", text="hi", lang="en"))
    client.close()
