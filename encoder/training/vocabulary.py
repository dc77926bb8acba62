"""Which word pieces of the published model are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable

from encoder.pieces import WORD_MARK, Pieces

_SMALL = re.compile(rf"^{WORD_MARK}?[a-zA-Záéíóúüñ0-9.,;:!?¿¡()\-/\"'@#&%$+*=_]{{1,3}}$")


def needed(pieces: Pieces, texts: Iterable[str], words: Iterable[str]) -> list[int]:
    """Ids of the pieces worth keeping: those of our texts and of frequent words, small ones, emojis."""
    kept = {pieces.begin, pieces.end, pieces.padding, pieces.unknown}
    for text in texts:
        kept.update(pieces.cut(text, most=512))
    for word in words:
        kept.update(pieces.word(WORD_MARK + word), pieces.word(WORD_MARK + word.capitalize()))
    kept.update(at for at, text in enumerate(pieces.texts) if _SMALL.match(text) or _is_emoji(text))
    return sorted(kept)


def _is_emoji(text: str) -> bool:
    return any(0x2600 <= ord(char) <= 0x27BF or ord(char) >= 0x1F300 for char in text)
