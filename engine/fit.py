"""Learns the classifier: encodes the texts, fits two heads, keeps the neighbours. For training only."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from encoder.neighbours import Neighbours
from engine.cache import vectors_of
from engine.encoders import Vector
from engine.model import Head, Model, side_by_side
from engine.spelling import Spelling

STRENGTH = 5.0
"""How closely the heads follow the training texts (scikit-learn's C)."""

STEPS = 60
"""The optimiser stops here: further steps only make the heads surer, not better."""

Examples = Sequence[tuple[str, str]]


def fit(examples: Examples) -> Model:
    """The model learnt from (text, label) pairs."""
    texts = [text for text, _ in examples]
    names = [label for _, label in examples]
    use, e5 = vectors_of(texts)
    centre = e5.mean(axis=0)
    both = side_by_side(use, e5, centre)
    labels, full = _head(both, names)
    _, long = _head(use, names)
    column = {label: at for at, label in enumerate(labels)}
    near = Neighbours.learn(both, [column[name] for name in names])
    return Model(labels, centre, full, long, near, Spelling.learn(texts))


def _head(rows: Vector, names: Sequence[str]) -> tuple[list[str], Head]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        learnt = LogisticRegression(C=STRENGTH, max_iter=STEPS).fit(rows, names)
    weights = learnt.coef_.T.astype(np.float32)
    return list(learnt.classes_), Head(weights, learnt.intercept_.astype(np.float32))
