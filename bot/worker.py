"""The loop behind the doors: turns, deliveries, timers. Any number of them may run at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog

from bot import delivery, dispatch, eventlog, timers, triage, turn
from bot.stage import Kit

log = structlog.get_logger()
# Longest sleep between looks at the tables: wake-ups are hints and may be missed.
LOOK_SECONDS = 1.0
# After an error (a database that is away) the loop waits before it tries again.
REST_SECONDS = 1.0


class Worker:
    """Threads that take turns and one that fires timers, until `stop`."""

    def __init__(self, kit: Kit, threads: int = 2) -> None:
        self.kit = kit
        self._stopping = threading.Event()
        self._ready: list[threading.Event] = []
        self._loops = [self._loop(f"turns-{n}", self._turn, eventlog.WORK) for n in range(threads)]
        # These look once a second: nothing that they do is a matter of milliseconds.
        self._loops.append(self._loop("timers", self._timers))
        self._loops.append(self._loop("triage", self._triage))
        self._loops.append(self._loop("dispatch", partial(dispatch.work, kit)))
        # Threads of its own for each channel: a provider that hangs holds up nobody else.
        for name in kit.channels.by_name:
            send, topic = partial(delivery.deliver, kit, name), eventlog.sending(name)
            self._loops += [self._loop(f"{name}-{n}", send, topic) for n in range(kit.settings.senders)]

    def start(self) -> None:
        """Start all threads."""
        for thread in self._loops:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Let running turns finish and end the threads."""
        self._stopping.set()
        for ready in self._ready:
            ready.set()
        until = time.monotonic() + seconds
        for thread in self._loops:
            thread.join(max(0.0, until - time.monotonic()))

    def _loop(self, name: str, work: Callable[[], bool], topic: str = "") -> threading.Thread:
        """A thread that works when `topic` is touched, and once a second."""
        ready = threading.Event()
        self._ready.append(ready)
        return threading.Thread(target=self._run, args=(work, topic, ready), name=name, daemon=True)

    def _run(self, work: Callable[[], bool], topic: str, ready: threading.Event) -> None:
        stop = self.kit.database.wakeups.subscribe(topic, ready.set) if topic else None
        while not self._stopping.is_set():
            ready.clear()
            if not self._once(work) and not self._stopping.is_set():
                ready.wait(LOOK_SECONDS)
        if stop:
            stop()

    def _once(self, work: Callable[[], bool]) -> bool:
        """One piece of work; an error never ends the loop."""
        try:
            return work()
        except Exception as error:
            log.exception("worker.error", error=type(error).__name__)
            self._stopping.wait(REST_SECONDS)
            return False

    def _turn(self) -> bool:
        return turn.take(self.kit) is not None

    def _triage(self) -> bool:
        triage.look(self.kit)
        return False

    def _timers(self) -> bool:
        timers.fire(self.kit)
        return False
