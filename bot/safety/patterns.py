"""The lexicon's small pattern language, compiled to token patterns of spaCy's Matcher.

cannot wake           two words in a row           (a|b c|d)   one of these
wak*                  any word that starts so      word?       may be missing
%KIN                  any word of the set KIN      ..          0 to 2 words between
...                   0 to 4 words between         _           exactly one word
"""

from __future__ import annotations

import itertools
import re
from typing import Any, NamedTuple

from bot.errors import ContentError

_GAPS = {"..": 2, "...": 4, "....": 8}
_MOST = 600

Sets = dict[str, frozenset[str]]


class Slot(NamedTuple):
    """One place of a pattern: the words or word starts it takes, and whether it may be missing."""

    words: frozenset[str]
    starts: frozenset[str] = frozenset()
    optional: bool = False
    gap: int = 0

    def token(self) -> dict[str, Any]:
        """As spaCy's Matcher takes it."""
        if self.gap:
            return {"OP": f"{{0,{self.gap}}}"}
        return _lower(self.words, self.starts) | ({"OP": "?"} if self.optional else {})


def compile_pattern(source: str, sets: Sets) -> list[tuple[Slot, ...]]:
    """Every spelling of one pattern as slots; raises ContentError naming the pattern."""
    items = _cut(source, " ")
    while items and (items[-1].endswith("?") or items[-1] in _GAPS):
        items.pop()  # what may be missing at the end decides nothing
    found = list(dict.fromkeys(_trim(row) for row in _rows(" ".join(items), sets)))
    if not found or not all(found):
        raise ContentError(f"pattern '{source}' would match nothing or everything")
    if len(found) > _MOST:
        raise ContentError(f"pattern '{source}' stands for {len(found)} patterns; use a set (%NAME)")
    return found


def _rows(source: str, sets: Sets) -> list[tuple[Slot, ...]]:
    choices = [_item(item, source, sets) for item in _cut(source, " ")]
    return [tuple(itertools.chain.from_iterable(parts)) for parts in itertools.product(*choices)]


def anchor(slots: tuple[Slot, ...], common: frozenset[str]) -> Slot:
    """The slot to look for first: required, and made of the rarest words."""
    required = [slot for slot in slots if not slot.optional and not slot.gap and (slot.words or slot.starts)]
    return min(required, key=lambda slot: (bool(slot.words & common), len(slot.words) + len(slot.starts)))


def longest(slots: tuple[Slot, ...]) -> int:
    """The most tokens a pattern can cover."""
    return sum(slot.gap or 1 for slot in slots)


def _trim(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Without the gaps and optional words at both ends, which decide nothing."""
    first, last = 0, len(slots)
    while first < last and (slots[first].optional or slots[first].gap):
        first += 1
    while last > first and (slots[last - 1].optional or slots[last - 1].gap):
        last -= 1
    return slots[first:last]


def _cut(source: str, at: str) -> list[str]:
    """The source cut at a sign, but not inside brackets."""
    pieces, depth = [""], 0
    for char in source:
        depth += (char == "(") - (char == ")")
        if char == at and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += char
    if depth:
        raise ContentError(f"pattern '{source}': a bracket is not closed")
    return [piece.strip() for piece in pieces if piece.strip()]


def _item(item: str, source: str, sets: Sets) -> list[tuple[Slot, ...]]:
    optional = item.endswith("?")
    item = item.removesuffix("?")
    if item in _GAPS:
        return [(Slot(frozenset(), gap=_GAPS[item]),)]
    if item == "_":
        return [(Slot(frozenset()),)]
    options = _cut(item[1:-1] if item.startswith("(") else item, "|")
    single = [option for option in options if " " not in option and "(" not in option]
    rows = [row for option in options if option not in single for row in _rows(option, sets)]
    words, starts = _words(single, source, sets)
    if words or starts:
        rows.append((Slot(words, starts, optional and not rows),))
    skippable = optional and not (len(rows) == 1 and rows[0][0].optional)
    return [*rows, ()] if skippable else rows


def _words(options: list[str], source: str, sets: Sets) -> tuple[frozenset[str], frozenset[str]]:
    """Whole words and word starts that the options name, sets opened."""
    named: set[str] = set()
    for option in options:
        if option in _GAPS or option == "_":
            raise ContentError(f"pattern '{source}': a gap cannot stand alone in ( | )")
        if option.startswith("%") and option[1:] not in sets:
            raise ContentError(f"pattern '{source}': there is no set '{option[1:]}'")
        named |= sets[option[1:]] if option.startswith("%") else {option}
    starts = {word[:-1] for word in named if word.endswith("*")}
    return frozenset(word for word in named if not word.endswith("*")), frozenset(starts)


def _lower(words: frozenset[str], starts: frozenset[str]) -> dict[str, Any]:
    if not words and not starts:
        return {}
    if not starts:
        return {"LOWER": {"IN": sorted(words)}}
    ends = "|".join(sorted(map(re.escape, words)))
    heads = "|".join(sorted(map(re.escape, starts)))
    return {"LOWER": {"REGEX": rf"^(?:{ends})$|^(?:{heads})" if ends else rf"^(?:{heads})"}}
