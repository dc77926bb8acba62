"""Who a finding is about, whether it is denied, and which gates stand around it."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from bot.safety.finder import Hit, Text
from bot.safety.fold import plain
from bot.safety.lexicon import LexiconFile, Rule, Scope

_BEFORE, _AFTER = 14, 8
_OPENING = "^ and but so also hi hello hey please y e pero hola oye oigan or o ok bueno entonces"
_OPENERS = frozenset(_OPENING.split())


class Grammar(NamedTuple):
    """A lexicon's small words: who is meant, what denies, what asks, and its gates."""

    subjects: dict[str, str]
    negators: frozenset[str]
    not_negators: frozenset[str]
    askers: frozenset[str]
    marked_askers: frozenset[str]
    gates: dict[str, Scope]
    steady: frozenset[str]


def grammar(file: LexiconFile) -> Grammar:
    """The small words of one lexicon file."""
    return Grammar(
        {word: label for label, words in file.subjects.items() for word in plain(words).split()},
        frozenset(plain(file.negators).split()),
        frozenset(plain(file.not_negators).split()),
        frozenset(plain(file.askers).split()),
        frozenset(plain(file.marked_askers).split()),
        file.gates,
        frozenset((*file.steady, *file.gates)),
    )


class Reading:
    """The hits of one message and what its words say about each of them."""

    def __init__(self, text: Text, hits: list[Hit], words: Grammar) -> None:
        self.text = text
        self._grammar = words
        self._asked = {place for hit in hits if hit.concept == "ABOUT" for place in range(hit.start, hit.end)}
        self.by_concept = self._sorted_out(hits)

    def subject(self, hit: Hit) -> str:
        """`self`, `other`, `someone`, `thing`, `generic` or `unknown`: the nearest person named in
        the finding, before it, or else after it; who only asks ("how do I know") is not meant."""
        first, last = self.text.bounds(hit.at)
        within = self._nearest(range(hit.start, hit.end))
        if within:
            return within
        before = range(hit.start - 1, max(first, hit.start - _BEFORE) - 1, -1)
        after = range(hit.end, min(last, hit.end + _AFTER))
        return self._nearest(before) or self._nearest(after) or "unknown"

    def gated(self, hit: Hit, rule: Rule) -> bool:
        """A gate that the rule does not go through stands around the finding."""
        for gate, scope in self._grammar.gates.items():
            if gate in rule.through or gate not in self.by_concept:
                continue
            if any(self._covers(other, hit, scope) for other in self.by_concept[gate]):
                if gate == "PAST" and self._is_now(hit):
                    continue
                if gate == "ABOUT" and self.subject(hit) in {"self", "other"}:
                    continue
                return True
        return "ABOUT" not in rule.through and self._asks_in_general(hit.at)

    def _asks_in_general(self, at: int) -> bool:
        """The sentence opens like a question and names nobody in particular; "can not feel" is none."""
        first, last = self.text.bounds(at)
        words = self.text.words[first:last]
        start = next((place for place, word in enumerate(words) if word not in _OPENERS), 0)
        opening, following = words[start], words[start + 1 : start + 2]
        marked = words[-1] == "?" and opening in self._grammar.marked_askers
        if not marked and (opening not in self._grammar.askers or following == ("not",)):
            return False
        return not any(
            self._nearest(range(place, place + 1)) in {"self", "other"} for place in range(first, last)
        )

    def has(self, concept: str, hit: Hit, scope: Scope = "sentence") -> bool:
        """The concept is found around a hit."""
        return any(self._covers(other, hit, scope) for other in self.by_concept.get(concept, ()))

    def names_self(self, hit: Hit) -> bool:
        """The sentence around a hit names the speaker."""
        first, last = self.text.bounds(hit.at)
        return any(self._nearest(range(place, place + 1)) == "self" for place in range(first, last))

    def _is_now(self, hit: Hit) -> bool:
        past = self.by_concept.get("PAST", [])
        now = (other for other in self.by_concept.get("NOW", ()) if other.at == hit.at)
        return any(not self._inside(other, past) for other in now)

    def _covers(self, other: Hit, hit: Hit, scope: Scope) -> bool:
        if scope == "message":
            return True
        return abs(other.at - hit.at) <= (1 if scope == "near" else 0)

    def _nearest(self, places: range) -> str | None:
        for place in places:
            label = self._grammar.subjects.get(self.text.words[place])
            if label and place not in self._asked:
                return self._owner(place) if label == "self" else label
        return None

    def _owner(self, place: int) -> str:
        """The word "my" belongs to the speaker only if no other person or thing follows ("my brother")."""
        for word in self.text.words[place + 1 : place + 3]:
            label = self._grammar.subjects.get(word)
            if label in {"other", "thing", "someone"}:
                return label
            if label:
                break
        return "self"

    def _sorted_out(self, hits: list[Hit]) -> dict[str, list[Hit]]:
        """Hits by concept, without those inside an idiom and those denied."""
        idioms = [hit for hit in hits if hit.concept == "IDIOM"]
        kept: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            steady = hit.concept in self._grammar.steady
            if not steady and (self._inside(hit, idioms) or self._denied(hit)):
                if not self._inside(hit, idioms):
                    kept[f"NOT_{hit.concept}"].append(hit)
                continue
            kept[hit.concept].append(hit)
        return kept

    def _inside(self, hit: Hit, others: list[Hit]) -> bool:
        return any(other.start < hit.end and hit.start < other.end for other in others)

    def _denied(self, hit: Hit) -> bool:
        first, _ = self.text.bounds(hit.at)
        words = self.text.words
        for place in range(hit.start - 1, max(first, hit.start - 3) - 1, -1):
            if words[place] in self._grammar.negators:
                following = words[place + 1 : place + 2]
                return not (following and following[0] in self._grammar.not_negators)
            if words[place] in self._grammar.not_negators:
                continue
        return False
