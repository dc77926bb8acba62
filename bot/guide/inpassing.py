"""Answers to questions that were not asked yet: "I'm in Ohio, evenings, not a man please"."""

from __future__ import annotations

import re

from bot.content import Guide, Step, Voice, places
from bot.guide import evidence
from bot.guide.answers import named
from bot.guide.course import Answers
from bot.guide.tongue import Tongue

# One word is an answer to the question that was asked, and at most to what belongs to it ("aetna").
_LEAST_WORDS = 2
# A longer text tells more than an answer, whatever its words are.
_LONGEST_PLAIN = 15
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|\+?\(?\d[\d ().-]{5,}\d")


def found(
    guide: Guide, step: Step, answers: Answers, text: str, voice: Voice, tongue: Tongue
) -> dict[str, list[str]]:
    """What a text answers beside `step`; an answer that was given is replaced only by "actually ..."."""
    changes = step.kind == "review" or _takes_back(text, tongue)
    open_steps = [one for one in guide.steps if one.ahead and one.id != step.id]
    if len(text.split()) < _LEAST_WORDS:
        open_steps = [one for one in open_steps if one.part and step.ahead]
    spent = frozenset() if step.ahead else _spent(step, text, tongue)
    answered = {
        one.id: values
        for one in open_steps
        if (changes or one.id not in answers) and (values := _values(one, text, voice, tongue, spent))
    }
    return {name: values for name, values in answered.items() if values != answers.get(name)}


def is_plain(guide: Guide, step: Step, text: str, voice: Voice, tongue: Tongue) -> bool:
    """True if every word is part of an answer or a small word: there is nothing else in it to be heard."""
    small = _small_words(step, tongue)
    asked = [step, *(one for one in guide.steps if one.ahead and one.id != step.id)]
    named = tongue.words(" ".join(places.name(code, voice.lang) for code in places.read(text, voice.country)))
    left = []
    for clause in tongue.clauses(text):
        told: set[int] = set()
        for one in asked:
            spans = evidence.question(one, tongue).matcher(tongue.doc(clause.words), as_spans=True)
            told.update(
                at
                for span in spans
                if span.label_.startswith("option/")
                for at in range(span.start, span.end)
            )
        left += [word for at, word in enumerate(clause.words) if at not in told]
    return len(left) < _LONGEST_PLAIN and all(word in small or word in named for word in left)


def place(text: str, voice: Voice, step: Step) -> list[str]:
    """The places in an answer to a question about places; a state's name where the state was asked for."""
    codes = places.read(text, voice.country)
    return [code for code in codes if not step.id.endswith("state") or "-" in code]


def address(text: str) -> list[str]:
    """A phone number or an e-mail address in a text."""
    match = _ADDRESS.search(text)
    return [match[0].strip()] if match else []


def _spent(step: Step, text: str, tongue: Tongue) -> frozenset[int]:
    """Clauses that answer a question of another kind: "I shake every morning" is no wish for mornings."""
    marks = evidence.marks(evidence.question(step, tongue), tongue.clauses(text))
    return frozenset(mark.clause for mark in marks if mark.kind == "option")


def _values(step: Step, text: str, voice: Voice, tongue: Tongue, spent: frozenset[int]) -> list[str]:
    if step.kind == "place":
        return list(places.read(text, voice.country, in_passing=True))
    if step.kind == "address":
        return address(text)
    # "None of these" and the like mean something only where it was asked.
    whole = {option.id for option in step.options if option.alone}
    question = evidence.question(step, tongue)
    clauses = [clause for at, clause in enumerate(tongue.clauses(text)) if at not in spent]
    values = [name for name in named(question, tuple(clauses)) if name not in whole]
    if step.kind == "one":
        return values[-1:]
    return values[: step.most] if step.most else values


def _small_words(step: Step, tongue: Tongue) -> frozenset[str]:
    """Words that add nothing to an answer: fillers, helping words, yes and no, and the question's own."""
    grammar = tongue.grammar
    groups = (grammar.fillers, grammar.stopwords, grammar.auxiliaries, grammar.negators, grammar.often)
    single = {
        words[0]
        for name in ("yes", "no", "unsure")
        for words in tongue.standard.get(name, ())
        if len(words) == 1
    }
    return frozenset(word for group in groups for word in group) | tongue.speakers | single


def _takes_back(text: str, tongue: Tongue) -> bool:
    said = f" {' '.join(tongue.words(text))} "
    return any(f" {' '.join(words)} " in said for words in tongue.phrases(tongue.grammar.instead))
