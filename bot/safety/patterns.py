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

_ITEM = re.compile(r"\([^()]*\)\??|[^\s()]+")
_GAPS = {"..": 2, "...": 4, "....": 8}
_MOST = 400


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


def compile_pattern(source: str, sets: dict[str, frozenset[str]]) -> list[tuple[Slot, ...]]:
    """Every spelling of one pattern as slots; raises ContentError naming the pattern."""
    choices = [_item(item, source, sets) for item in _ITEM.findall(source)]
    found = [tuple(itertools.chain.from_iterable(parts)) for parts in itertools.product(*choices)]
    if len(found) > _MOST:
        raise ContentError(f"pattern '{source}' stands for {len(found)} patterns; use a set (%NAME)")
    found = [slots for slots in found if slots]
    if not found or any(all(slot.optional or slot.gap for slot in slots) for slots in found):
        raise ContentError(f"pattern '{source}' would match nothing or everything")
    return found


def anchor(slots: tuple[Slot, ...], common: frozenset[str]) -> Slot:
    """The slot to look for first: required, and made of the rarest words."""
    required = [slot for slot in slots if not slot.optional and not slot.gap and (slot.words or slot.starts)]
    return min(required, key=lambda slot: (bool(slot.words & common), len(slot.words) + len(slot.starts)))


def longest(slots: tuple[Slot, ...]) -> int:
    """The most tokens a pattern can cover."""
    return sum(slot.gap or 1 for slot in slots)


def _item(item: str, source: str, sets: dict[str, frozenset[str]]) -> list[tuple[Slot, ...]]:
    optional = item.endswith("?")
    item = item.removesuffix("?")
    if item in _GAPS:
        return [(Slot(frozenset(), gap=_GAPS[item]),)]
    if item == "_":
        return [(Slot(frozenset()),)]
    options = item[1:-1].split("|") if item.startswith("(") else item.split("|")
    words: set[str] = set()
    starts: set[str] = set()
    rows: list[tuple[Slot, ...]] = []
    for option in (option.strip() for option in options):
        if " " in option:
            rows.extend(compile_pattern(option, sets))
        elif option in _GAPS or option == "_":
            raise ContentError(f"pattern '{source}': a gap cannot stand inside ( | )")
        elif option.startswith("%"):
            if option[1:] not in sets:
                raise ContentError(f"pattern '{source}': there is no set '{option[1:]}'")
            words |= {word for word in sets[option[1:]] if not word.endswith("*")}
            starts |= {word[:-1] for word in sets[option[1:]] if word.endswith("*")}
        elif option.endswith("*"):
            starts.add(option[:-1])
        elif option:
            words.add(option)
    if words or starts:
        rows.append((Slot(frozenset(words), frozenset(starts), optional and not rows),))
    return rows + [()] if optional and (len(rows) > 1 or " " in item) else rows


def _lower(words: frozenset[str], starts: frozenset[str]) -> dict[str, Any]:
    if not words and not starts:
        return {}
    if not starts:
        return {"LOWER": {"IN": sorted(words)}}
    ends = "|".join(sorted(map(re.escape, words)))
    heads = "|".join(sorted(map(re.escape, starts)))
    return {"LOWER": {"REGEX": rf"^(?:{ends})$|^(?:{heads})" if ends else rf"^(?:{heads})"}}
