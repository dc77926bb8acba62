"""Two of each process against one of each, on PostgreSQL: processor time of a message.

Gateways and workers are real processes; Rasa is a stand-in, which keeps nothing between messages. Where
a machine has too few cores to show twice the messages, the cost of a message tells how far two of each
would come: if it stays the same, twice as far. Writes bench/results/replicas.json.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench import load, measure

from postgres import Postgres, running  # isort: skip  (bench.load has set the path to the tests' towns)
from town import Town  # isort: skip

from bot.cli.processes import free_port

RATE = float(os.environ.get("LOAD_RATE", "6"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "20"))
ROUNDS = 3
TARGET = 1.7
SECOND = ("gateway-2", "worker-2")


def main() -> int:
    """One of each and two of each, in turns, and the ratio of what a message costs."""
    with tempfile.TemporaryDirectory(prefix="lantern-load-") as folder, running() as server:
        town = Town(Path(folder), server.fresh(), starts_per_minute=100_000)
        town.rasa.delay = load.RASA_SECONDS
        ports = [town.port, free_port()]
        for name, port in zip(("gateway-1", "gateway-2"), ports, strict=True):
            town.start(name, real=True, port=port)
        for name in ("worker-1", "worker-2"):
            town.start(name, real=True)
        for port in ports:
            town.await_ready(port)
        costs: dict[int, list[float]] = {1: [], 2: []}
        for turn in range(1, ROUNDS + 1):
            costs[2].append(_cost(town, server, ports, turn * 1_000_000))
            for name in SECOND:
                town.kill(name)
            costs[1].append(_cost(town, server, ports[:1], turn * 1_000_000 + 500_000))
            for name in SECOND:
                town.restart(name)
            town.await_ready(ports[1])
        town.close()
    one, two = (measure.percentile(costs[count], 0.5) for count in (1, 2))
    figures = {"one_ms": one, "two_ms": two, "twice_as_far": round(2 * one / two, 2), "target": TARGET}
    print(figures)
    measure.write("replicas", {"cores": os.cpu_count(), "rate": RATE, **figures})
    return 0


def _cost(town: Town, server: Postgres, ports: list[int], first: int) -> float:
    """Milliseconds of processor time a message, database included, after a few that load the models."""
    numbers = range(1, len(ports) + 1)
    mine = [town.pid(f"{kind}-{number}") for kind in ("gateway", "worker") for number in numbers]
    urls = [f"http://127.0.0.1:{port}" for port in ports]

    def pids() -> list[int]:
        return [*mine, *(one.pid for one in server.processes())]

    load.send(town, load.Load(RATE, 5, first=first), urls=urls, pids=pids)
    found = load.send(
        town, load.Load(RATE, SECONDS, first=first + 1000, each=load.TALK), urls=urls, pids=pids
    )
    print(f"{len(ports)} of each:", found, flush=True)
    load.settle(town)
    return found["processor_ms_each"]


if __name__ == "__main__":
    raise SystemExit(main())
