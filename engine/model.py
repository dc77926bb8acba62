"""The trained classifier as plain numpy: two linear heads on sentence vectors, and nearest neighbours.

The head `full` sees the general encoder's vector and Lantern's own (centred first: its vectors share
one direction), side by side, and so do the neighbours: the mean of both counts. `long` sees the
general one alone, for texts that the slower encoder does not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.neighbours import Neighbours, unit
from engine.encoders import Vector
from engine.spelling import Spelling

Probabilities = NDArray[np.float32]
FILE, LABELS = "model.npz", "labels.json"


def softmax(scores: Vector) -> Probabilities:
    """Rows of probabilities that sum to one."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Probabilities = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def side_by_side(use: Vector, e5: Vector, centre: Vector) -> Vector:
    """Rows of both encoders' vectors, as the head `full` takes them."""
    return np.concatenate([use, unit(e5 - centre)], axis=-1)


@dataclass(frozen=True)
class Head:
    """Weights (numbers of a vector x labels) and a bias for each label."""

    weights: Vector
    bias: Vector

    def probabilities(self, rows: Vector) -> Probabilities:
        """Rows of probabilities from rows of vectors."""
        return softmax(rows @ self.weights + self.bias)


@dataclass(frozen=True)
class Model:
    """Labels, the point that `e5` is centred on, heads, neighbours and the words that it knows."""

    labels: list[str]
    centre: Vector
    full: Head
    long: Head
    neighbours: Neighbours
    spelling: Spelling

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each label."""
        return {label: at for at, label in enumerate(self.labels)}

    def probabilities(self, vectors: Sequence[Mapping[str, Vector]]) -> Probabilities:
        """One row of probabilities for each text's vectors."""
        rows = np.empty((len(vectors), len(self.labels)), np.float32)
        for at, given in enumerate(vectors):
            if "e5" in given:
                both = side_by_side(given["use"], given["e5"], self.centre)
                beside = self.neighbours.probabilities(both, len(self.labels))
                rows[at] = (self.full.probabilities(both) + beside) / 2
            else:
                rows[at] = self.long.probabilities(given["use"])
        return rows

    def save(self, folder: Path) -> None:
        """Write the model into a folder: numbers and lists of words, no code."""
        np.savez(
            folder / FILE,
            centre=self.centre,
            **{f"weights_{name}": head.weights for name, head in self._heads()},
            **{f"bias_{name}": head.bias for name, head in self._heads()},
            **{f"near_{name}": value for name, value in self.neighbours.stored().items()},
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
            full, long = (Head(held[f"weights_{name}"], held[f"bias_{name}"]) for name in ("full", "long"))
            near = Neighbours.restored({name: held[f"near_{name}"] for name in Neighbours.STORED})
            return cls(words["labels"], held["centre"], full, long, near, Spelling(words["words"]))
