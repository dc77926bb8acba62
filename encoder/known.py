"""Vectors of the texts of `data/`, kept beside the encoder that made them.

Two readers: the screen asks which protocol the nearest texts call for (`codes`), and the training of
questions need not compute again what stands here (`keys`: hashes of the encoder's file and the text, so
that another encoder's vectors are never taken for this one's). No text is held. A vector's numbers are
stored as steps of the largest among them; its direction moves by less than a thousandth.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import encoder
from encoder.neighbours import Vector

_STEPS = 127


@dataclass(frozen=True)
class Known:
    """Rows of SIZE numbers, the key of each text, and the code it was labelled with ("" for none)."""

    keys: list[str]
    rows: Vector
    codes: list[str]

    def by_key(self) -> dict[str, Vector]:
        """The vector of each key."""
        return dict(zip(self.keys, self.rows, strict=True))


def key(text: str) -> str:
    """What a text's vector is found by."""
    return hashlib.sha256(encoder.fingerprint().encode() + encoder.plain(text).encode()).hexdigest()[:24]


def read(path: Path) -> Known:
    """What `write` wrote; nothing where the file is missing. Raises ValueError for another size of vector."""
    if not path.exists():
        return Known([], np.zeros((0, encoder.SIZE), np.float32), [])
    with np.load(path, allow_pickle=False) as held:
        rows = held["rows"].astype(np.float32)
        if rows.shape[1:] != (encoder.SIZE,):
            raise ValueError(f"{path} holds vectors of {rows.shape[1:]}, not of {encoder.SIZE} numbers")
        rows *= held["largest"][:, None] / _STEPS
        names = held["names"].tolist()
        return Known(held["keys"].astype("U24").tolist(), rows, [names[at] for at in held["codes"]])


def write(path: Path, keys: Iterable[str], rows: Vector, codes: Iterable[str]) -> None:
    """Keep vectors; the file is whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names, places = np.unique(np.array(list(codes), dtype="U8"), return_inverse=True)
    largest = np.abs(rows).max(axis=1, initial=1e-9).astype(np.float32)
    stored: NDArray[np.int8] = np.rint(rows / largest[:, None] * _STEPS).astype(np.int8)
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    np.savez(
        partial,
        keys=np.array(list(keys), dtype="U24").astype("S24"),
        rows=stored,
        largest=largest,
        names=names,
        codes=places.astype(np.uint8),
    )
    partial.replace(path)
