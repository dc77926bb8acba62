"""Runs a lexicon's rules over a message: the first part of the screen, and the fastest."""

from __future__ import annotations

from pathlib import Path

from bot.safety.finder import Finder, Hit, Text, text_of
from bot.safety.fold import plain
from bot.safety.lexicon import HOME, Rule, level_of, read
from bot.safety.reading import Reading, grammar
from bot.safety.spelling import Speller
from bot.safety.verdict import Signal, Who


class Rules:
    """The rules of one language, compiled. Raises ContentError or OSError when made."""

    def __init__(self, lang: str, home: Path = HOME) -> None:
        lexicon = read(lang, home)
        self.file = lexicon.file
        self._finder = Finder(lexicon)
        self._grammar = grammar(self.file)
        forms = {plain(form): plain(words) for form, words in self.file.forms.items()}
        common = plain(" ".join(self.file.sets.values())).replace("*", " ").replace("%", " ").split()
        self._speller = Speller(forms, lexicon.words, lexicon.starts, common)

    def signals(self, folded: str) -> tuple[Signal, ...]:
        """One signal for each rule that holds."""
        reading = self.read(folded)
        found = (self._apply(rule, reading) for rule in self.file.rules)
        return tuple(signal for signal in found if signal)

    def read(self, folded: str) -> Reading:
        """The message's words and the concepts in them."""
        text = self.words(folded)
        return Reading(text, self._finder.find(text), self._grammar)

    def words(self, folded: str) -> Text:
        """The message in plain words."""
        return text_of(self._speller.sentences(folded))

    def _apply(self, rule: Rule, reading: Reading) -> Signal | None:
        for key in _hits(rule.all[0], reading):
            if not _together(rule, key, reading) or reading.gated(key, rule):
                continue
            if any(reading.has(name, key) for part in rule.unless for name in part.split("|")):
                continue
            signal = _signal(rule, _subject(rule, key, reading))
            if signal:
                return signal
        return None


def _hits(part: str, reading: Reading) -> list[Hit]:
    return [hit for name in part.split("|") for hit in reading.by_concept.get(name, ())]


def _together(rule: Rule, key: Hit, reading: Reading) -> bool:
    for part in rule.all[1:]:
        near = (other for other in _hits(part, reading) if _is_near(rule, key, other))
        if next(near, None) is None:
            return False
    return True


def _is_near(rule: Rule, key: Hit, other: Hit) -> bool:
    if other.concept == key.concept and other.start < key.end and key.start < other.end:
        return False  # a sign named twice must be seen twice
    if rule.scope == "message":
        return True
    if abs(key.at - other.at) > (1 if rule.scope == "near" else 0):
        return False
    return max(other.start - key.end, key.start - other.end) <= rule.near


def _subject(rule: Rule, key: Hit, reading: Reading) -> str:
    """A rule through SUBJECT takes the speaker where the sentence names the speaker at all."""
    if "SUBJECT" in rule.through and rule.who == "self" and reading.names_self(key):
        return "self"
    return reading.subject(key)


def _signal(rule: Rule, subject: str) -> Signal | None:
    if subject in {"thing", "generic"} and "SUBJECT" not in rule.through:
        return None
    who: Who = "self" if subject == "self" else "other" if subject in {"other", "someone"} else "unknown"
    code = rule.code
    if rule.who == "self" and who == "other":
        if rule.other is None:
            return None
        code = rule.other
    if rule.who == "other" and who == "self":
        return None
    if rule.who == "self" and who == "unknown":
        who = "self"
    if rule.weak:
        return Signal("lexicon", None, None, rule.id, rule.weight, who, hint=code)
    return Signal("lexicon", code, level_of(rule), rule.id, rule.weight, who, outright=rule.outright)
