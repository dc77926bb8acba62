"""The action that starts the therapist-matching questionnaire."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class Questionnaire(Action):
    """Asks the gateway to run the matching questionnaire with this person."""

    def name(self) -> str:
        """The action's name in domain.yml."""
        return "action_questionnaire"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer with the handover; no event."""
        dispatcher.utter_message(json_message={"handover": "questionnaire"})
        return []
