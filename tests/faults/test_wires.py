"""Every wire of an installation is slow, silent, narrow or cut for a while: nothing is lost or doubled.

R4, R6, R7. The short form runs one toxic on each wire; CHAOS_WIRES=all (`make chaos`) runs them all,
for longer.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
import pytest
from postgres import Postgres
from town import Town, Writer, until
from wires import TOXICS, Wire

ALL = os.environ.get("CHAOS_WIRES") == "all"
# How long a wire is bad.
SECONDS = 10.0 if ALL else 1.0
PLACES = ("front", "provider", "rasa", "database")
SHORT = [("front", "reset"), ("provider", "reset"), ("rasa", "hang"), ("database", "hang")]
CELLS = [(place, toxic) for place in PLACES for toxic in TOXICS] if ALL else SHORT
ANSWER = "Source: "


@dataclass
class Wired:
    """A town with a wire between each two parties, and somebody with a phone."""

    town: Town
    wires: dict[str, Wire]
    writer: Writer

    def answers(self) -> set[str]:
        """Keys of the real answers that reached the phone."""
        return {one.key for one in self.town.providers.sent if ANSWER in one.text}

    def is_ready(self) -> bool:
        """What the gateway says of itself, asked past the wires."""
        try:
            ready = httpx2.get(f"http://127.0.0.1:{self.town.port}/health/ready", timeout=5)
        except httpx2.HTTPError:
            return False
        return ready.status_code == 200


@pytest.fixture
def wire(build: Callable[..., Town], postgres: Postgres) -> Iterator[Wired]:
    """PostgreSQL, Rasa, providers and the front door, each behind a wire."""
    town = build(postgres.fresh())
    wires = {
        "front": Wire(("127.0.0.1", town.port)),
        "provider": Wire(_address(town.providers.url)),
        "rasa": Wire(_address(town.rasa.url)),
        "database": Wire(postgres.socket),
    }
    channels = {
        name: value.replace(town.providers.url, wires["provider"].url)
        for name, value in town.settings.channels.items()
    }
    name = town.settings.database.partition("@/")[2].partition("?")[0]
    town.settings = msgspec.structs.replace(
        town.settings,
        channels=channels,
        rasa_url=wires["rasa"].url,
        database=f"postgresql+psycopg://postgres@127.0.0.1:{wires['database'].port}/{name}",
        dialogue_seconds=2.0,
    )
    town.url = wires["front"].url
    town.start("gateway")
    town.start("worker")
    town.await_ready()
    writer = Writer(town, "sms", "+12025550143")
    yield Wired(town, wires, writer)
    writer.close()
    town.close()
    for one in wires.values():
        one.close()


@pytest.mark.postgres
@pytest.mark.parametrize(("place", "toxic"), CELLS)
def test_a_bad_wire_loses_and_doubles_nothing(wire: Wired, place: str, toxic: str) -> None:
    wire.writer.write("about abscess")
    until(lambda: len(wire.answers()) == 1)
    wire.wires[place].spoil(toxic)
    healing = threading.Timer(SECONDS, wire.wires[place].heal)
    healing.start()
    wire.writer.write("and about sepsis")
    until(lambda: len(wire.answers()) == 2)
    healing.join()
    wire.writer.write("and about hiv")
    until(lambda: len(wire.answers()) == 3)
    keys = [one.key for one in wire.town.providers.sent]
    doubled = len(keys) - len(set(keys))
    # A lost answer of the provider is the only way to a second copy, which has the first one's key.
    assert doubled == 0 or place == "provider"


@pytest.mark.postgres
def test_a_database_that_hangs_turns_health_red_and_it_recovers_without_a_restart(wire: Wired) -> None:
    """R4: red within five seconds; what was not stored is not acknowledged, and comes again."""
    wire.writer.write("about abscess")
    until(lambda: len(wire.answers()) == 1)
    wire.wires["database"].spoil("hang")
    red = httpx2.get(f"http://127.0.0.1:{wire.town.port}/health/ready", timeout=5)
    assert red.status_code == 503
    threading.Timer(SECONDS, wire.wires["database"].heal).start()
    wire.writer.write("and about sepsis")
    until(wire.is_ready)
    until(lambda: len(wire.answers()) == 2)


def _address(url: str) -> Any:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)
