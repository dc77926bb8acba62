"""Learns the classifier from labelled texts: encodes them, fits the heads, calibrates them.

Needs scikit-learn, so it is imported for training only. Vectors of known texts are taken from a
cache beside the models, because the slower encoder takes ten milliseconds a text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils.extmath import randomized_svd

from engine import ngrams
from engine.cache import vectors_of
from engine.encoders import Vector
from engine.model import CHARACTERS, Head, Model, Shape, unit

STRENGTH = 10.0
"""Inverse regularisation of the linear heads."""

COLUMNS = 256
"""Numbers that the character n-grams are brought down to."""

FOLDS = 3
Examples = Sequence[tuple[str, str]]


def fit(examples: Examples) -> Model:
    """The model learnt from (text, label) pairs."""
    texts = [text for text, _ in examples]
    names = np.array([label for _, label in examples])
    use, e5 = vectors_of(texts)
    shape, characters = _shape(texts, e5)
    labels = sorted(set(names))
    known = np.searchsorted(labels, names)
    full = _head(np.hstack([use, shape.centred(e5), characters]), known)
    long = _head(np.hstack([use, characters]), known)
    return Model(labels, shape, full, long)


def _shape(texts: Sequence[str], e5: Vector) -> tuple[Shape, NDArray[np.float32]]:
    counted = [ngrams.count(text) for text in texts]
    rarity = ngrams.rarity(counted)
    rows = sparse([ngrams.weigh(row, rarity) for row in counted])
    size = min(COLUMNS, len(texts) - 1)
    _, _, axes = randomized_svd(rows, size, n_iter=2, random_state=0)
    projection = axes.T.astype(np.float16)
    block = CHARACTERS * unit(np.asarray(rows @ projection.astype(np.float32)))
    return Shape(e5.mean(axis=0), rarity, projection), block


def sparse(rows: Sequence[ngrams.Row]) -> csr_matrix:
    """One sparse matrix of hashed rows."""
    columns = np.concatenate([row[0] for row in rows])
    values = np.concatenate([row[1] for row in rows])
    ends = np.cumsum([0, *(len(row[0]) for row in rows)])
    return csr_matrix((values, columns, ends), shape=(len(rows), ngrams.BUCKETS))


def _head(features: NDArray[np.float32], known: NDArray[np.int64]) -> Head:
    learner = LogisticRegression(C=STRENGTH, max_iter=150)
    temperature = _temperature(learner, features, known)
    learner.fit(features, known)
    weights, bias = learner.coef_.T.astype(np.float32), learner.intercept_.astype(np.float32)
    if weights.shape[1] == 1:  # two labels: scikit-learn keeps one column
        weights = np.hstack([-weights / 2, weights / 2])
        bias = np.concatenate([-bias / 2, bias / 2])
    return Head(weights, bias, temperature)


def _temperature(
    learner: LogisticRegression, features: NDArray[np.float32], known: NDArray[np.int64]
) -> float:
    """The divisor under which held-out texts get the most honest probabilities."""
    if np.bincount(known).min() < FOLDS:
        return 1.0
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held = cross_val_predict(learner, features, known, cv=folds, method="predict_log_proba")

    def loss(temperature: float) -> float:
        scaled = held / temperature
        rest = np.logaddexp.reduce(scaled, axis=1)
        return float((rest - scaled[np.arange(len(known)), known]).mean())

    return float(minimize_scalar(loss, bounds=(0.2, 3.0), method="bounded").x)
