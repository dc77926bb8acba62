"""Writes the vectors of all texts of `data/` anew: `python -m encoder.training.vectors`.

Needs no PyTorch. To be run when the encoder was tuned, or when many texts were added since.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import encoder
from encoder import known
from encoder.training.texts import Example, examples

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300
"""Characters of a text that are read, as in the engine."""


def keep(texts: Sequence[Example]) -> None:
    """Encode the texts and write encoder/known.npz."""
    said = [encoder.plain(one.text)[:LONGEST] for one in texts]
    rows = encoder.load().query_many(said, os.cpu_count() or 1)
    keys = [known.key(one.text) for one in texts]
    known.write(encoder.KNOWN, keys, rows, [one.code for one in texts])


def main() -> None:
    """Keep the vectors of every text."""
    texts = examples(ROOT / "data")
    keep(texts)
    print(f"{encoder.KNOWN}: {len(texts)} texts")


if __name__ == "__main__":
    main()
