"""The action that brings in a counsellor."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class Handoff(Action):
    """Asks the gateway to request a counsellor for this conversation."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer with the handover; no event."""
        dispatcher.utter_message(json_message={"handover": "handoff"})
        return []
