"""What the nearest training texts were labelled: a second opinion beside the linear heads.

The heads draw one line for a topic; neighbours see the odd wording that lies on the wrong side of it
but beside a text that was asked the same way. Rows are both encoders' vectors, centred and turned to
their `AXES` strongest directions, so that comparing with every training text takes about 2 ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.encoders import Vector, unit

AXES = 256
NEAREST = 20
"""Training texts that are heard."""

SHARPNESS = 20.0
"""How much more a nearer text counts: each step of 0.05 in cosine counts e-fold."""


@dataclass(frozen=True)
class Neighbours:
    """`rows` (texts x AXES, length one), the label of each as a column of the heads, and how to get there."""

    middle: Vector
    axes: Vector
    rows: Vector
    labels: NDArray[np.int32]
    STORED: ClassVar = ("middle", "axes", "rows", "labels")

    @classmethod
    def learn(cls, rows: Vector, labels: Sequence[int]) -> Neighbours:
        """From rows of both encoders' vectors and the column of each row's label."""
        middle = rows.mean(axis=0)
        spread = (rows - middle).T @ (rows - middle)
        axes = np.linalg.eigh(spread)[1][:, ::-1][:, :AXES].astype(np.float32)
        return cls(middle, axes, unit((rows - middle) @ axes), np.array(labels, np.int32))

    def stored(self) -> dict[str, NDArray[Any]]:
        """What `restored` takes; rows at half precision."""
        return {name: getattr(self, name) for name in self.STORED} | {"rows": self.rows.astype(np.float16)}

    @classmethod
    def restored(cls, held: Mapping[str, NDArray[Any]]) -> Neighbours:
        """The neighbours that `stored` wrote."""
        return cls(held["middle"], held["axes"], held["rows"].astype(np.float32), held["labels"])

    def probabilities(self, row: Vector, count: int) -> Vector:
        """Shares of `count` labels among the texts nearest to one row; they sum to one."""
        likeness = self.rows @ unit((row - self.middle) @ self.axes)
        nearest = np.argpartition(-likeness, min(NEAREST, len(likeness) - 1))[:NEAREST]
        weights = np.exp((likeness[nearest] - likeness[nearest].max()) * SHARPNESS)
        shares: Vector = np.bincount(self.labels[nearest], weights, count).astype(np.float32)
        return shares / shares.sum()
