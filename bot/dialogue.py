"""Asks Rasa. Silence, slowness and nonsense are all one error, so that a turn always ends."""

from __future__ import annotations

from typing import Any, Protocol

import httpx2
import msgspec

from bot.errors import DialogueError
from bot.messages import Answered

PATH = "/webhooks/lantern/turn"


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the engine gets: an opaque id, the text, its vectors, metadata and the events so far."""

    id: str
    text: str
    lang: str
    vectors: dict[str, str] | None = None
    metadata: dict[str, Any] = {}
    events: list[dict[str, Any]] = []


class Dialogue(Protocol):
    """Anything that answers questions: the real engine, or a test's."""

    def ask(self, question: Question) -> Answered:
        """The engine's answer; raises DialogueError."""
        ...


class Rasa:
    """The engine over HTTP on a private address, with a shared secret."""

    def __init__(self, url: str, secret: str, seconds: float = 5.0) -> None:
        # One time-out for everything: a person waits five seconds at most for an honest sentence.
        self._client = httpx2.Client(
            base_url=url, timeout=seconds, headers={"Authorization": f"Bearer {secret}"}
        )

    def ask(self, question: Question) -> Answered:
        """The engine's answer; raises DialogueError when it is silent, slow or wrong."""
        try:
            response = self._client.post(PATH, content=msgspec.json.encode(question))
            response.raise_for_status()
            answered = msgspec.json.decode(response.content, type=Answered)
        except httpx2.HTTPStatusError as error:
            raise DialogueError(f"Rasa answered HTTP {error.response.status_code}") from None
        except httpx2.HTTPError as error:
            raise DialogueError(f"Rasa did not answer: {type(error).__name__}") from None
        except msgspec.DecodeError:
            raise DialogueError("Rasa answered something that is not an answer") from None
        if not answered.replies:
            raise DialogueError("Rasa answered with silence")
        return answered

    def is_up(self) -> bool:
        """True if Rasa has a model and takes questions."""
        try:
            return self._client.get("/webhooks/lantern/ready", timeout=2).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()
