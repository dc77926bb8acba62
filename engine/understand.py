"""One message understood: its own scores, those of its clauses, and what it points back to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine import encoders, text
from engine.decide import Limits, Score, Verdict, decide
from engine.model import Model, Probabilities

FEW_WORDS = 10
"""A longer message says by itself what it is about."""

LEANS = re.compile(
    r"\?|\b(it|its|it's|that|this|they|them|those|these|eso|esto|esa|ese|esas|esos|ello)\b"
    r"|^\W*((and|but|so|ok|okay|y|e|pero|entonces)\W+)*"
    r"(how|what|whats|which|where|when|who|why|is|are|can|does|do|will|should|would"
    r"|c[oó]mo|qu[eé]|cu[aá]l|cu[aá]les|d[oó]nde|cu[aá]ndo|cu[aá]nto|cu[aá]nta|qui[eé]n|hay|tiene|tienen|se|es|son"
    r"|puedo|puede|pueden|duele|sirve|lo|la|los|las)\b",
    re.IGNORECASE,
)
"""A question, or a word that points back. "I'm ashamed" is neither, and speaks for itself."""


@dataclass(frozen=True)
class Before:
    """What was answered last: the topic's id, and its title in the person's language."""

    topic: str
    title: str


def understand(
    model: Model,
    said: str,
    vectors: Mapping[str, encoders.Vector],
    before: Before | None,
    limits: Limits,
) -> Verdict:
    """The verdict on one message. Encoders are loaded only for what came without vectors."""
    parts = text.clauses(said[: text.READ])
    asked = [encoders.encode(part) for part in parts] if len(parts) > 1 else []
    rows = model.probabilities([vectors or encoders.encode(said), *asked])
    scores = mended(model, said, rows[0])
    if before and len(said.split()) <= FEW_WORDS and LEANS.search(said):
        scores = lean(model, under(model, said, scores, before.title), before.topic, limits.context)
    return decide(ranked(model, scores), [ranked(model, row) for row in rows[1:]], limits)


def mended(model: Model, said: str, scores: Probabilities) -> Probabilities:
    """The mean of the scores of a short message as typed and with its typing errors mended."""
    if len(said) > text.SHORT or (right := model.spelling.correct(said)) == said:
        return scores
    mean: Probabilities = (scores + model.probabilities([encoders.encode(right)])[0]) / 2
    return mean


def under(model: Model, said: str, scores: Probabilities, title: str) -> Probabilities:
    """How well each label fits a short message both by itself and read under the title before it.

    "How long does that last?" says nothing alone, and under "Abscess" it says all; "thanks" stays
    what it is. Both must agree: the geometric mean of the two, summing to one again. Where it falls
    between two stools the message speaks for itself.
    """
    read = model.probabilities([encoders.encode(f"{title}. {said}")])[0]
    both: Probabilities = np.sqrt(scores * read)
    if both.argmax() not in {scores.argmax(), read.argmax()}:
        return scores
    shares: Probabilities = both / both.sum()
    return shares


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
