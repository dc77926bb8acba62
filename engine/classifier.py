"""The classifier as a component of Rasa's graph: intent, ranking, response selector, `understood`.

Reads the text and, where they came along, its vectors and context in `metadata`; the vectors are
taken out, or they would be stored with every message. Assigns `intent`, `intent_ranking`,
`response_selector` (so that one rule for `learn` answers every topic) and `understood`.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.decide import BETWEEN, Limits, Verdict, family
from engine.model import Model
from engine.understand import Before, understand

UNDERSTOOD = "understood"
RETRIEVAL = ("learn", "boundary", "crisis")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(GraphComponent):  # type: ignore[misc]  # Rasa has no type information
    """Sentence vectors in, intent and topics out."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The thresholds of `decide.Limits`; config.yml may change each."""
        return dict(vars(Limits()))

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Model | None
    ) -> None:
        names = Limits.__dataclass_fields__
        self._limits = Limits(**{name: config[name] for name in names if name in config})
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceClassifier:
        """A trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Model.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the NLU examples and keep the model in Rasa's storage."""
        from engine.fit import fit  # scikit-learn is needed for training only

        examples = [(one.get("text"), _label(one)) for one in training_data.intent_examples]
        self._model = fit([(text, label) for text, label in examples if label != BETWEEN])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Understand each message in place."""
        for message in messages:
            metadata = message.get("metadata") or {}
            vectors = metadata.pop("vectors", None) if isinstance(metadata, dict) else None
            self._assign(
                message,
                understand(
                    self._trained(),
                    message.get("text") or "",
                    vectors or {},
                    _before(metadata),
                    self._limits,
                ),
            )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing: no later component reads what this one finds."""
        return training_data

    def _trained(self) -> Model:
        if self._model is None:
            raise RuntimeError("The classifier has no model; train first.")
        return self._model

    def _assign(self, message: Message, verdict: Verdict) -> None:
        intent = {"name": family(verdict.name), "confidence": float(verdict.confidence)}
        ranking = [{"name": name, "confidence": float(score)} for name, score in verdict.ranking]
        message.set("intent", intent, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("response_selector", _selector(verdict), add_to_output=True)
        message.set(UNDERSTOOD, verdict.as_dict(), add_to_output=True)


def _before(metadata: dict[str, Any]) -> Before | None:
    topic, title = metadata.get("last_topic"), metadata.get("last_title")
    return Before(topic, title) if topic and title else None


def _label(example: Message) -> str:
    return str(example.get("intent_response_key") or example.get("intent"))


def _selector(verdict: Verdict) -> dict[str, Any]:
    selected: dict[str, Any] = {"all_retrieval_intents": list(RETRIEVAL)}
    if family(verdict.name) in RETRIEVAL:
        selected[family(verdict.name)] = {
            "response": {
                "intent_response_key": verdict.name,
                "utter_action": f"utter_{verdict.name}",
                "confidence": float(verdict.confidence),
                "responses": [],
            },
            "ranking": [],
        }
    return selected
