"""Packed model files made: weights rounded to 4 bits, a model cut smaller, the file written."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np

from encoder import packed
from encoder.packed import BLOCK, MAGIC, Array, Packed

_ALIGNED = 64


def read(path: Path) -> Packed:
    """A packed model with all its tensors as float32. Raises ValueError for a file of another kind."""
    model = packed.read(path)
    return replace(
        model,
        tensors=model.tensors | {name: blocks.floats() for name, blocks in model.blocks.items()},
        blocks={},
    )


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
    """Write a model: head, directory, then each tensor on a border of 64 bytes."""
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
    partial = path.with_suffix(".partial")
    partial.write_bytes((head + entries).ljust(_up(len(head) + directory), b"\0") + data)
    # A process that has the old file mapped keeps it.
    partial.replace(path)


def _head(model: Packed) -> bytes:
    sizes = model.sizes
    offsets = np.cumsum([0, *(len(piece) for piece in model.pieces)]).astype("<u4")
    blob = b"".join(model.pieces)
    numbers = astuple(sizes)
    return b"".join(
        (
            MAGIC,
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
