"""An application on a real port, in a thread; stopping it cuts every connection."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn

Site = Callable[..., str]
"""Makes a page with the widget and gives its address."""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def until(true: Callable[[], bool]) -> None:
    """Wait for a condition in the server."""
    latest = time.monotonic() + 20
    while not true():
        assert time.monotonic() < latest, "waited too long"
        time.sleep(0.02)


class Serving:
    """Serves what `make` returns; each start makes it anew, as a new process would."""

    def __init__(self, make: Callable[[], Any], port: int, lifespan: str = "off") -> None:
        self.make = make
        self.port = port
        self.lifespan: Any = lifespan
        self.start()

    def start(self) -> None:
        """Serve until `stop`."""
        self.loop = asyncio.new_event_loop()
        config = uvicorn.Config(self.make(), port=self.port, log_level="error", lifespan=self.lifespan)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """As if the process were killed: every connection breaks."""
        while self.thread.is_alive():
            self.loop.call_soon_threadsafe(self._break)
            self.thread.join(0.1)
        self.loop.close()

    def do(self, deed: Callable[..., Any], *args: Any) -> Any:
        """Run `deed` in the server's thread and wait for it."""

        async def run() -> Any:
            return deed(*args)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.server.serve())

    def _break(self) -> None:
        self.server.should_exit = True
        for connection in list(self.server.server_state.connections):
            if transport := connection.transport:  # type: ignore[union-attr]
                transport.abort()
