"""Character n-grams of a text as a sparse row: what survives typing errors and slang.

Pieces of words (2 to 5 characters, with the blanks around them) and pairs of words are hashed into
`BUCKETS` columns. No vocabulary is kept, so nothing of the training texts can be read from a model.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
SHORTEST, LONGEST = 2, 5
READ = 400
"""Characters that are read: enough for what a person asks, and bounded."""

Row = tuple[NDArray[np.int64], NDArray[np.float32]]


def fold(said: str) -> str:
    """Lower case without accents: people leave them out."""
    marks = unicodedata.normalize("NFD", said[:READ].lower())
    return "".join(char for char in marks if not unicodedata.combining(char))


def pieces(said: str) -> Iterator[str]:
    """Each piece of a word and each pair of words."""
    words = fold(said).split()
    for word in words:
        padded = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            for at in range(max(1, len(padded) - size + 1)):
                yield padded[at : at + size]
    for first, second in zip(words, words[1:]):
        yield f"{first}\t{second}"


def count(said: str) -> Row:
    """Columns and dampened counts of a text's pieces."""
    counts = Counter(zlib.crc32(piece.encode()) % BUCKETS for piece in pieces(said))
    columns = np.fromiter(counts.keys(), np.int64, len(counts))
    values = np.fromiter(counts.values(), np.float32, len(counts))
    return columns, (1 + np.log(np.maximum(values, 1))).astype(np.float32)


def rarity(rows: Sequence[Row]) -> NDArray[np.float32]:
    """How much each column tells: the inverse document frequency over `rows`."""
    seen = np.zeros(BUCKETS, np.float32)
    for columns, _ in rows:
        seen[columns] += 1
    return (np.log((1 + len(rows)) / (1 + seen)) + 1).astype(np.float32)


def weigh(row: Row, weights: NDArray[np.float32]) -> Row:
    """The row times the columns' weights, of length one."""
    columns, values = row
    weighed = values * weights[columns]
    length = float(np.linalg.norm(weighed)) or 1.0
    return columns, weighed / length
