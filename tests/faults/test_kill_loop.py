"""R1: gateway and worker are killed at random; nothing acknowledged is lost, doubled or out of order.

The short form runs with the suite. `make chaos` runs a thousand kills; CHAOS_SEED replays a run.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from postgres import Postgres
from town import Town, Visitor, Writer, counted, until

KILLS = int(os.environ.get("CHAOS_KILLS", "12"))
SEED = int(os.environ.get("CHAOS_SEED", str(random.randrange(10**6))))
LONGEST_PAUSE = 0.8
TOPICS = ("abscess", "sepsis", "hepatitis_c", "hiv", "blood_clots", "skin_infection", "collapsed_veins")


class Crowd:
    """People who each ask one question after another, until the last process was killed."""

    def __init__(self, town: Town) -> None:
        self.visitors = [Visitor(town) for _ in range(2)]
        self.writers = [Writer(town, "sms", f"+1202555{n:04}") for n in range(2)]
        self._over = threading.Event()
        people = (*self.visitors, *self.writers)
        self._threads = [threading.Thread(target=self._ask, args=(one, n)) for n, one in enumerate(people)]
        self.broken: list[AssertionError] = []

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.broken:
            raise self.broken[0]

    def close(self) -> None:
        for one in (*self.visitors, *self.writers):
            one.close()

    def _ask(self, person: Any, number: int) -> None:
        asked = 0
        try:
            while not self._over.is_set():
                asked += 1
                person.write(f"question {number}.{asked} about {TOPICS[asked % len(TOPICS)]}")
                time.sleep(0.05)
        except AssertionError as error:
            self.broken.append(error)


def kill_at_random(town: Town, names: list[str], dice: random.Random) -> None:
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, LONGEST_PAUSE))
        name = dice.choice(names)
        town.kill(name)
        town.restart(name)


def asked_of(log: list[dict[str, Any]]) -> list[str]:
    return [e["data"]["text"] for e in log if e["event"] == "message" and e["data"]["author"] == "contact"]


def said_of(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [e["data"] for e in log if e["event"] == "message" and e["data"]["author"] != "contact"]


def is_settled(visitor: Visitor) -> bool:
    """True once the newest message of the log is an answer to the newest question."""
    last = [one for one in visitor.log() if one["event"] == "message"][-1]
    return bool(last["data"]["author"] != "contact")


def check_visitor(visitor: Visitor) -> tuple[int, int]:
    """Everything acknowledged is there once and in order; numbers of apologies and of real answers."""
    log = visitor.log()
    assert [event["id"] for event in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert asked_of(log) == visitor.acknowledged
    said = said_of(log)
    assert max(counted([one["id"] for one in said]).values()) == 1, "shown twice"
    # A burst is answered once: after each stretch of questions stands its answer, to the last of them.
    stretch: list[str] = []
    for event in log:
        data = event["data"]
        if event["event"] == "message" and data["author"] == "contact":
            stretch.append(data["text"])
        elif event["event"] == "message" and data.get("passage") and stretch:
            assert any(text.endswith(data["passage"]) for text in stretch), "answered out of order"
            stretch = []
    assert not stretch, "a question without an answer"
    return sum("down" in one["text"] for one in said), sum(bool(one.get("passage")) for one in said)


def check_writer(writer: Writer) -> None:
    """The last question is answered, and a second copy carries the key of the first."""
    mine = [one for one in writer.town.providers.sent if one.address == writer.address]
    for one in mine:
        assert all(other.text == one.text for other in mine if other.key == one.key), "one key, one text"
    order = [key.rpartition("-")[0] for key in dict.fromkeys(one.key for one in mine)]
    assert order == sorted(order), "sent out of order"


def run(town: Town, names: list[str]) -> None:
    sys.stdout.write(f"CHAOS_SEED={SEED} CHAOS_KILLS={KILLS}\n")
    for name in names:
        town.start(name)
    town.await_ready()
    crowd = Crowd(town)
    crowd.start()
    kill_at_random(town, names, random.Random(SEED))
    crowd.stop()
    until(lambda: all(map(is_settled, crowd.visitors)))
    apologies = answers = 0
    for visitor in crowd.visitors:
        sorry, real = check_visitor(visitor)
        apologies, answers = apologies + sorry, answers + real
    assert answers
    assert apologies <= max(1, answers // 100), "at least 99 of 100 end in the real answer"
    for writer in crowd.writers:
        until(lambda writer=writer: bool(writer.received()))
        check_writer(writer)
    crowd.close()


def test_kills_at_random_lose_double_and_reorder_nothing(build: Callable[..., Town]) -> None:
    run(build(), ["gateway", "worker"])


@pytest.mark.postgres
def test_kills_at_random_with_two_workers_on_postgresql(
    build: Callable[..., Town], postgres: Postgres
) -> None:
    run(build(postgres.fresh()), ["gateway", "worker", "worker-2"])
