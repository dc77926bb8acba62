"""The trained classifier as plain numpy: blocks of features, two linear heads, one softmax.

A head is linear over blocks: `use` and `e5` vectors (`e5` centred: its vectors share one direction)
and hashed character n-grams brought down to a few hundred numbers. The head `full` reads all three;
`long` does without `e5`, which only reads short texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import ngrams
from engine.encoders import Vector

Probabilities = NDArray[np.float32]
FILE, LABELS = "model.npz", "labels.json"
CHARACTERS = 0.5
"""Weight of the block of characters beside the two encoders."""


@dataclass(frozen=True)
class Head:
    """Weights (features x labels), bias, and the divisor that calibrates the scores."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Calibrated scores, one a label, before the softmax."""
        scored: NDArray[np.float32] = (features @ self.weights + self.bias) / self.temperature
        return scored


@dataclass(frozen=True)
class Shape:
    """What turns texts and vectors into features; learnt from the training texts."""

    centre: NDArray[np.float32]
    rarity: NDArray[np.float32]
    projection: NDArray[np.float16]

    def centred(self, e5: Vector) -> Vector:
        """The vector (or rows of vectors) without the direction that all share, of length one."""
        moved = e5 - self.centre
        return unit(moved)

    def characters(self, said: str) -> NDArray[np.float32]:
        """The block of characters of one text."""
        columns, values = ngrams.weigh(ngrams.count(said), self.rarity)
        block = values @ self.projection[columns].astype(np.float32)
        return CHARACTERS * unit(block)

    def features(self, said: str, vectors: Mapping[str, Vector]) -> NDArray[np.float32]:
        """The features of one text; without the block `e5` where it has no such vector."""
        blocks = [vectors["use"]]
        if "e5" in vectors:
            blocks.append(self.centred(vectors["e5"]))
        return np.concatenate([*blocks, self.characters(said)])


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = rows / np.maximum(lengths, 1e-9)
    return scaled


def softmax(scores: NDArray[np.float32]) -> Probabilities:
    """Probabilities that sum to one."""
    raised = np.exp(scores - scores.max())
    shares: Probabilities = raised / raised.sum()
    return shares


@dataclass(frozen=True)
class Model:
    """Labels, what makes features, and the two heads."""

    labels: list[str]
    shape: Shape
    full: Head
    long: Head

    @cached_property
    def index(self) -> dict[str, int]:
        """Column of each label."""
        return {label: at for at, label in enumerate(self.labels)}

    def probabilities(
        self, texts: Sequence[str], vectors: Sequence[Mapping[str, Vector]]
    ) -> list[Probabilities]:
        """One row of probabilities for each text."""
        return [self._one(said, given) for said, given in zip(texts, vectors)]

    def _one(self, said: str, vectors: Mapping[str, Vector]) -> Probabilities:
        head = self.full if "e5" in vectors else self.long
        return softmax(head.scores(self.shape.features(said, vectors)))

    def save(self, folder: Path) -> None:
        """Write the model into a folder; numbers only, no code."""
        heads = {
            f"{name}_{field}": value
            for name, head in (("full", self.full), ("long", self.long))
            for field, value in vars(head).items()
        }
        np.savez(folder / FILE, **vars(self.shape), **heads)
        (folder / LABELS).write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Read what `save` wrote."""
        labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))
        with np.load(folder / FILE, allow_pickle=False) as held:
            shape = Shape(held["centre"], held["rarity"], held["projection"])
            full, long = (_head(held, name) for name in ("full", "long"))
        return cls(labels, shape, full, long)


def _head(held: Mapping[str, NDArray[np.float32]], name: str) -> Head:
    return Head(
        held[f"{name}_weights"], held[f"{name}_bias"], float(held[f"{name}_temperature"])
    )
