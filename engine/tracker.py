"""The tracker store: one request long under the gateway, in memory under `rasa shell` and `rasa test`.

The gateway sends a conversation's events with each turn and stores what comes back, so nothing of
a conversation outlives its request here. Rasa asks a store for the tracker; within `request` it is
given the one that was built from the request, whatever id it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

_current: ContextVar[DialogueStateTracker | None] = ContextVar("lantern_tracker", default=None)


@contextmanager
def request(tracker: DialogueStateTracker) -> Iterator[None]:
    """Within the block, and in its task only, `tracker` is what the store holds."""
    token = _current.set(tracker)
    try:
        yield
    finally:
        _current.reset(token)


class RequestTrackerStore(InMemoryTrackerStore):
    """Holds the tracker of the running request, or all of them where there is no gateway."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Forget the tracker at once within a request, keep it in memory otherwise."""
        if _current.get() is None:
            await super().save(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The request's tracker, else the one in memory, else None."""
        return _current.get() or await super().retrieve(sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The same: a request holds no earlier session."""
        return _current.get() or await super().retrieve_full_tracker(conversation_id)

    async def keys(self) -> Iterable[str]:
        """Ids in memory; none under the gateway."""
        return await super().keys()
