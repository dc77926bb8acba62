"""One message understood: its own scores, those of its clauses, and what it points back to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from engine import encoders, text
from engine.decide import Limits, Score, Verdict, decide
from engine.model import Model, Probabilities

POINTS_BACK = re.compile(
    r"\b(it|its|it's|that|this|they|them|those|these|there|then|"
    r"eso|esto|esa|ese|esas|esos|ello|lo|la|las|los)\b"
    r"|^\W*(and|but|so|how long|how much|how come|why|is|are|can|does|do|will|what if|"
    r"y|pero|entonces|cu[aá]nto|por qu[eé]|se|es|est[aá]|puede|puedo|duele)\b",
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
    parts = text.clauses(said[: text.READ])
    asked = [encoders.encode(part) for part in parts] if len(parts) > 1 else []
    rows = model.probabilities([vectors or encoders.encode(said), *asked])
    scores = mended(model, said, rows[0])
    if last_topic and points_back(said):
        scores = lean(model, scores, last_topic, limits.context)
    return decide(ranked(model, scores), [ranked(model, row) for row in rows[1:]], limits)


def mended(model: Model, said: str, scores: Probabilities) -> Probabilities:
    """The mean of the scores of a short message as typed and with its typing errors mended."""
    if len(said) > text.SHORT or (right := model.spelling.correct(said)) == said:
        return scores
    mean: Probabilities = (scores + model.probabilities([encoders.encode(right)])[0]) / 2
    return mean


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
    shares: Probabilities = leant / leant.sum()
    return shares


def ranked(model: Model, scores: Probabilities) -> Sequence[Score]:
    """Labels with their probabilities, best first."""
    return [(model.labels[at], float(scores[at])) for at in np.argsort(-scores)]
