"""Open-loop load: a fixed rate of messages, waits counted from the intended moment, and 500 open streams.

The gateway is one real process on SQLite with its own workers, real screen and real sentence vectors.
Rasa is a stand-in that answers after 12 ms, as the real one was measured (bench/turn.py); the provider
is a local server. Nothing waits for an answer before the next message is sent, so that a slow answer
makes no later one look quick: in talks of five messages, and as first messages of new people alone, which
cost most. Writes bench/results/load.json.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

import httpx2  # noqa: E402
from providers import signed, written  # noqa: E402
from town import Town, Visitor  # noqa: E402

from bench import measure  # noqa: E402
from bot import db  # noqa: E402

RATE = float(os.environ.get("LOAD_RATE", "20"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "20"))
STREAMS = int(os.environ.get("LOAD_STREAMS", "500"))
RASA_SECONDS = 0.012
# So many messages people write one after another; the first gets the disclosure beside its answer.
TALK = 5
ANSWER = "Source: "
TOPICS = ("abscess", "sepsis", "hepatitis_c", "hiv", "blood_clots", "skin_infection", "collapsed_veins")
TIMES = [int(times) for times in os.environ.get("LOAD_TIMES", "1 2 5").split()]
# Milliseconds and megabytes that issue and design ask for.
TARGETS = {"p95_ms": 250, "streams_mb": 400}


def main() -> int:
    """Run all measurements and print them."""
    with tempfile.TemporaryDirectory(prefix="lantern-load-") as folder:
        url = f"sqlite:///{folder}/load.db"
        db.migrate(url)
        town = Town(Path(folder), url, starts_per_minute=100_000)
        town.rasa.delay = RASA_SECONDS
        town.start("gateway", work=True, real=True)
        town.await_ready()
        send(town, Load(RATE, 3, first=0))  # warm: models are loaded with the first message
        found: dict[str, Any] = {
            "load_average": os.getloadavg()[0],
            "cores": os.cpu_count(),
            "targets": TARGETS,
        }
        for number, times in enumerate(TIMES, 1):
            for name, each in (("talks", TALK), ("first_words", 1)):
                load = Load(RATE * times, SECONDS, first=number * 1_000_000 + each * 100_000, each=each)
                found[f"x{times}_{name}"] = send(town, load)
                print(f"{load.rate:.0f}/s, {name}:", found[f"x{times}_{name}"], flush=True)
                settle(town)
        found["streams"] = asyncio.run(streams(town, STREAMS))
        print("streams", found["streams"], flush=True)
        town.close()
    measure.write("load", found)
    return 0


@dataclass(frozen=True)
class Load:
    """Messages a second for some seconds; people write `each` messages, numbered from `first` on."""

    rate: float
    seconds: float
    first: int
    each: int = 1

    def intended(self, began: float) -> dict[tuple[str, int], float]:
        """The moment of every message, by who writes it and which of theirs it is."""
        count = int(self.rate * self.seconds)
        people = max(1, count // self.each)
        moments = (began + n / self.rate for n in range(count))
        return {
            (str(7_000_000 + self.first + n % people), n // people): moment
            for n, moment in enumerate(moments)
        }


def send(
    town: Town, load: Load, *, urls: Sequence[str] = (), pids: Callable[[], Sequence[int]] | None = None
) -> dict[str, float]:
    """Send a load; milliseconds from the intended moment to the answer of each message.

    `urls`: the gateways that take them in turn; `pids`: the processes whose time is counted.
    """
    urls, pids = urls or [town.url], pids or (lambda: [town.pid("gateway")])
    intended = load.intended(time.monotonic() + 0.2)
    used = processor(*pids())
    queue = iter(intended.items())
    lock = threading.Lock()

    def write() -> None:
        with httpx2.Client(timeout=60) as client:
            while True:
                with lock:
                    (address, turn), moment = next(queue, (("", 0), 0.0))
                if not address:
                    return
                time.sleep(max(0.0, moment - time.monotonic()))
                number = f"{address}{turn:02}"
                path, body = written("telegram", address, number, question(number))
                door = urls[int(address) % len(urls)]
                client.post(f"{door}/webhooks/{path}", content=body, headers=signed(path, body, 0))

    threads = [threading.Thread(target=write) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop = time.monotonic() + 120
    while time.monotonic() < stop:
        came = answers(town, {address for address, _ in intended})
        if len(came) == len(intended):
            break
        time.sleep(0.2)
    waits = sorted(1000 * (came[one] - moment) for one, moment in intended.items() if one in came)
    each = round(1000 * (processor(*pids()) - used) / max(1, len(came)))
    return {"sent": len(intended), "answered": len(waits), **shares(waits), "processor_ms_each": each}


def answers(town: Town, people: set[str]) -> dict[tuple[str, int], float]:
    """When each answer came: the first of somebody answers their first message, and so on."""
    came: dict[tuple[str, int], float] = {}
    counts: dict[str, int] = defaultdict(int)
    for one in list(town.providers.sent):
        if one.address in people and ANSWER in one.text:
            came[one.address, counts[one.address]] = one.at
            counts[one.address] += 1
    return came


def question(number: str) -> str:
    """A text that nobody wrote before, so that nothing is answered from a cache."""
    return f"hi, number {number} here, what can you tell me about {TOPICS[int(number) % len(TOPICS)]}"


def shares(waits: list[float]) -> dict[str, float]:
    """The usual percentiles, in whole milliseconds."""
    if not waits:
        return {}
    named = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {name: round(measure.percentile(waits, share)) for name, share in named.items()}


def processor(*pids: int) -> float:
    """Seconds of processor time that these processes have used so far."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except FileNotFoundError:
            continue  # a connection that PostgreSQL has ended meanwhile
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def settle(town: Town) -> None:
    """Wait until nothing more is sent."""
    before = -1
    while before != len(town.providers.sent):
        before = len(town.providers.sent)
        time.sleep(1.5)


async def streams(town: Town, count: int) -> dict[str, float]:
    """Memory of the gateway before and with so many open event streams."""
    before = round(measure.memory_mb(town.pid("gateway")))
    visitor = Visitor(town)
    headers = dict(visitor.client.headers)
    limits = httpx2.Limits(max_connections=count + 10)
    async with httpx2.AsyncClient(timeout=120, limits=limits, headers=headers) as client:
        opened = asyncio.Event()
        left = count

        async def follow() -> None:
            nonlocal left
            async with client.stream("GET", f"{town.url}/api/events?after=0") as response:
                async for _ in response.aiter_bytes():
                    left -= 1
                    if left <= 0:
                        opened.set()
                    await hold.wait()
                    return

        hold = asyncio.Event()
        tasks = [asyncio.create_task(follow()) for _ in range(count)]
        await asyncio.wait_for(opened.wait(), 120)
        used = round(measure.memory_mb(town.pid("gateway")))
        hold.set()
        await asyncio.gather(*tasks, return_exceptions=True)
    visitor.close()
    return {"open": count, "mb": used, "mb_before": before}


if __name__ == "__main__":
    raise SystemExit(main())
