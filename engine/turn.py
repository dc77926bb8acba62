"""One turn: understand the message, let the policies choose, collect what was chosen.

The message is understood by the classifier's own node of the graph. Rasa's last node, which would
obey a text that begins with a slash, never runs, and the text has lost its leading slashes before.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.events import BotUttered, Event
from rasa.shared.core.trackers import DialogueStateTracker

from engine import events, tracker
from engine.classifier import UNDERSTOOD, SentenceClassifier
from engine.request import Ask

CHANNEL = "lantern"
logger = logging.getLogger(__name__)


class TurnFailed(Exception):
    """The turn has no answer; `code` says which part failed."""

    def __init__(self, code: str, status: int = 500) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


async def run(agent: Agent | None, ask: Ask) -> dict[str, Any]:
    """Replies, events to store and what was understood.

    Raises:
        TurnFailed: when no model is loaded, a part raises, an action fails or nothing is said.
    """
    if agent is None or not agent.is_ready():
        raise TurnFailed("no_model", 503)
    processor: MessageProcessor = agent.processor
    current = _tracker(processor, ask)
    known = len(current.events)
    try:
        parsed = understand(processor, ask, current)
        understood = parsed.pop(UNDERSTOOD)
        with tracker.request(current):
            await processor.handle_message(_message(ask, parsed))
    except Exception as fault:  # whatever Rasa raises, the gateway must hear of it
        logger.error("A turn raised %s.", type(fault).__name__)
        raise TurnFailed("exception") from fault
    return _answer(list(current.events), known, understood)


def understand(processor: MessageProcessor, ask: Ask, current: DialogueStateTracker) -> dict[str, Any]:
    """The classifier's output for the message: intent, ranking, response selector, understood."""
    target = _classifier_node(processor)
    metadata = {**ask.metadata, "lang": ask.lang, "vectors": ask.vectors}
    message = UserMessage(ask.said, sender_id=ask.id, metadata=metadata)
    inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: current}
    result = processor.graph_runner.run(inputs=inputs, targets=[target])
    parsed = {"entities": [], **result[target][0].as_dict(only_output_properties=True)}
    processor._update_full_retrieval_intent(parsed)
    return parsed


def _classifier_node(processor: MessageProcessor) -> str:
    nodes = processor.model_metadata.predict_schema.nodes.items()
    return next(name for name, node in nodes if issubclass(node.uses, SentenceClassifier))


def _tracker(processor: MessageProcessor, ask: Ask) -> DialogueStateTracker:
    held = events.bounded(ask.events)
    return DialogueStateTracker.from_events(ask.id, held, processor.domain.slots)


def _message(ask: Ask, parsed: dict[str, Any]) -> UserMessage:
    return UserMessage(
        ask.said,
        output_channel=CollectingOutputChannel(),
        sender_id=ask.id,
        parse_data=parsed,
        input_channel=CHANNEL,
    )


def _answer(held: list[Event], known: int, understood: dict[str, Any]) -> dict[str, Any]:
    new = held[known:]
    if failed := events.silent_action(new):
        raise TurnFailed(f"action_failed:{failed}", 502)
    if not events.is_listening(new):
        raise TurnFailed("no_end")
    replies = [event.data["custom"] for event in new if isinstance(event, BotUttered)]
    if not replies or not all(replies):
        raise TurnFailed("no_reply")
    return {
        "replies": replies,
        "events": events.write(events.bounded(held)),
        "understood": understood,
    }
