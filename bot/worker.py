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


class Crew:
    """The threads that do one kind of work; a wake-up rouses one of them, not all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: list[threading.Event] = []
        self._idle: set[threading.Event] = set()

    def join(self) -> threading.Event:
        """One more thread, by the event on which it waits."""
        self._ready.append(threading.Event())
        return self._ready[-1]

    def rest(self, ready: threading.Event, seconds: float) -> None:
        """Wait for work, or until it is time to look anyway."""
        with self._lock:
            self._idle.add(ready)
        ready.wait(seconds)
        with self._lock:
            self._idle.discard(ready)

    def wake(self) -> None:
        """Rouse one that rests; while all are at work each of them looks once more."""
        with self._lock:
            chosen = self._idle.pop() if self._idle else None
        if chosen:
            chosen.set()
        else:
            self.wake_all()

    def wake_all(self) -> None:
        """Rouse everybody."""
        for ready in self._ready:
            ready.set()


class Worker:
    """Threads that take turns and one that fires timers, until `stop`."""

    def __init__(self, kit: Kit, threads: int = 2) -> None:
        self.kit = kit
        self._stopping = threading.Event()
        self._loops: list[threading.Thread] = []
        self._crews: dict[str, Crew] = {}
        self._unsubscribe: list[Callable[[], None]] = []
        self._hire(eventlog.WORK, self._turn, threads)
        # These look once a second: nothing that they do is a matter of milliseconds.
        self._hire("timers", self._timers)
        self._hire("triage", self._triage)
        self._hire("dispatch", partial(dispatch.work, kit))
        # Threads of its own for each channel: a provider that hangs holds up nobody else.
        for name in kit.channels.by_name:
            send = partial(delivery.deliver, kit, name)
            self._hire(eventlog.sending(name), send, kit.settings.senders)

    def start(self) -> None:
        """Start all threads."""
        for topic, crew in self._crews.items():
            self._unsubscribe.append(self.kit.database.wakeups.subscribe(topic, crew.wake))
        for thread in self._loops:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Let running turns finish and end the threads."""
        self._stopping.set()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for crew in self._crews.values():
            crew.wake_all()
        until = time.monotonic() + seconds
        for thread in self._loops:
            thread.join(max(0.0, until - time.monotonic()))

    def _hire(self, topic: str, work: Callable[[], bool], threads: int = 1) -> None:
        """Threads that work when `topic` is touched, and once a second."""
        crew = self._crews[topic] = Crew()
        for number in range(threads):
            run = partial(self._run, work, crew, crew.join())
            self._loops.append(threading.Thread(target=run, name=f"{topic}-{number}", daemon=True))

    def _run(self, work: Callable[[], bool], crew: Crew, ready: threading.Event) -> None:
        while not self._stopping.is_set():
            ready.clear()
            if not self._once(work) and not self._stopping.is_set():
                crew.rest(ready, LOOK_SECONDS)

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
