"""Asks Rasa. Silence, slowness and nonsense are all one error, so that a turn always ends."""

from __future__ import annotations

import time
from typing import Any, Protocol

import httpx2
import msgspec

from bot.errors import DialogueError
from bot.messages import Answered

PATH = "/webhooks/lantern/turn"
# Pauses between tries: short at first, for a process that has just been restarted.
_PAUSE_SECONDS = 0.2
_GROWS = 1.6
# After a question in vain the next ones wait so long only, for a while or until one is answered: turns
# that wait for a dead engine would hold up those that need none.
IMPATIENT_SECONDS = 1.0
IMPATIENT_FOR = 10.0
_LARGEST_ANSWER = 4 * 1024 * 1024


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
        # One limit for everything: a person waits five seconds at most for an honest sentence.
        self._seconds = seconds
        self._gone_until = 0.0
        self._client = httpx2.Client(
            base_url=url, timeout=seconds, headers={"Authorization": f"Bearer {secret}"}
        )

    def ask(self, question: Question) -> Answered:
        """The engine's answer; raises DialogueError when it is silent, slow or wrong."""
        began = time.monotonic()
        patience = min(self._seconds, IMPATIENT_SECONDS) if began < self._gone_until else self._seconds
        try:
            answered = self._answer(question, began + patience)
        except DialogueError:
            if patience == self._seconds:
                self._gone_until = time.monotonic() + IMPATIENT_FOR
            raise
        self._gone_until = 0.0
        return answered

    def _answer(self, question: Question, until: float) -> Answered:
        content = msgspec.json.encode(question)
        try:
            answered = msgspec.json.decode(self._patiently(content, until), type=Answered)
        except httpx2.HTTPStatusError as error:
            raise DialogueError(f"Rasa answered HTTP {error.response.status_code}") from None
        except httpx2.HTTPError as error:
            raise DialogueError(f"Rasa did not answer: {type(error).__name__}") from None
        except msgspec.DecodeError:
            raise DialogueError("Rasa answered something that is not an answer") from None
        if not answered.replies:
            raise DialogueError("Rasa answered with silence")
        return answered

    def _patiently(self, content: bytes, until: float) -> bytes:
        """Ask again while time remains if Rasa or the actions are gone: they are back within seconds."""
        pause = _PAUSE_SECONDS
        while True:
            try:
                return self._once(content, until)
            except (httpx2.NetworkError, httpx2.RemoteProtocolError, httpx2.HTTPStatusError) as error:
                if time.monotonic() + pause >= until or _is_our_fault(error):
                    raise
                time.sleep(pause)
                pause *= _GROWS

    def _once(self, content: bytes, until: float) -> bytes:
        """One try. An answer that trickles in is cut off too, and one without end."""
        left = max(0.01, until - time.monotonic())
        received = bytearray()
        with self._client.stream("POST", PATH, content=content, timeout=left) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                received += chunk
                if time.monotonic() > until or len(received) > _LARGEST_ANSWER:
                    raise DialogueError("Rasa answered too slowly or too much")
        return bytes(received)

    def is_up(self) -> bool:
        """True if Rasa has a model and takes questions."""
        try:
            return self._client.get("/webhooks/lantern/ready", timeout=2).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()


def _is_our_fault(error: httpx2.HTTPError) -> bool:
    """True for a question that Rasa refuses, and would refuse again."""
    return isinstance(error, httpx2.HTTPStatusError) and error.response.is_client_error
