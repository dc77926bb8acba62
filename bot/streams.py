"""Event streams: follow a conversation's log as server-sent events, or poll it once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool

from bot import eventlog
from bot.channels import web
from bot.db import Database

# A comment this often keeps proxies and the widget's watchdog content.
HEARTBEAT_SECONDS = 10.0


async def follow(database: Database, conversation: str, after: int) -> AsyncIterator[bytes]:
    """Server-sent events after number `after`, for as long as the reader stays."""
    yield b"retry: 1000\n\n"
    with _woken(database, conversation) as ready, _typing(database, conversation, ready) as typed:
        while True:
            ready.clear()
            while typed:
                yield typed.popleft()
            events = await run_in_threadpool(_after, database, conversation, after)
            for event in events:
                after = event["id"]
                yield _encode(event)
            if not events:
                try:
                    await asyncio.wait_for(ready.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": here\n\n"


async def poll(database: Database, conversation: str, after: int, wait: float) -> dict[str, Any]:
    """What came after number `after`, waiting up to `wait` seconds for the first event."""
    with _woken(database, conversation) as ready:
        events = await run_in_threadpool(_after, database, conversation, after)
        if not events:
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), wait)
            events = await run_in_threadpool(_after, database, conversation, after)
    return {"events": events, "last": events[-1]["id"] if events else after}


@contextmanager
def _woken(database: Database, topic: str) -> Iterator[asyncio.Event]:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(ready.set)

    stop = database.wakeups.subscribe(topic, wake)
    try:
        yield ready
    finally:
        stop()


@contextmanager
def _typing(database: Database, conversation: str, ready: asyncio.Event) -> Iterator[deque[bytes]]:
    """Frames that say a counsellor types or has stopped; never stored, so they carry no id."""
    loop = asyncio.get_running_loop()
    typed: deque[bytes] = deque(maxlen=4)

    def note(on: bool) -> None:
        data = msgspec.json.encode({"who": "counsellor", "on": on})
        typed.append(b"event: typing\ndata: %s\n\n" % data)
        ready.set()

    def started() -> None:
        loop.call_soon_threadsafe(note, True)  # noqa: FBT003

    def stopped() -> None:
        loop.call_soon_threadsafe(note, False)  # noqa: FBT003

    topic = f"typing:{conversation}:counsellor"
    wakeups = database.wakeups
    stops = [wakeups.subscribe(f"{topic}:on", started), wakeups.subscribe(f"{topic}:off", stopped)]
    try:
        yield typed
    finally:
        for stop in stops:
            stop()


def _after(database: Database, conversation: str, after: int) -> list[dict[str, Any]]:
    with database.read() as session:
        return [
            shown for event in eventlog.since(session, conversation, after) if (shown := web.shown(event))
        ]


def _encode(event: dict[str, Any]) -> bytes:
    data = msgspec.json.encode(event["data"])
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event["id"], event["event"].encode(), data)
