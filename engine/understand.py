"""One message understood: its own scores, those of its clauses, and what it points back to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from engine import encoders, text
from engine.decide import Limits, Score, Verdict, decide, family
from engine.model import Model, Probabilities

POINTS_BACK = re.compile(
    r"\b(it|its|it's|that|this|they|them|those|these|there|then|eso|esto|esa|ese|esas|esos|ello|lo)\b"
    r"|^(and|y|how long|why|is|are|can|does|what if|cuanto|cuánto|por qu[eé]|se|es|puede)\b",
    re.IGNORECASE,
)
FEW_WORDS = 8


def understand(
    model: Model,
    said: str,
    vectors: Mapping[str, encoders.Vector],
    last_topic: str | None,
    limits: Limits,
) -> Verdict:
    """The verdict on one message. Encoders are loaded only for what came without vectors."""
    scores = model.probabilities([said], [vectors or encoders.encode(said)])[0]
    if last_topic and points_back(said):
        scores = lean(model, scores, last_topic, limits.context)
    return decide(ranked(model, scores), parts(model, said), limits)


def points_back(said: str) -> bool:
    """Whether a short message seems to speak of what was answered before."""
    return len(said.split()) <= FEW_WORDS and bool(POINTS_BACK.search(said))


def lean(model: Model, scores: Probabilities, topic: str, weight: float) -> Probabilities:
    """The probabilities after the last topic has gained `weight`-fold, summing to one again."""
    at = model.index.get(f"learn/{topic}")
    if at is None:
        return scores
    leant = scores.copy()
    leant[at] *= weight
    return leant / leant.sum()


def ranked(model: Model, scores: Probabilities) -> list[Score]:
    """Labels with their probabilities, best first."""
    return [(model.labels[at], float(scores[at])) for at in np.argsort(-scores)]


def parts(model: Model, said: str) -> list[Sequence[Score]]:
    """The rankings of a message's clauses; empty when it has only one."""
    found = text.clauses(said[: text.READ])
    if len(found) < 2:
        return []
    scores = model.probabilities(found, [encoders.encode(one) for one in found])
    return [ranked(model, row) for row in scores]


def is_learn(score: Score) -> bool:
    """Whether the label is a topic."""
    return family(score[0]) == "learn"
