"""Open-loop load: a fixed rate of messages, waits counted from the intended moment, and 500 open streams.

The gateway is one real process on SQLite with its own workers, real screen and real sentence vectors.
Rasa is a stand-in that answers after 12 ms, as the real one was measured (bench/turn.py); the provider
is a local server. Nothing waits for an answer before the next message is sent, so that a slow answer
makes no later one look quick. Writes bench/results/load.json.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
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
        send(town, RATE, 3, first=0)  # warm: models are loaded with the first message
        found: dict[str, Any] = {
            "load_average": os.getloadavg()[0],
            "cores": os.cpu_count(),
            "targets": TARGETS,
        }
        for times in TIMES:
            found[f"x{times}"] = send(town, RATE * times, SECONDS, first=times * 100_000)
            print(f"{RATE * times:.0f}/s", found[f"x{times}"], flush=True)
            settle(town)
        found["streams"] = asyncio.run(streams(town, STREAMS))
        print("streams", found["streams"], flush=True)
        town.close()
    measure.write("load", found)
    return 0


def send(
    town: Town, rate: float, seconds: float, *, first: int, urls: Sequence[str] = (), pids: Sequence[int] = ()
) -> dict[str, float]:
    """Messages of as many people at a fixed rate; milliseconds from the intended moment to the answer.

    `urls`: the gateways that take them in turn; `pids`: the processes whose time is counted.
    """
    urls, pids = urls or [town.url], pids or [town.pid("gateway")]
    count, began, used = int(rate * seconds), time.monotonic() + 0.2, processor(*pids)
    intended = {str(7_000_000 + first + n): began + n / rate for n in range(count)}
    people = iter(intended.items())
    lock = threading.Lock()

    def write() -> None:
        with httpx2.Client(timeout=60) as client:
            while True:
                with lock:
                    address, moment = next(people, ("", 0.0))
                if not address:
                    return
                time.sleep(max(0.0, moment - time.monotonic()))
                path, body = written("telegram", address, address, question(address))
                door = urls[int(address) % len(urls)]
                client.post(f"{door}/webhooks/{path}", content=body, headers=signed(path, body, 0))

    threads = [threading.Thread(target=write) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop = time.monotonic() + 120
    while time.monotonic() < stop:
        came = {one.address: one.at for one in reversed(list(town.providers.sent)) if one.address in intended}
        if len(came) == count:
            break
        time.sleep(0.2)
    waits = sorted(1000 * (came[address] - moment) for address, moment in intended.items() if address in came)
    each = round(1000 * (processor(*pids) - used) / max(1, len(came)))
    return {"sent": count, "answered": len(waits), **shares(waits), "processor_ms_each": each}


def question(address: str) -> str:
    """A text that nobody wrote before, so that nothing is answered from a cache."""
    return f"hi, number {address} here, what can you tell me about {TOPICS[int(address) % len(TOPICS)]}"


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
