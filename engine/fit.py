"""Learns the classifier: encodes the texts, solves for the heads' weights, calibrates them.

Kernel ridge regression has a closed form, also for what the model would say of each text had it been
left out; so the calibration needs no second training. Imported for training only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.optimize import minimize_scalar

from engine.cache import vectors_of
from engine.encoders import Vector
from engine.model import Axes, Head, Model, kernel, softmax, unit
from engine.spelling import Spelling

RIDGE = 0.01
"""How much a training text may be missed for the sake of a smoother head."""

KEPT = {"use": 256, "e5": 192}
"""Main axes kept of each encoder: with fewer, accuracy falls; with more, only time grows."""

Examples = Sequence[tuple[str, str]]
Labels = NDArray[np.int64]


def fit(examples: Examples) -> Model:
    """The model learnt from (text, label) pairs."""
    texts = [text for text, _ in examples]
    names = np.array([label for _, label in examples])
    labels = sorted(set(names))
    known = np.searchsorted(labels, names)
    axes, points = shape(*vectors_of(texts))
    full, _ = solve(points, known)
    long, _ = solve({"use": points["use"]}, known)
    return Model([str(label) for label in labels], axes, points, full, long, Spelling.learn(texts))


def shape(use: Vector, e5: Vector) -> tuple[Axes, dict[str, Vector]]:
    """Main axes of the vectors, and the vectors in them."""
    centre = e5.mean(axis=0)
    axes = Axes(centre, _main(use, KEPT["use"]), _main(unit(e5 - centre), KEPT["e5"]))
    return axes, {"use": axes.project("use", use), "e5": axes.project("e5", e5)}


def _main(rows: Vector, kept: int) -> Vector:
    _, axes = np.linalg.eigh(rows.T @ rows)
    return axes[:, -kept:].astype(np.float32)


def solve(points: dict[str, Vector], known: Labels) -> tuple[Head, Vector]:
    """A calibrated head, and the scores each text gets from a head that was fitted without it."""
    similar = kernel({name: rows @ rows.T for name, rows in points.items()})
    similar[np.diag_indices_from(similar)] += RIDGE
    aims = np.zeros((len(known), known.max() + 1), np.float32)
    aims[np.arange(len(known)), known] = 1
    factor, lower = linalg.cho_factor(similar, lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve((factor, lower), aims, check_finite=False).astype(np.float32)
    inverse, _ = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    left_out = aims - weights / np.diag(inverse)[:, None]
    return Head(weights, _honest(left_out, known)), left_out


def _honest(scores: Vector, known: Labels) -> float:
    """The factor under which texts that were left out get the most honest probabilities."""

    def surprise(factor: float) -> float:
        given = softmax(factor * scores)[np.arange(len(known)), known]
        return float(-np.log(np.maximum(given, 1e-9)).mean())

    return float(minimize_scalar(surprise, bounds=(1.0, 40.0), method="bounded").x)
