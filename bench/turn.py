"""A reply through the whole of Lantern beside a reply of stock Rasa: time, growth, start, memory.

Both answer the same 40 messages over HTTP with ids or words chosen by rules; then 300 turns of one
conversation on each, one a second. `make bench-turn` prints the ratios and writes bench/results/turn.json.
Stock Rasa is trained with few epochs here: they change what it answers, not how long it takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from bench import measure, stock
from bot.cli.processes import ROOT, free_port

SCRIPT = Path(__file__).with_name("script.txt")
STOCK_EPOCHS = 3
LONG = 300
START_SECONDS = 180
# Nobody types faster, and Lantern slows down who sends more than 60 messages in a minute.
SECONDS_BETWEEN = 1.05
Ask = Callable[[str], None]


def main() -> None:
    """Run both sides one after the other, print and write the figures."""
    script = SCRIPT.read_text(encoding="utf-8").split("\n")[:-1]
    home = stock.prepare(STOCK_EPOCHS)
    figures: dict[str, Any] = {"messages": len(script), "long": LONG}
    figures["lantern"] = _side(_lantern, script)
    figures["stock"] = _side(lambda: _stock(home), script)
    ours, theirs = figures["lantern"], figures["stock"]
    figures["ratios"] = {name: round(theirs[name] / ours[name], 2) for name in ours if ours[name]}
    figures["growth"] = {
        name: round(side["turns_281_300_ms"] / side["turns_1_20_ms"], 2)
        for name, side in (("lantern", ours), ("stock", theirs))
    }
    print(f"\n{'':18}{'Lantern':>10}{'stock':>10}{'stock/ours':>12}")
    for name in ours:
        print(f"{name:18}{ours[name]:>10.1f}{theirs[name]:>10.1f}{figures['ratios'].get(name, 0):>12.2f}")
    print(f"growth, turn 300 against turn 10: {figures['growth']}")
    print(measure.write("turn", figures))


def _side(side: Callable[[], Any], script: Sequence[str]) -> dict[str, float]:
    begun = time.monotonic()
    with side() as (process, conversation):
        ask = _first_answer(conversation)
        started = time.monotonic() - begun
        for text in script[:5]:
            ask(text)
        times = [_timed(ask, text) for text in script]
        long = conversation()
        turns = [_paced(long, script[turn % len(script)]) for turn in range(LONG)]
        return {
            "p50_ms": measure.percentile(times, 0.5),
            "p95_ms": measure.percentile(times, 0.95),
            "p99_ms": measure.percentile(times, 0.99),
            "start_s": started,
            "memory_mb": measure.memory_mb(process.pid),
            "turns_1_20_ms": measure.mean(turns[:20]),
            "turns_281_300_ms": measure.mean(turns[280:]),
        }


def _timed(ask: Ask, text: str) -> float:
    begun = time.perf_counter()
    ask(text)
    return (time.perf_counter() - begun) * 1000


def _paced(ask: Ask, text: str) -> float:
    """As `_timed`, at the pace of somebody who types."""
    took = _timed(ask, text)
    time.sleep(max(0.0, SECONDS_BETWEEN - took / 1000))
    return took


def _first_answer(conversation: Callable[[], Ask]) -> Ask:
    """Knock until a first message is answered."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            ask = conversation()
            ask("hello")
        except (httpx2.HTTPError, KeyError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return ask


@contextmanager
def _lantern() -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], Ask]]]:
    with tempfile.TemporaryDirectory(prefix="lantern-bench-") as var:
        port, rasa, actions = free_port(), free_port(), free_port()
        environ = os.environ | {
            "LANTERN_VAR": var,
            "LANTERN_PORT": str(port),
            "LANTERN_RASA_PORT": str(rasa),
            "LANTERN_ACTIONS_PORT": str(actions),
        }
        command = [sys.executable, "-m", "bot", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        try:
            yield process, lambda: _visit(client, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(30)


def _visit(client: httpx2.Client, origin: str) -> Ask:
    """A website conversation; asking waits until the answer stands in the event log."""
    opened = client.post(
        "/api/conversations", json={"lang": "en", "country": "US"}, headers={"Origin": origin}
    )
    headers = {"Authorization": f"Bearer {opened.json()['token']}", "Origin": origin}
    last = 0

    def read(wait: int) -> list[dict[str, Any]]:
        nonlocal last
        polled = client.get("/api/events", params={"after": last, "wait": wait}, headers=headers).json()
        last = polled["last"]
        events: list[dict[str, Any]] = polled["events"]
        return events

    def ask(text: str) -> None:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        client.post("/api/messages", json={"text": text}, headers=headers | key).raise_for_status()
        while not any(event["data"].get("author") in {"bot", "safety"} for event in read(20)):
            pass

    read(0)
    return ask


@contextmanager
def _stock(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], Ask]]]:
    port = free_port()
    client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def conversation() -> Ask:
        sender = str(uuid.uuid4())

        def ask(text: str) -> None:
            body = {"sender": sender, "message": text}
            answered = client.post("/webhooks/rest/webhook", json=body)
            answered.raise_for_status()
            if not answered.json():
                raise KeyError("stock Rasa said nothing")

        return ask

    with stock.serving(home, port) as process:
        yield process, conversation


if __name__ == "__main__":
    main()
