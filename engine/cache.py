"""Vectors of training texts from Lantern's own encoder, which takes 6 ms a text, computed once.

Those of `data/` come with the encoder (encoder/known.py); those of texts written since are kept in
`known.npz` beside the models. Only training reads them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import encoder
from encoder import known
from engine import encoders
from engine.encoders import Vector

FILE = "known.npz"


def models() -> Path:
    """The folder of trained models: LANTERN_MODELS, else models/ in the working folder."""
    return Path(os.environ.get("LANTERN_MODELS", "models"))


def vectors_of(texts: Sequence[str]) -> tuple[Vector, Vector]:
    """`use` and `e5` rows of the texts; `e5` is computed only of those never seen before."""
    keys = [known.key(said) for said in texts]
    shipped = known.read(encoder.KNOWN).by_key()
    held = known.read(models() / FILE).by_key() | shipped
    new = {key: said for key, said in zip(keys, texts) if key not in held}
    if new:
        held.update(zip(new, encoders.e5(list(new.values()))))
        kept = [key for key in dict.fromkeys(keys) if key not in shipped]
        known.write(models() / FILE, kept, np.stack([held[key] for key in kept]), [""] * len(kept))
    return encoders.use(texts), np.stack([held[key] for key in keys])
