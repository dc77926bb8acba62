"""Starts Rasa and the actions as children, waits until they are ready, restarts what dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import structlog

from bot.errors import LanternError
from bot.settings import Settings

log = structlog.get_logger()
ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
# A child that dies is restarted at once; one that dies again and again, at most this often.
LOOK_SECONDS = 0.2
RESTART_SECONDS = 2.0
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
}
# While serving: two cores serve the gateway and Rasa, and more threads only queue.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Engine:
    """Rasa and its actions, for as long as the block lasts."""

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda line: None) -> None:
        self.settings = settings
        self.say = say
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_alive, name="engine", daemon=True)
        self._environ = (
            os.environ
            | _QUIET
            | _ONE_THREAD
            | {
                "LANTERN_RASA_SECRET": settings.rasa_secret,
                "LANTERN_RASA_PORT": str(settings.rasa_port),
                "LANTERN_ACTIONS_PORT": str(settings.actions_port),
            }
        )

    def __enter__(self) -> Engine:
        self.say("Training what Rasa learns from, if it changed ...")
        train({name: value for name, value in self._environ.items() if name not in _ONE_THREAD})
        self.say("Starting Rasa and the actions ...")
        for name in ("actions", "rasa"):
            self._start(name)
        self.await_ready()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()

    def _start(self, name: str) -> None:
        command = {
            "rasa": [str(rasa_python()), "-m", "engine.serve"],
            "actions": [sys.executable, "-m", "actions"],
        }[name]
        self.settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._started[name] = time.monotonic()
        with (self.settings.var / f"{name}.log").open("ab") as output:
            self._children[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environ, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )

    def kill(self, name: str) -> None:
        """End a child at once, as a crash would; it is restarted within seconds."""
        self._children[name].kill()
        self._children[name].wait()

    def await_ready(self) -> None:
        """Wait until both answer; raises LanternError naming the logs when they do not."""
        wanted = [
            f"http://127.0.0.1:{self.settings.actions_port}/health",
            f"http://127.0.0.1:{self.settings.rasa_port}/webhooks/lantern/ready",
        ]
        until = time.monotonic() + READY_SECONDS
        while wanted:
            if time.monotonic() > until or self._died_early():
                self.__exit__()
                raise LanternError(f"Rasa or the actions did not start; see {self.settings.var}/*.log")
            wanted = [url for url in wanted if not _answers(url)]
            time.sleep(0.1)

    def _died_early(self) -> bool:
        """True if a child is dead and nobody is there yet to restart it."""
        watched = self._watch.is_alive()
        return not watched and any(child.poll() is not None for child in self._children.values())

    def _keep_alive(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for name, child in list(self._children.items()):
                rested = time.monotonic() - self._started[name] >= RESTART_SECONDS
                if child.poll() is not None and rested and not self._stopping.is_set():
                    log.error("engine.died", process=name, code=child.returncode)
                    self._start(name)


def train(environ: dict[str, str]) -> None:
    """Train into models/ if data, domain or configuration changed; raises LanternError with the log."""
    done = subprocess.run(
        [str(rasa_python()), "-m", "engine.train"], cwd=ROOT, env=environ, capture_output=True, check=False
    )
    if done.returncode:
        tail = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise LanternError(f"training failed:\n{tail}")


def rasa_python() -> Path:
    """Python of Rasa's own environment; raises LanternError with the way to get it."""
    given = os.environ.get("LANTERN_RASA_PYTHON")
    path = Path(given) if given else ROOT / ".venv-rasa" / "bin" / "python"
    if not path.exists():
        raise LanternError(f"{path} is missing; run `make setup` once")
    return path


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM, as on Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: stop())


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=1).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
