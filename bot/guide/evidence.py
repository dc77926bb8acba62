"""What the words of a text say for each answer to a step: found phrases, denied, doubted or past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from spacy.matcher import PhraseMatcher

from bot.content import Frame, Step
from bot.guide.tongue import Clause, Tongue, Words

_SENTENCE_END = re.compile(r'[.!:¿"“”]')
# A negation reaches so many words: "not really sure he is breathing".
REACH = 5
# Standard answers besides yes, no and not sure: they count only where the step has such an option.
SPECIAL = ("done", "not_yet", "safe_now", "help_here", "joking")
POLAR = ("yes", "no", "unsure")
# A denied no is not yet a yes ("not dead").
_OPPOSITE = {"yes": "no", "done": "not_yet", "help_here": "no"}
# Which kind of phrase wins where two have the same words.
_RANKS = {"option": 0, "frame": 1, "special": 2, "polar": 3, "barrier": 4}


@dataclass(frozen=True)
class Mark:
    """One phrase found in a text and the answer that it stands for."""

    kind: str
    answer: str
    clause: int
    start: int
    end: int
    denied: bool = False
    doubted: bool = False
    weak: bool = False
    past: bool = False


@dataclass(frozen=True)
class Question:
    """A step, ready for reading answers: its matcher, its frames and the words of its question."""

    step: Step
    tongue: Tongue
    frames: tuple[Frame, ...]
    matcher: PhraseMatcher
    echo: frozenset[str]
    known: frozenset[str]

    @property
    def careful(self) -> str:
        """The answer that wins when a text says both; of a question about signs: yes."""
        return self.frames[0].careful if self.frames else "yes"

    @property
    def wishing(self) -> bool:
        """True if wishes are what is asked for: "I'd like a woman" is an answer, "I want to be safe" none."""
        return self.step.ahead or self.step.kind == "many"

    @property
    def now(self) -> bool:
        """True if only this moment counts."""
        return any(frame.now for frame in self.frames)


@lru_cache(maxsize=1024)
def question(step: Step, tongue: Tongue, barriers: Step | None = None) -> Question:
    """A step in a language; `barriers` are further options which are answers to no question."""
    asked = tongue.words(" ".join(_asked(text) for text in step.say))
    frames = _frames(asked, tongue)
    phrases = _phrases(step, tongue, frames, barriers)
    known = frozenset(word for texts in phrases.values() for text in texts for word in text)
    echo = frozenset(asked) - frozenset(tongue.grammar.stopwords)
    return Question(step, tongue, frames, tongue.matcher(phrases), echo, known | echo)


def _phrases(
    step: Step, tongue: Tongue, frames: tuple[Frame, ...], barriers: Step | None
) -> dict[str, set[Words]]:
    """What is looked for, under "kind/answer"."""
    found: dict[str, set[Words]] = {}
    for option in step.options:
        own = tongue.phrases((option.label, *option.like))
        # A button "Yes" is a plain yes: "yes, I'm safe" must still mean that nobody is in danger.
        found[f"option/{option.id}"] = set(own - plain(tongue, option.id) if option.id in POLAR else own)
    for frame in frames:
        for answer in POLAR:
            found.setdefault(f"frame/{answer}", set()).update(tongue.phrases(getattr(frame, answer)))
        for answer, words in frame.others.items():
            if any(option.id == answer for option in step.options):
                found[f"option/{answer}"] |= tongue.phrases(words)
    for answer in POLAR:
        found[f"polar/{answer}"] = set(plain(tongue, answer))
    for answer in SPECIAL:
        found[f"special/{answer}"] = set(tongue.standard.get(answer, ()))
    for option in barriers.options if barriers else ():
        found[f"barrier/{option.id}"] = set(tongue.phrases(option.like))
    return found


@lru_cache(maxsize=32)
def plain(tongue: Tongue, answer: str) -> frozenset[Words]:
    """Words that mean yes, no or not sure whatever was asked: "not safe" is no such word."""
    standard = tongue.standard.get(answer, frozenset())
    alone = {words for words in standard if len(words) == 1}
    about = {p for f in tongue.grammar.frames if f.id == "safe" for p in tongue.phrases((*f.yes, *f.no))}
    return frozenset(
        words
        for words in standard
        if words in alone or not (words[:1] in alone or (answer == "no" and _holds(words, about)))
    )


def _holds(words: Words, phrases: set[Words]) -> bool:
    said = f" {' '.join(words)} "
    return any(f" {' '.join(phrase)} " in said for phrase in phrases)


def marks(question: Question, clauses: tuple[Clause, ...]) -> Iterator[Mark]:
    """Every phrase found, the longest where they overlap, with what stands around it."""
    for number, clause in enumerate(clauses):
        taken: set[int] = set()
        for mark in sorted(_found(question, clause, number), key=_order):
            if not taken & set(range(mark.start, mark.end)):
                taken.update(range(mark.start, mark.end))
                if read := _read(mark, clause, question):
                    yield read


def alike(word: str, other: str) -> bool:
    """True for two forms of one word: "breathe" and "breathing"."""
    least = max(4, min(len(word), len(other)) - 3)
    return word == other or (len(word) >= least and word[:least] == other[:least])


def _asked(text: str) -> str:
    """The question at the end of a wording."""
    before, mark, _ = text.rpartition("?")
    parts = [part for part in _SENTENCE_END.split(before) if part.strip()]
    return parts[-1] if mark and parts else ""


def _frames(asked: Words, tongue: Tongue) -> tuple[Frame, ...]:
    said = f" {' '.join(asked)} "
    return tuple(
        frame
        for frame in tongue.grammar.frames
        if any(f" {' '.join(words)} " in said for words in tongue.phrases(frame.asks))
        and not any(f" {' '.join(words)} " in said for words in tongue.phrases(frame.unless))
    )


def _found(question: Question, clause: Clause, number: int) -> Iterator[Mark]:
    doc = question.tongue.doc(clause.words)
    for span in question.matcher(doc, as_spans=True):
        kind, _, answer = span.label_.partition("/")
        yield Mark(kind, answer, number, span.start, span.end)


def _order(mark: Mark) -> tuple[int, int, int]:
    return (mark.start - mark.end, _RANKS[mark.kind], mark.start)


def _read(mark: Mark, clause: Clause, question: Question) -> Mark | None:
    """The mark with its surroundings; None where it says nothing (a wish, a question)."""
    tongue = question.tongue
    if mark.kind in {"barrier", "polar"}:
        return mark
    if clause.asks or (clause.wants and not question.wishing):
        return None
    wishing = question.wishing and mark.kind == "option"
    before = clause.words[max(0, mark.start - REACH) : mark.start]
    grammar = tongue.grammar
    reach = _after_speaker(before, tongue)
    if not wishing and any(word in grammar.unreal for word in reach):
        return None
    around = f" {' '.join(clause.words[: mark.start])} | {' '.join(clause.words[mark.end :])} "
    return replace(
        mark,
        denied=_denied(mark, clause, reach, tongue),
        doubted=clause.wonders or _said(around, grammar.doubt, tongue),
        weak=_said(around, grammar.weak, tongue),
        past=_said(_until_now(clause.words, tongue), grammar.past, tongue),
    )


def _said(text: str, phrases: Iterable[str], tongue: Tongue) -> bool:
    return any(f" {' '.join(words)} " in text for words in tongue.phrases(phrases))


def _until_now(words: Words, tongue: Tongue) -> str:
    """What is said before "now": "he was gasping now he breathes" tells of this moment at its end."""
    until = next((place for place, word in enumerate(words) if word in tongue.grammar.now), len(words))
    return f" {' '.join(words[:until])} "


def _after_speaker(before: Words, tongue: Tongue) -> Words:
    """The words that reach the finding: those after "now" or a new subject, unless only thought or seen."""
    for place in range(len(before) - 1, 0, -1):
        if before[place] in tongue.grammar.now and before[place - 1] not in tongue.grammar.negators:
            return before[place + 1 :]
        if before[place] in tongue.speakers and before[place - 1] not in tongue.grammar.thinking:
            return before[place:]
    return before


def _denied(mark: Mark, clause: Clause, reach: Words, tongue: Tongue) -> bool:
    grammar = tongue.grammar
    first = clause.words[mark.start]
    if first in grammar.negators:
        return False  # "there is not nobody", "no hay nadie": one denial, said twice
    subjects = tongue.speakers | frozenset(grammar.auxiliaries) if grammar.no_apart else frozenset()
    hits = sum(
        word in grammar.negators and not (word == "no" and after in subjects)
        for word, after in zip(reach, (*reach, first)[1:], strict=True)
    )
    after = clause.words[mark.end :]
    trailing = after[:1] == ("not",) or after == ("no",)
    return (hits + trailing) % 2 == 1 if grammar.no_apart else hits + trailing > 0


def opposite(answer: str) -> str:
    """What a denied answer means: "not done" is not yet; a denied option of its own is none."""
    return _OPPOSITE.get(answer, "")
