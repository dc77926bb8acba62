"""Real processes of the gateway and its worker, that can be killed at any instant and come back."""

from __future__ import annotations

import base64
import multiprocessing
import os
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import preload
from providers import PUBLIC, Providers, signed, written
from stand_in import FakeRasa

from bot.cli.processes import free_port
from bot.settings import Settings, Site

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["preload"])
# Nothing here takes so long on a sound machine; a test that waits longer has found a loss.
PATIENCE = float(os.environ.get("CHAOS_PATIENCE", "60"))


class Town:
    """Processes by name, a provider for all channels, a stand-in for Rasa, and one database."""

    def __init__(self, folder: Path, database: str, **settings: Any) -> None:
        self.providers, self.rasa = Providers(), FakeRasa()
        self.port, self.rasa_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        usual: dict[str, Any] = {
            "var": folder,
            "database": database,
            "public_url": PUBLIC,
            "keys": base64.b64encode(b"k" * 32).decode(),
            "rasa_url": self.rasa.url,
            "rasa_secret": "secret",
            "channels": self.providers.variables(),
            "sites": (Site("https://site.example", "US"),),
        }
        self.settings = Settings(**(usual | settings))
        self._running: dict[str, Any] = {}
        self._plans: dict[str, tuple[Callable[..., None], dict[str, Any]]] = {}

    def start(
        self,
        name: str,
        *,
        crash: str = "",
        work: bool = False,
        port: int = 0,
        real: bool = False,
        rasa_url: str = "",
    ) -> None:
        """Start `gateway`, `worker` or `rasa`, or one more of them as `worker-2`."""
        settings = msgspec.structs.replace(self.settings, rasa_url=rasa_url or self.settings.rasa_url)
        plan = {
            "settings": settings,
            "crash": crash,
            "work": work,
            "port": port or self.port,
            "real": real,
            "rasa_port": self.rasa_port,
        }
        _open_fork_server()
        run = getattr(preload, name.partition("-")[0])
        self._plans[name] = run, plan
        self._running[name] = _FORKS.Process(target=run, args=(plan,), daemon=True, name=name)
        self._running[name].start()

    def pid(self, name: str) -> int:
        """The process id, to look at its memory."""
        return int(self._running[name].pid)

    def kill(self, name: str) -> None:
        """End a process at once, as SIGKILL does."""
        self._running[name].kill()
        self._running[name].join(10)

    def restart(self, name: str) -> None:
        """Start a process anew that has died, without the point at which it was to die."""
        run, plan = self._plans[name]
        self._running[name] = _FORKS.Process(
            target=run, args=({**plan, "crash": ""},), daemon=True, name=name
        )
        self._running[name].start()

    def is_dead(self, name: str) -> bool:
        """True if a process has ended."""
        return not self._running[name].is_alive()

    def await_ready(self, port: int = 0) -> None:
        """Wait until the gateway, or the one at `port`, takes requests."""
        url = f"http://127.0.0.1:{port}" if port else self.url
        until(lambda: _answers(f"{url}/health/live"))

    def close(self) -> None:
        """End everything."""
        for name in self._running:
            self.kill(name)
        self.rasa.close()
        self.providers.close()


class Writer:
    """A provider that delivers a person's messages until each is acknowledged, as providers do."""

    def __init__(self, town: Town, channel: str, address: str) -> None:
        self.town, self.channel, self.address = town, channel, address
        self.acknowledged: list[str] = []
        self.numbers: list[str] = []
        self.client = httpx2.Client(timeout=5)
        self._number = int(uuid.uuid4().int % 10**9) * 1000

    def write(self, text: str, *, copies: int = 1) -> None:
        """Deliver one message, again and again until 200; `copies` more come although it was taken."""
        self._number += 1
        path, body = written(self.channel, self.address, str(self._number), text)
        stop = time.monotonic() + PATIENCE
        taken = 0
        while taken < copies:
            if time.monotonic() > stop:
                raise AssertionError("the gateway does not take messages any more")
            taken += self._try(path, body)
        self.acknowledged.append(text)
        self.numbers.append(str(self._number))

    def received(self) -> list[str]:
        """What reached the person."""
        return self.town.providers.to(self.address)

    def close(self) -> None:
        """Give back the connection."""
        self.client.close()

    def _try(self, path: str, body: bytes) -> bool:
        try:
            headers = signed(path, body, time.time())
            taken = self.client.post(f"{self.town.url}/webhooks/{path}", content=body, headers=headers)
        except httpx2.HTTPError:
            time.sleep(0.05)
            return False
        return taken.status_code == 200


class Visitor:
    """A website visitor whose browser repeats a message until it is acknowledged."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.client = httpx2.Client(timeout=5, headers={"Origin": "https://site.example"})
        self.acknowledged: list[str] = []
        started = self._until_answered("POST", "/api/conversations", json={"lang": "en"})
        self.conversation = str(started["conversation"])
        self.client.headers["Authorization"] = f"Bearer {started['token']}"

    def write(self, text: str) -> None:
        """Send one message until it is acknowledged, under one key."""
        key = str(uuid.uuid4())
        self._until_answered("POST", "/api/messages", json={"text": text}, headers={"Idempotency-Key": key})
        self.acknowledged.append(text)

    def log(self) -> list[dict[str, Any]]:
        """The whole event log as the widget reads it."""
        events: list[dict[str, Any]] = []
        while True:
            after = events[-1]["id"] if events else 0
            more = self._until_answered("GET", f"/api/events?after={after}&wait=0")["events"]
            if not more:
                return events
            events += more

    def close(self) -> None:
        """Give back the connection."""
        self.client.close()

    def _until_answered(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        stop = time.monotonic() + PATIENCE
        while time.monotonic() < stop:
            try:
                answered = self.client.request(method, self.town.url + path, **request)
            except httpx2.HTTPError:
                time.sleep(0.05)
                continue
            if answered.status_code < 300:
                body: dict[str, Any] = answered.json()
                return body
            time.sleep(0.05)
        raise AssertionError("the gateway does not answer any more")


@cache
def _open_fork_server() -> None:
    """Start it with our folders on its path: Python 3.13.0 forgets them, and would load all in each child."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    forkserver.ensure_running()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


def until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something; what does not come in time is a failure."""
    stop = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < stop, "waited in vain"
        time.sleep(0.02)


def counted(texts: list[str]) -> dict[str, int]:
    """How often each text stands in a list."""
    counts: dict[str, int] = defaultdict(int)
    for text in texts:
        counts[text] += 1
    return dict(counts)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=1).status_code == 200
    except httpx2.HTTPError:
        return False
