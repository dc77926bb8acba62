"""Cuts a text into word pieces: of all ways to lay pieces end to end, the likeliest."""

from __future__ import annotations

import functools
import re
import struct
import unicodedata

from encoder.packed import Packed

PREFIX = "query: "
WORD_MARK = "\u2581"
LONGEST_PIECE = 24
_REMEMBERED = 20_000
_NEVER = -1e30


class Pieces:
    """The word pieces of a model."""

    def __init__(self, model: Packed) -> None:
        self.texts = [piece.decode("utf-8", "replace") for piece in model.pieces]
        self.begin, self.end, self.padding, self.unknown = model.special
        special = set(model.special)
        self._ids = {text: at for at, text in enumerate(self.texts) if at not in special}
        self._scores = model.scores.tolist()
        self._unknown_score = min(self._scores) - 10
        self._normal = _normal(model)
        self.word = functools.lru_cache(maxsize=_REMEMBERED)(self._word)

    def cut(self, text: str, most: int) -> list[int]:
        """Ids of a text's pieces between begin and end, `most` in all. White space and form are tidied."""
        tidied = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
        plain = "".join(self._normal.get(char, char) for char in PREFIX + tidied)
        ids = [one for word in re.sub(" +", " ", plain).split(" ") for one in self.word(WORD_MARK + word)]
        return [self.begin, *ids[: most - 2], self.end]

    def _word(self, word: str) -> tuple[int, ...]:
        """Pieces of one word; no piece crosses the mark that begins a word."""
        best = [0.0, *[_NEVER] * len(word)]
        back: list[tuple[int, int]] = [(0, 0)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + LONGEST_PIECE) + 1):
                found = self._ids.get(word[start:end])
                if found is not None and best[start] + self._scores[found] > best[end]:
                    best[end], back[end] = best[start] + self._scores[found], (found, start)
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                back[start + 1] = (self.unknown, start)
        ids, at = [], len(word)
        while at:
            found, at = back[at]
            ids.append(found)
        return tuple(reversed(ids))


def _normal(model: Packed) -> dict[str, str]:
    found, at = {}, 0
    for _ in range(model.normal_count):
        char, count = struct.unpack_from("<IB", model.normal, at)
        at += 5
        found[chr(char)] = "".join(map(chr, struct.unpack_from(f"<{count}I", model.normal, at)))
        at += 4 * count
    return found
