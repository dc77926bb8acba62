"""R1: all processes are killed at random; nothing acknowledged is lost, doubled or out of order.

The short form runs with the suite. `make chaos` runs a thousand kills; the seed is printed, and
CHAOS_SEED with CHAOS_KILLS replays the same kills with the same pauses.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing

import msgspec
import pytest
from crowd import Crowd
from postgres import Postgres, running
from town import Town

KILLS = int(os.environ.get("CHAOS_KILLS", "10"))
SEED = int(os.environ.get("CHAOS_SEED", str(random.randrange(10**6))))
LONGEST_PAUSE = 0.8
# Now and then the gateway is killed before it has even come up; mostly somebody can reach it in between.
BEFORE_IT_IS_UP = 0.2
Act = Callable[[], None]


def kill_at_random(town: Town, names: list[str], others: Mapping[str, Act], dice: random.Random) -> None:
    """Kill one process after another: the town's come back by `restart`, `others` as they know how."""
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, LONGEST_PAUSE))
        name, early = dice.choice([*names, *others]), dice.random() < BEFORE_IT_IS_UP
        if name in others:
            others[name]()
            continue
        if name == "gateway" and not early:
            town.await_ready()
        town.kill(name)
        town.restart(name)


def run(town: Town, names: list[str], others: Mapping[str, Act]) -> None:
    """Let people write while processes die; then look at everything that was acknowledged."""
    replay = {"CHAOS_SEED": SEED, "CHAOS_KILLS": KILLS, "killed": [*names, *others]}
    sys.stdout.write(f"\n{json.dumps(replay)}\n")
    for name in names:
        town.start(name)
    town.await_ready()
    with closing(Crowd(town)) as crowd:
        crowd.start()
        kill_at_random(town, names, others, random.Random(SEED))
        crowd.stop()
        found = crowd.check()
    sys.stdout.write(f"{json.dumps(found)}\n")
    assert found["answers"]
    assert found["given_up"] <= found["answers"] // 100, "at least 99 of 100 end in the real answer"


def test_kills_at_random_lose_double_and_reorder_nothing(build: Callable[..., Town]) -> None:
    town = build()
    town.settings = msgspec.structs.replace(town.settings, rasa_url=f"http://127.0.0.1:{town.rasa_port}")
    run(town, ["gateway", "worker", "rasa"], {})


@pytest.mark.postgres
def test_kills_at_random_also_of_postgresql_with_two_workers(build: Callable[..., Town]) -> None:
    with running() as server:
        town = build(server.fresh())
        town.settings = msgspec.structs.replace(town.settings, rasa_url=f"http://127.0.0.1:{town.rasa_port}")
        run(town, ["gateway", "worker", "worker-2", "rasa"], {"postgres": lambda: _bounce(server)})
        town.close()


def _bounce(server: Postgres) -> None:
    server.kill()
    server.start()
