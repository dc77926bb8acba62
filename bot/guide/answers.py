"""What a free text means as the answer to a step: options, or a wish such as "skip" or "why?"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec
import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher

from bot.content import Lang, Phrases, Step

# Wishes about the guide itself, in the order in which they are looked for.
WISHES = ("why", "skip", "back", "pause", "review")
# A longer text that holds an answer word somewhere is rather a story than an answer.
LONGEST_ANSWER = 12
_NUMBER = re.compile(r"^\W*(\d{1,2})\W*$")


class Answer(msgspec.Struct, frozen=True):
    """Options recognised in a text, or one wish about the guide; empty when it is neither."""

    options: tuple[str, ...] = ()
    wish: str = ""

    @property
    def clear(self) -> bool:
        """True if anything was recognised."""
        return bool(self.options or self.wish)


def understand(step: Step, text: str, phrases: Phrases | None, lang: Lang) -> Answer:
    """The answer in `text`: a number, a label, words of an option, or a wish about the guide."""
    if number := _NUMBER.match(text):
        return _by_number(step, int(number[1]))
    folded = fold(text)
    standard = phrases.answers if phrases else {}
    wish = next((name for name in WISHES if folded in {fold(word) for word in standard.get(name, ())}), "")
    if wish and wish not in {option.id for option in step.options}:
        return Answer(wish=wish)
    found = _matches(step, folded, standard, lang)
    if step.kind == "many":
        return Answer(options=tuple(dict.fromkeys(name for name, _ in found)))
    return Answer(options=_best(found, folded))


def fold(text: str) -> str:
    """Lower case without accents, apostrophes or punctuation, so that typing habits do not matter."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in decomposed if not unicodedata.combining(c) and c not in "'’`´")
    return " ".join(re.sub(r"[^\w\s]", " ", "".join(kept)).split())


def _by_number(step: Step, number: int) -> Answer:
    shown = [option for option in step.options if not option.hidden]
    return Answer(options=(shown[number - 1].id,)) if 0 < number <= len(shown) else Answer()


def _matches(step: Step, folded: str, standard: dict[str, tuple[str, ...]], lang: Lang) -> list[tuple[str, int]]:
    """Options whose words occur, in the order in which they stand, with the length of the words."""
    nlp = _pipeline(lang)
    matcher = PhraseMatcher(nlp.vocab)
    for option in step.options:
        words = {fold(w) for w in (option.label, *option.like, *standard.get(option.id, ()))} - {""}
        matcher.add(option.id, [nlp.make_doc(word) for word in sorted(words)])
    doc = nlp.make_doc(folded)
    spans = spacy.util.filter_spans(matcher(doc, as_spans=True))
    return [(span.label_, len(span)) for span in spans]


def _best(found: list[tuple[str, int]], folded: str) -> tuple[str, ...]:
    """One option: the one said in most words ("ok he's not breathing"), else the first one said."""
    longest = max((length for _, length in found), default=0)
    distinct = list(dict.fromkeys(name for name, length in found if length == longest))
    if len(distinct) == 1:
        only = distinct[0]
        # "yes" buried in a long story is not an answer to this question.
        if len(folded.split()) > LONGEST_ANSWER and only in {"yes", "no"}:
            return ()
        return (only,)
    return (distinct[0],) if distinct and len(folded.split()) <= LONGEST_ANSWER else ()


@lru_cache(maxsize=2)
def _pipeline(lang: Lang) -> Language:
    return spacy.blank(lang)
