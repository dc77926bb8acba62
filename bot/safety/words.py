"""Writes the list of frequent words (`python -m bot.safety.words`), which are no typing errors.

They are the whole-word pieces of the fast encoder's own vocabulary, so the list needs no other
source and is the same wherever it is made.
"""

from __future__ import annotations

import gzip

from bot.safety import encoders
from bot.safety.fold import plain
from bot.safety.spelling import WORDS

_LONGEST = 16


def main() -> None:
    """Write bot/safety/model/words.txt.gz."""
    pieces = encoders.vocabulary()
    whole = {plain(piece[1:]) for piece in pieces if piece.startswith("\u2581")}
    words = sorted(word for word in whole if word.isascii() and word.isalpha() and 3 <= len(word) <= _LONGEST)
    WORDS.parent.mkdir(exist_ok=True)
    WORDS.write_bytes(gzip.compress("\n".join(words).encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
