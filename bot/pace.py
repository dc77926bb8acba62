"""How often one address may do something: a bucket for each, in memory, that fills up again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from bot.errors import TooMuch

# The addresses remembered; the ones not heard of for longest are forgotten first.
_MOST = 10_000


class Pace:
    """At most `count` a minute for each address, with as many at once."""

    def __init__(self, count: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Count one. Raises TooMuch with the seconds to wait when the bucket is empty."""
        now, per_second = self._clock(), self._count / 60
        with self._lock:
            left, since = self._buckets.pop(address, (float(self._count), now))
            left = min(self._count, left + (now - since) * per_second)
            enough = left >= 1
            self._buckets[address] = (left - 1 if enough else left, now)
            while len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        if not enough:
            wait = int((1 - left) / per_second) + 1
            raise TooMuch(
                "too many chats were opened from your network; wait a little", status=429, after=wait
            )
