"""What the nearest training texts were labelled: a second opinion beside a linear head.

A head draws one line for a label; neighbours see the odd wording that lies on the wrong side of it but
beside a text that was put the same way. Rows are centred and turned to their strongest directions, so
that comparing with every training text takes about 2 ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
AXES = 256
NEAREST = 20
"""Training texts that are heard."""

SHARPNESS = 20.0
"""How much more a nearer text counts: each step of 0.05 in cosine counts e-fold."""


def unit(rows: NDArray[np.floating]) -> Vector:
    """Rows of length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)


@dataclass(frozen=True)
class Neighbours:
    """`rows` (texts x axes, length one), the label of each as a number, and how to get there."""

    middle: Vector
    axes: Vector
    rows: Vector
    labels: NDArray[np.int32]
    STORED: ClassVar = ("middle", "axes", "rows", "labels")

    @classmethod
    def learn(cls, rows: Vector, labels: Sequence[int], axes: int = AXES) -> Neighbours:
        """From vectors and the number of each one's label."""
        middle: Vector = rows.mean(axis=0, dtype=np.float32)
        spread = np.matmul((rows - middle).T, rows - middle)
        turned = np.linalg.eigh(spread)[1][:, ::-1][:, :axes].astype(np.float32)
        return cls(middle, turned, unit(np.matmul(rows - middle, turned)), np.array(labels, np.int32))

    def stored(self) -> dict[str, NDArray[Any]]:
        """What `restored` takes; rows at half precision."""
        return {name: getattr(self, name) for name in self.STORED} | {"rows": self.rows.astype(np.float16)}

    @classmethod
    def restored(cls, held: Mapping[str, NDArray[Any]]) -> Neighbours:
        """The neighbours that `stored` wrote."""
        return cls(held["middle"], held["axes"], held["rows"].astype(np.float32), held["labels"])

    def probabilities(self, row: Vector, count: int) -> Vector:
        """Shares of `count` labels among the texts nearest to one row; they sum to one."""
        likeness: Vector = np.matmul(self.rows, unit(np.matmul(row - self.middle, self.axes)))
        nearest = np.argpartition(-likeness, min(NEAREST, len(likeness) - 1))[:NEAREST]
        weights = np.exp((likeness[nearest] - np.max(likeness)) * SHARPNESS)
        shares = np.bincount(self.labels[nearest], weights, count)
        return np.asarray(shares / shares.sum(), np.float32)
