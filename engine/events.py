"""Events of a conversation: read from a request, bounded to whole turns, written to the answer.

A turn begins with the event `user`. Bounded events always begin with `action_listen`, which the
policies need before the first user event.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

MOST = 40
"""Events that a conversation carries, at most."""

KNOWN = frozenset({"user", "bot", "action", "user_featurization", "session_started"})
"""Event types that this project's domain makes; a tracker may not be steered by any other."""

_DROPPED = ("parse_data", "metadata", "input_channel")


class EventFault(ValueError):
    """An event of the request that cannot be read."""


def read(raw: list[dict[str, Any]]) -> list[Event]:
    """Rasa's events from their dictionaries.

    Raises:
        EventFault: for an unknown type or an event that Rasa cannot read.
    """
    return [_read_one(item) for item in raw]


def _read_one(item: dict[str, Any]) -> Event:
    if item.get("event") not in KNOWN:
        raise EventFault("unknown event type")
    try:
        event = Event.from_parameters(item)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise EventFault("unreadable event") from fault
    if event is None:
        raise EventFault("unreadable event")
    return event


def bounded(events: list[Event], most: int = MOST) -> list[Event]:
    """The last whole turns that fit into `most` events, after an `action_listen`."""
    starts = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = next((at for at in starts if len(events) - at < most), len(events))
    return [ActionExecuted(ACTION_LISTEN_NAME), *events[kept:]]


def write(events: list[Event]) -> list[dict[str, Any]]:
    """Dictionaries for the gateway to store: small, and without what it already has."""
    return [_write_one(event) for event in events]


def _write_one(event: Event) -> dict[str, Any]:
    item = event.as_dict()
    if isinstance(event, UserUttered):
        intent = {key: item["parse_data"]["intent"].get(key) for key in ("name", "confidence")}
        item = {key: value for key, value in item.items() if key not in _DROPPED}
        item["parse_data"] = {"intent": intent, "entities": []}
    elif isinstance(event, BotUttered):
        item["data"] = {key: value for key, value in item["data"].items() if value}
        item["metadata"] = {}
    return item


def silent_action(events: list[Event]) -> str | None:
    """The first action of these events that left no reply, or None.

    Every action of ours answers; one that does not has failed (Rasa itself only logs that).
    """
    pending: str | None = None
    for event in events:
        if isinstance(event, BotUttered):
            pending = None
        elif isinstance(event, ActionExecuted):
            if pending:
                return pending
            pending = None if event.action_name == ACTION_LISTEN_NAME else event.action_name
    return pending


def is_listening(events: list[Event]) -> bool:
    """Whether the last action is `action_listen`: the turn came to its end."""
    actions = [event.action_name for event in events if isinstance(event, ActionExecuted)]
    return bool(actions) and actions[-1] == ACTION_LISTEN_NAME
