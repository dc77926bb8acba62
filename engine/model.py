"""The trained classifier as plain numpy: kernel ridge regression on sentence vectors.

A message is compared with every training text by a Gaussian kernel over both encoders' vectors, each
brought down to its main axes (`e5` is centred first: its vectors share one direction). A head turns
the similarities into a score for each label. The head `full` sees both encoders; `long` sees `use`
alone, for texts that the slower encoder does not read. No training text is kept, only vectors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.encoders import Vector
from engine.spelling import Spelling

Probabilities = NDArray[np.float32]
FILE, LABELS = "model.npz", "labels.json"
NEAR = {"use": 0.2, "e5": 0.2}
"""How fast similarity falls with distance, for each encoder."""
NEAR_LONG = 0.3


def unit(rows: Vector) -> Vector:
    """Rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Vector = rows / np.maximum(lengths, 1e-9)
    return scaled


def softmax(scores: Vector) -> Probabilities:
    """Rows of probabilities that sum to one."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Probabilities = raised / raised.sum(axis=-1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Axes:
    """The main axes of both encoders' vectors, and the point that `e5` is centred on."""

    centre: Vector
    use: Vector
    e5: Vector

    def project(self, name: str, rows: Vector) -> Vector:
        """Rows of vectors of one encoder in its main axes."""
        if name == "e5":
            return unit(rows - self.centre) @ self.e5
        return rows @ self.use


@dataclass(frozen=True)
class Head:
    """Weights (training texts x labels) and the factor that makes scores honest probabilities."""

    weights: Vector
    factor: float

    def probabilities(self, similar: Vector) -> Probabilities:
        """Rows of probabilities from rows of similarities."""
        return softmax(self.factor * (similar @ self.weights))


@dataclass(frozen=True)
class Model:
    """Labels, axes, the training texts' points, the two heads and the words that it knows."""

    labels: list[str]
    axes: Axes
    points: dict[str, Vector]
    full: Head
    long: Head
    spelling: Spelling

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each label."""
        return {label: at for at, label in enumerate(self.labels)}

    def probabilities(self, vectors: Sequence[Mapping[str, Vector]]) -> Probabilities:
        """One row of probabilities for each text's vectors."""
        rows = np.empty((len(vectors), len(self.labels)), np.float32)
        short = [at for at, given in enumerate(vectors) if "e5" in given]
        long = [at for at, given in enumerate(vectors) if "e5" not in given]
        for chosen, names, head in ((short, ("use", "e5"), self.full), (long, ("use",), self.long)):
            if chosen:
                given = {name: np.stack([vectors[at][name] for at in chosen]) for name in names}
                rows[chosen] = head.probabilities(self._similar(given))
        return rows

    def _similar(self, given: Mapping[str, Vector]) -> Vector:
        products = {
            name: self.axes.project(name, rows) @ self.points[name].T for name, rows in given.items()
        }
        return kernel(products)

    def save(self, folder: Path) -> None:
        """Write the model into a folder: numbers and lists of words, no code."""
        np.savez(
            folder / FILE,
            **{f"axes_{name}": value for name, value in vars(self.axes).items()},
            **{f"points_{name}": value.astype(np.float16) for name, value in self.points.items()},
            **{f"weights_{name}": head.weights for name, head in self._heads()},
            **{f"factor_{name}": np.float64(head.factor) for name, head in self._heads()},
        )
        words = {"labels": self.labels, "words": self.spelling.words}
        (folder / LABELS).write_text(json.dumps(words), encoding="utf-8")

    def _heads(self) -> tuple[tuple[str, Head], ...]:
        return ("full", self.full), ("long", self.long)

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Read what `save` wrote."""
        words = json.loads((folder / LABELS).read_text(encoding="utf-8"))
        with np.load(folder / FILE, allow_pickle=False) as held:
            axes = Axes(held["axes_centre"], held["axes_use"], held["axes_e5"])
            points = {name: held[f"points_{name}"].astype(np.float32) for name in NEAR}
            full, long = (
                Head(held[f"weights_{name}"], float(held[f"factor_{name}"]))
                for name in ("full", "long")
            )
        return cls(words["labels"], axes, points, full, long, Spelling(words["words"]))


def kernel(products: Mapping[str, Vector]) -> Vector:
    """Similarities from the products of points: one for equal texts, less the farther they are."""
    near = NEAR if len(products) > 1 else {"use": NEAR_LONG}
    total = sum(2 * near[name] * (rows - 1) for name, rows in products.items())
    similar: Vector = np.exp(total)
    return similar
