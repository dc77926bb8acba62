"""The console's stream: changes come at once, a fresh look says the same, it ends with the session."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from consoles import Desk, Visitor, visitor
from house import House
from starlette.testclient import TestClient

from bot.console import shared, stream
from bot.console.routes import HUMANS


def run(watching: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine on a loop of its own: browser tests leave theirs running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, watching).result()


class Reader:
    """Reads the stream as the page does: the newest state of every section."""

    def __init__(self, house: House, token: str) -> None:
        self.events = stream._Stream(house.kit, shared.Shared(house.kit), token, HUMANS).events()
        self.sections: dict[str, Any] = {}
        self.other: list[tuple[str, Any]] = []

    async def read(self, seconds: float = 5.0) -> None:
        """One chunk."""
        chunk = await asyncio.wait_for(anext(self.events), seconds)
        for block in chunk.decode().split("\n\n"):
            lines = dict(line.partition(": ")[::2] for line in block.splitlines())
            if "data" not in lines:
                continue
            data = json.loads(lines["data"])
            if lines["event"] in {"typing", "beat", "signed_out"}:
                self.other.append((lines["event"], data))
            else:
                self.sections[lines["event"]] = data


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short waits, so that the test need not wait either."""
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.3)
    return iter(())


async def _in_thread(act: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, act, *arguments)


def test_a_message_is_on_the_counsellors_screen_at_once(house: House, ana: Desk, maria: Visitor) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)

    async def watch() -> float:
        reader = Reader(house, ana.client.cookies["lantern"])
        await reader.read()
        await reader.read()
        before = reader.sections["mine"][0]["event"]
        began = time.perf_counter()
        await _in_thread(maria.says, "hello are you there")
        while reader.sections["mine"][0]["event"] == before:
            await reader.read()
        await reader.events.aclose()
        return time.perf_counter() - began

    assert run(watch()) < 2.0


def test_the_stream_says_the_same_as_a_fresh_look(house: House, ana: Desk, maria: Visitor) -> None:
    async def watch() -> dict[str, Any]:
        reader = Reader(house, ana.client.cookies["lantern"])
        await reader.read()
        await reader.read()
        for act in (
            maria.asks_for_a_human,
            lambda: ana.claim(maria.conversation),
            lambda: maria.says("i took all the pills just now"),
            lambda: ana.post(f"/conversations/{maria.conversation}/flag", {"on": True}),
            lambda: ana.post(f"/conversations/{maria.conversation}/notes", {"text": "a note"}),
            lambda: ana.post(f"/conversations/{maria.conversation}/release"),
        ):
            await _in_thread(act)
            fresh = await _in_thread(ana.board)
            while reader.sections != fresh:
                await reader.read()
        await reader.events.aclose()
        return reader.sections

    assert run(watch())["queue"][0]["released"] == 1


def test_typing_of_the_own_person_is_shown_and_of_no_other(
    house: House, client: TestClient, ana: Desk, maria: Visitor
) -> None:
    maria.asks_for_a_human()
    ana.claim(maria.conversation)
    other = visitor(house, client)

    async def watch() -> list[tuple[str, Any]]:
        reader = Reader(house, ana.client.cookies["lantern"])
        await reader.read()
        await reader.read()
        for person in (other, maria):
            await _in_thread(
                lambda person=person: person.client.post(
                    "/api/typing", json={"on": True}, headers=person.headers
                )
            )
        while not reader.other:
            await reader.read()
        await reader.events.aclose()
        return reader.other

    assert run(watch()) == [("typing", {"conversation": maria.conversation, "on": True})]


def test_the_stream_ends_with_the_session(house: House, ana: Desk, fast: None) -> None:
    async def watch() -> list[tuple[str, Any]]:
        reader = Reader(house, ana.client.cookies["lantern"])
        await reader.read()
        await reader.read()
        await _in_thread(ana.delete, "/session")
        try:
            while True:
                await reader.read()
        except StopAsyncIteration:
            return reader.other

    assert run(watch())[-1][0] == "signed_out"


def test_a_quiet_stream_shows_that_it_lives(house: House, ana: Desk, fast: None) -> None:
    async def watch() -> list[tuple[str, Any]]:
        reader = Reader(house, ana.client.cookies["lantern"])
        while not reader.other:
            await reader.read()
        await reader.events.aclose()
        return reader.other

    assert run(watch()) == [("beat", {})]


def test_a_counsellor_who_is_gone_leaves_the_health_strip_by_time_alone(
    house: House, ana: Desk, fast: None
) -> None:
    async def watch() -> int:
        reader = Reader(house, ana.client.cookies["lantern"])
        await reader.read()
        await reader.read()
        assert reader.sections["health"]["online"] == 1
        house.clock.pass_(seconds=61)
        while reader.sections["health"]["online"]:
            await reader.read()
        await reader.events.aclose()
        return int(reader.sections["health"]["online"])

    assert run(watch()) == 0
