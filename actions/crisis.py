"""The action that opens a crisis protocol."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

UNKNOWN = "S2"
"""The protocol when none is named: it asks directly and stays with the person."""


class Crisis(Action):
    """Asks the gateway to open the protocol that the message was understood as."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_crisis"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer with the handover and the protocol's code; no event."""
        dispatcher.utter_message(json_message={"handover": "crisis", "code": code(tracker)})
        return []


def code(tracker: Tracker) -> str:
    """The protocol's code in the last message's intent `crisis/<code>`, else `UNKNOWN`."""
    intent = tracker.latest_message.get("intent", {}).get("full_retrieval_intent_name") or ""
    return intent.partition("/")[2] or UNKNOWN
