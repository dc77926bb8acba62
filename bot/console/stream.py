"""The console's event stream: each section of the board whenever it has changed, typing at once.

A section is sent whole, so that whoever reconnects is right again after the first look.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot import eventlog
from bot.console import board, door
from bot.console.shared import Shared
from bot.errors import NotAllowed, NotSignedIn
from bot.stage import Kit

HEARTBEAT_SECONDS = 10.0
# Moments change things too (somebody is no longer there): look again at least this often.
LOOK_SECONDS = 2.0
# A burst of wake-ups is one look.
_SETTLE_SECONDS = 0.03


def endpoint(kit: Kit, roles: frozenset[str]) -> Callable[[Request], Any]:
    """The stream's endpoint; only these roles have a board."""

    shared = Shared(kit)

    async def events(request: Request) -> Response:
        token = door.token_of(request, kit)
        await run_in_threadpool(_look, shared, token, roles)
        return StreamingResponse(
            _Stream(kit, shared, token, roles).events(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
        )

    return events


class _Stream:
    """One open console: what it was sent last, and what it listens to."""

    def __init__(self, kit: Kit, shared: Shared, token: str, roles: frozenset[str]) -> None:
        self.kit = kit
        self.shared = shared
        self.token = token
        self.roles = roles
        self._sent: dict[str, bytes] = {}
        self._ready = asyncio.Event()
        self._typing: dict[str, bool] = {}
        self._stops: dict[str, Callable[[], None]] = {}

    async def events(self) -> AsyncIterator[bytes]:
        """Sections as they change, until the session is over or the page is gone."""
        loop = asyncio.get_running_loop()
        stop = self.kit.database.wakeups.subscribe(eventlog.CONSOLE, self._soon(self._ready.set))
        self.shared.join(self.token)
        quiet_since = loop.time()
        try:
            yield b"retry: 1000\n\n"
            while True:
                self._ready.clear()
                try:
                    sections = await run_in_threadpool(_look, self.shared, self.token, self.roles)
                except (NotSignedIn, NotAllowed):
                    yield b"event: signed_out\ndata: {}\n\n"
                    return
                self._listen(row["id"] for row in sections["mine"])
                frames = [*self._changed(sections), *self._typed()]
                if not frames and loop.time() - quiet_since >= HEARTBEAT_SECONDS:
                    frames = [b"event: beat\ndata: {}\n\n"]
                if frames:
                    quiet_since = loop.time()
                    yield b"".join(frames)
                await self._rest()
        finally:
            stop()
            self.shared.leave(self.token)
            self._listen(())

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._ready.wait(), LOOK_SECONDS)
            await asyncio.sleep(_SETTLE_SECONDS)
        except TimeoutError:
            pass

    def _changed(self, sections: dict[str, Any]) -> list[bytes]:
        frames = []
        for name, value in sections.items():
            encoded = msgspec.json.encode(value)
            if self._sent.get(name) != encoded:
                self._sent[name] = encoded
                frames.append(b"event: %s\ndata: %s\n\n" % (name.encode(), encoded))
        return frames

    def _typed(self) -> list[bytes]:
        typed, self._typing = self._typing, {}
        return [
            b"event: typing\ndata: %s\n\n" % msgspec.json.encode({"conversation": one, "on": on})
            for one, on in typed.items()
        ]

    def _listen(self, conversations: Iterable[str]) -> None:
        """Follow the typing of exactly these conversations."""
        wanted = {f"typing:{one}:{on}" for one in conversations for on in ("on", "off")}
        for topic in self._stops.keys() - wanted:
            self._stops.pop(topic)()
        for topic in wanted - self._stops.keys():
            self._stops[topic] = self.kit.database.wakeups.subscribe(topic, self._note(topic))

    def _note(self, topic: str) -> Callable[[], None]:
        _, conversation, on = topic.split(":")

        def note() -> None:
            self._typing[conversation] = on == "on"
            self._ready.set()

        return self._soon(note)

    def _soon(self, act: Callable[[], None]) -> Callable[[], None]:
        """`act` in the stream's loop, callable from any thread."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(act)

        return wake


def _look(shared: Shared, token: str, roles: frozenset[str]) -> dict[str, Any]:
    everything, counsellor = shared.look(token)
    if counsellor.role not in roles:
        raise NotAllowed("your role has no queue")
    return board.sections(everything, counsellor)
