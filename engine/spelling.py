"""Typing errors: an unknown word one slip away from a word of the training texts is that word.

A slip is one letter missing, added, wrong, or two letters swapped. Accents count for nothing. A
corrected text is understood beside the text as it was typed, never instead of it, because slang
and names look like errors too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 4
OFTEN = 3
"""A word must stand in this many training texts to be a correction."""


def fold(word: str) -> str:
    """Lower case without accents."""
    marks = unicodedata.normalize("NFD", word.lower())
    return "".join(char for char in marks if not unicodedata.combining(char))


class Spelling:
    """Knows the words of the training texts and how often each stands there."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = dict(words)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Spelling:
        """The words of these texts."""
        return cls(Counter(fold(word) for text in texts for word in WORD.findall(text)))

    def correct(self, text: str) -> str:
        """The text with its typing errors mended; the same text where there is none."""
        return WORD.sub(lambda found: self._mend(found.group(0)), text)

    def _mend(self, word: str) -> str:
        folded = fold(word)
        if len(folded) < SHORTEST or folded in self.words:
            return word
        near = {
            known
            for short in _shorter(folded)
            for known in self._by_shorter.get(short, ())
            if is_one_slip(folded, known)
        }
        return max(near, key=lambda known: self.words[known], default=word)

    @cached_property
    def _by_shorter(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word, times in self.words.items():
            if times >= OFTEN and len(word) >= SHORTEST:
                for short in _shorter(word):
                    found[short].append(word)
        return dict(found)


def _shorter(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_slip(typed: str, known: str) -> bool:
    """Whether one letter missing, added or wrong, or two swapped, tells the words apart."""
    if len(typed) != len(known):
        short, long = sorted((typed, known), key=len)
        return len(long) - len(short) == 1 and short in _shorter(long)
    apart = [at for at, (one, other) in enumerate(zip(typed, known)) if one != other]
    if len(apart) == 2:
        first, second = apart
        return second == first + 1 and typed[first : second + 1] == known[second] + known[first]
    return len(apart) == 1
