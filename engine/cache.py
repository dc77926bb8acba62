"""Vectors of training texts, kept between trainings in `vectors.npz` beside the models.

Keyed by a hash of the encoder's file and the text: the file holds no text, and another encoder's
vectors are never taken for this one's. Only training reads it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import encoder
from engine import encoders, text
from engine.encoders import SIZES, Vector

FILE = "vectors.npz"
Known = dict[str, tuple[Vector, Vector]]


def models() -> Path:
    """The folder of trained models: LANTERN_MODELS, else models/ in the working folder."""
    return Path(os.environ.get("LANTERN_MODELS", "models"))


def vectors_of(texts: Sequence[str]) -> tuple[Vector, Vector]:
    """`use` and `e5` rows of the texts, encoding only those never seen before."""
    keys = [_key(said) for said in texts]
    known = _read()
    new = {key: said for key, said in zip(keys, texts) if key not in known}
    if new:
        known.update(_encode(new))
        _write({key: known[key] for key in dict.fromkeys(keys)})
    use = np.stack([known[key][0] for key in keys])
    e5 = np.stack([known[key][1] for key in keys])
    return use.astype(np.float32), e5.astype(np.float32)


def _key(said: str) -> str:
    return hashlib.sha256(encoder.fingerprint().encode() + text.plain(said).encode()).hexdigest()[:24]


def _encode(new: dict[str, str]) -> Known:
    said = list(new.values())
    return dict(zip(new, zip(encoders.use(said), encoders.e5(said))))


def _read() -> Known:
    path = models() / FILE
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as held:
        if (held["use"].shape[1], held["e5"].shape[1]) != (SIZES["use"], SIZES["e5"]):
            return {}
        return dict(zip(held["keys"].tolist(), zip(held["use"], held["e5"])))


def _write(known: Known) -> None:
    models().mkdir(parents=True, exist_ok=True)
    use, e5 = (np.stack([pair[at] for pair in known.values()]) for at in (0, 1))
    partial = models() / f".{os.getpid()}.{FILE}"
    np.savez(partial, keys=np.array(list(known)), use=use.astype(np.float16), e5=e5.astype(np.float16))
    partial.replace(models() / FILE)
