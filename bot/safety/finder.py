"""Finds a lexicon's concepts in the words of a message, with spaCy's Matcher on a blank pipeline."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

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
    starts, words = [], []
    for sentence in sentences:
        starts.append(len(words))
        words.extend((START, *sentence))
    return Text(tuple(words), tuple(starts))


class Finder:
    """Looks first for the rarest word of each pattern, then matches patterns around it.

    So the cost grows with the words that mean something, not with patterns times words.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._vocab = spacy.blank(lexicon.file.lang).vocab
        self._common = frozenset(plain(lexicon.file.sets.get("COMMON", "")).split())
        self._matchers: dict[str, tuple[Matcher, int]] = {}
        self._build(lexicon)

    def find(self, text: Text) -> list[Hit]:
        """Every hit of every concept, in no particular order, without repeats."""
        found: set[Hit] = set()
        if not text.words:
            return []
        doc = Doc(self._vocab, words=list(text.words))
        for at in range(len(text.starts)):
            first, last = text.bounds(at)
            for key, places in self._anchored(text.words, first, last).items():
                found.update(self._around(doc, key, places, (first, last), at))
        return sorted(found)

    def _anchored(self, words: tuple[str, ...], first: int, last: int) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place in range(first, last):
            word = words[place]
            for key in (word, *(f"{word[:size]}*" for size in range(2, len(word) + 1))):
                if key in self._matchers:
                    places[key].append(place)
        return places

    def _around(self, doc: Doc, key: str, places: list[int], bounds: tuple[int, int], at: int) -> set[Hit]:
        matcher, reach = self._matchers[key]
        strings = self._vocab.strings
        found: set[Hit] = set()
        done = -1
        for place in places:
            left, right = max(bounds[0], place - reach), min(bounds[1], place + reach + 1)
            if place < done:
                continue
            done = right - reach
            for label, start, end in matcher(doc[left:right]):
                found.add(Hit(strings[label], left + start, left + end, at))
        return found

    def _build(self, lexicon: Lexicon) -> None:
        rows: dict[str, dict[str, list[list[dict[str, Any]]]]] = defaultdict(lambda: defaultdict(list))
        reach: dict[str, int] = defaultdict(int)
        for concept, patterns in lexicon.patterns.items():
            for slots in patterns:
                tokens = [slot.token() for slot in slots]
                for key in _keys(anchor(slots, self._common)):
                    rows[key][concept].append(tokens)
                    reach[key] = max(reach[key], longest(slots))
        for key, concepts in rows.items():
            matcher = Matcher(self._vocab, validate=False)
            for concept, token_rows in concepts.items():
                matcher.add(concept, token_rows)
            self._matchers[key] = (matcher, reach[key])


def _keys(slot: Slot) -> list[str]:
    return [*slot.words, *(f"{start}*" for start in slot.starts)]
