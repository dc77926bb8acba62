"""Lantern's own sentence encoder: a small multilingual model tuned on the texts of `data/`.

It is multilingual-e5-small (MIT) cut to eight layers and to the word pieces of English and Spanish,
tuned so that messages which call for the same answer lie close together, packed in 4 bits and computed
by ONNX Runtime. Gateway and engine load the same file. CARD.md has its
figures and limits; `encoder/training` makes it again.
"""

from __future__ import annotations

import functools
import hashlib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encoder.model import Encoder

FILE = Path(__file__).parent / "lantern-e5-q4.bin"
GRAPH = FILE.with_name("graph.onnx")
"""How a vector is computed from them (encoder/training/graph.py)."""
HEADS = FILE.with_name("heads.npz")
"""Linear heads on its vectors: protocol and level."""
KNOWN = FILE.with_name("known.npz")
"""Vectors of all texts it learnt from (encoder/known.py)."""
SIZE = 384
"""Numbers in a vector; every vector has length one."""


def plain(text: str) -> str:
    """The text as the encoders read it: Unicode NFC, white space collapsed, case kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def load() -> Encoder:
    """The encoder; `query(text)` gives one vector. Raises FileNotFoundError without its files."""
    for path in (FILE, GRAPH):
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing; run `make encoder` or restore it from git")
    from encoder.model import Encoder

    return Encoder(FILE, GRAPH)


@functools.cache
def fingerprint() -> str:
    """Twelve characters that change whenever the encoder's file does."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:12]
