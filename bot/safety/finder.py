"""Finds a lexicon's concepts in the words of a message, with spaCy's Matcher on a blank pipeline."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import NamedTuple

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.safety.fold import plain
from bot.safety.lexicon import Lexicon
from bot.safety.patterns import Slot, anchor, longest

START = "^"
"""The word that stands before each sentence, so that a pattern can ask for its beginning."""


class Hit(NamedTuple):
    """A concept found in words `start` to `end` of the message, in sentence `at`."""

    concept: str
    start: int
    end: int
    at: int


class Text(NamedTuple):
    """The words of a message, where each sentence starts, and the words with sentence marks."""

    words: tuple[str, ...]
    starts: tuple[int, ...]

    def bounds(self, at: int) -> tuple[int, int]:
        """First word and the word after the last of one sentence."""
        ends = (*self.starts[1:], len(self.words))
        return self.starts[at], ends[at]


def text_of(sentences: list[list[str]]) -> Text:
    """Sentences as one row of words."""
    starts: list[int] = []
    words: list[str] = []
    for sentence in sentences:
        starts.append(len(words))
        words.extend((START, *sentence))
    return Text(tuple(words), tuple(starts))


class Finder:
    """Single words are looked up; longer patterns are matched around their rarest word.

    So the cost grows with the words that mean something, not with patterns times words. The
    matcher of a word is built when the word is first met.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._vocab = spacy.blank(lexicon.file.lang).vocab
        self._common = frozenset(plain(lexicon.file.sets.get("COMMON", "")).split())
        self._single: dict[str, list[str]] = defaultdict(list)
        self._rows: dict[str, list[tuple[str, tuple[Slot, ...]]]] = defaultdict(list)
        self._matchers: dict[str, tuple[Matcher, int]] = {}
        for concept, patterns in lexicon.patterns.items():
            for slots in patterns:
                self._add(concept, slots)
        self._keys = functools.lru_cache(maxsize=20_000)(self._known_keys)

    def find(self, text: Text) -> list[Hit]:
        """Every hit of every concept, without repeats, in order of concept and place."""
        found: set[Hit] = set()
        if not text.words:
            return []
        doc = Doc(self._vocab, words=list(text.words))
        for at in range(len(text.starts)):
            first, last = text.bounds(at)
            anchored: dict[str, list[int]] = defaultdict(list)
            for place in range(first, last):
                for key in self._keys(text.words[place]):
                    for concept in self._single.get(key, ()):
                        found.add(Hit(concept, place, place + 1, at))
                    if key in self._rows:
                        anchored[key].append(place)
            for key, places in anchored.items():
                found.update(self._around(doc, key, places, (first, last), at))
        return sorted(found)

    def _around(self, doc: Doc, key: str, places: list[int], bounds: tuple[int, int], at: int) -> set[Hit]:
        matcher, reach = self._matcher(key)
        found: set[Hit] = set()
        done = -1
        for place in places:
            left, right = max(bounds[0], place - reach), min(bounds[1], place + reach + 1)
            if place < done:
                continue
            done = right - reach
            for label, start, end in matcher(doc[left:right]):
                found.add(Hit(self._vocab.strings[label], left + start, left + end, at))
        return found

    def _matcher(self, key: str) -> tuple[Matcher, int]:
        if key not in self._matchers:
            matcher = Matcher(self._vocab, validate=False)
            for concept, slots in self._rows[key]:
                matcher.add(concept, [[slot.token() for slot in slots]])
            self._matchers[key] = matcher, max(longest(slots) for _, slots in self._rows[key])
        return self._matchers[key]

    def _add(self, concept: str, slots: tuple[Slot, ...]) -> None:
        least = anchor(slots, self._common)
        for key in (*least.words, *(f"{start}*" for start in least.starts)):
            if len(slots) == 1:
                self._single[key].append(concept)
            else:
                self._rows[key].append((concept, slots))

    def _known_keys(self, word: str) -> tuple[str, ...]:
        """The word itself and every start of it that some pattern names."""
        keys = (word, *(f"{word[:size]}*" for size in range(1, len(word) + 1)))
        return tuple(key for key in keys if key in self._single or key in self._rows)
