"""A language as answers need it: plain spelling, clauses, typing errors led back to known words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec
import spacy
from rapidfuzz.distance import OSA
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from text_to_num import alpha2digit

from bot.content import Grammar, Lang, Library

Words = tuple[str, ...]

# Numbers that people write without their accent.
_ACCENTED = {
    "dieciseis": "dieciséis",
    "veintidos": "veintidós",
    "veintitres": "veintitrés",
    "veintiseis": "veintiséis",
}
_ACCENTLESS = re.compile(rf"\b(?:{'|'.join(_ACCENTED)})\b", re.IGNORECASE)
# Only so much of a text is read as an answer: the rest is a story.
LONGEST = 80
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?…\n]|[^\w\s]")
_STOPS = frozenset(".,;:!…\n")
_QUOTES = str.maketrans("’‘`´ʼ", "'''''")
_STRETCHED = re.compile(r"(.)\1{2,}")
# A shorter word has too many neighbours to be led back to another one.
_LEAST_LETTERS = 4
_LONG_WORD = 6
_VERY_LONG_WORD = 8


@dataclass(frozen=True)
class Clause:
    """Words that belong together.

    `asks`: a question to us; `wonders`: it only ends like one ("safe?"); `wants`: it wants something of
    us ("find me a therapist").
    """

    words: Words
    asks: bool = False
    wonders: bool = False
    wants: bool = False


class Tongue:
    """The words of one language, ready to be compared. `standard` are the words for yes, no, ..."""

    def __init__(self, lang: Lang, grammar: Grammar, standard: dict[str, Words]) -> None:
        self.lang = lang
        self.grammar = _plain_words(grammar)
        self.nlp: Language = spacy.blank(lang)
        self._spell = {_bare(key): tuple(_bare(value).split()) for key, value in grammar.spell.items()}
        self._instead = [
            (re.compile(rf"\b{re.escape(_bare(words))}\b"), _bare(meant))
            for words, meant in grammar.says.items()
        ]
        self.standard: dict[str, frozenset[Words]] = {}
        merged = {
            name: (*standard.get(name, ()), *grammar.more.get(name, ()))
            for name in {*standard, *grammar.more}
        }
        self.standard = {name: self.phrases(words) for name, words in merged.items()}

    def words(self, text: str) -> Words:
        """The words of a text in plain spelling, without marks."""
        return tuple(word for words, _ in self._cut(text, split=False) for word in words)

    def bare(self, words: Words) -> Words:
        """The words without the small ones around them: "just skip it please" is "skip"."""
        held = [at for at, word in enumerate(words) if word not in self.grammar.fillers]
        return words[held[0] : held[-1] + 1] if held else words

    def numbered(self, text: str) -> str:
        """The text with its number words as figures: "I'm twenty-three" is "I'm 23"."""
        words = _ACCENTLESS.sub(lambda found: _ACCENTED[found[0].casefold()], text)
        return str(alpha2digit(words, self.lang))

    def phrases(self, texts: Iterable[str]) -> frozenset[Words]:
        """Texts of content as words, empty ones left out."""
        return frozenset(words for text in texts if (words := self.words(text)))

    def clauses(self, text: str) -> tuple[Clause, ...]:
        """A text as clauses, parted at its marks and at "but", "now" and the like."""
        return tuple(
            Clause(words, self._asks(words), wonders, self._wants(words))
            for words, wonders in self._cut(text)
        )

    def _cut(self, text: str, *, split: bool = True) -> Iterator[tuple[Words, bool]]:
        """The words between marks, and whether a question mark ends them; with `split` also parted."""
        held: list[str] = []
        for mark in (*_TOKEN.findall(self._said(_bare(text)))[:LONGEST], "\n"):
            if mark in _STOPS or mark in {"?", "¿", "¡"}:
                if held:
                    parts = self._parted(tuple(held)) if split else [tuple(held)]
                    yield from ((part, mark == "?") for part in parts if part)
                held = []
            else:
                held += self._plain(mark)

    def matcher(self, phrases: Mapping[str, Iterable[Words]]) -> PhraseMatcher:
        """A matcher that finds phrases by their label."""
        made = PhraseMatcher(self.nlp.vocab)
        for label, texts in phrases.items():
            docs = [Doc(self.nlp.vocab, words=list(words)) for words in sorted(set(texts))]
            if docs:
                made.add(label, docs)
        return made

    def doc(self, words: Words) -> Doc:
        """Words as a document for a matcher."""
        return Doc(self.nlp.vocab, words=list(words))

    def mended(self, clauses: tuple[Clause, ...], known: frozenset[str]) -> tuple[Clause, ...]:
        """The same clauses with typing errors led back to `known` words."""
        words = {word for clause in clauses for word in clause.words}
        better = {word: near(word, known) for word in words - known - self._small}
        return tuple(
            replace(clause, words=tuple(better.get(word) or word for word in clause.words))
            for clause in clauses
        )

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Words for who speaks or is spoken of: "i", "he", "they"."""
        return frozenset(word for group in self.grammar.speakers.values() for word in group)

    @cached_property
    def _small(self) -> frozenset[str]:
        grammar = self.grammar
        groups = (grammar.negators, grammar.fillers, grammar.stopwords, grammar.auxiliaries, grammar.asking)
        return frozenset(word for group in groups for word in group)

    def _said(self, text: str) -> str:
        """ "Anything but video" leaves video out, though "but" begins something new elsewhere."""
        for words, meant in self._instead:
            text = words.sub(meant, text)
        return text

    def _plain(self, token: str) -> Words:
        if token in self._spell:
            return self._spell[token]
        short = _STRETCHED.sub(r"\1", token)
        bare = short.replace("'", "")
        for form in (short, bare):
            if form in self._spell:
                return self._spell[form]
        return (bare,) if bare else ()

    def _parted(self, words: Words) -> list[Words]:
        """Parts around "but"; "now" begins a part only where something new is said after it."""
        parts: list[list[str]] = [[]]
        for place, word in enumerate(words):
            if word in self.grammar.contrast or (word in self.grammar.turns and self._turns(words, place)):
                parts.append([])
            else:
                parts[-1].append(word)
        return [tuple(part) for part in parts if part]

    def _turns(self, words: Words, place: int) -> bool:
        following = words[place + 1 : place + 2]
        return (
            bool(following)
            and following[0] in self.speakers
            and place > 0
            and words[place - 1] not in self.grammar.negators
        )

    def _asks(self, words: Words) -> bool:
        """ "Ok what is that": a question, whatever small words open it."""
        start = next((place for place, word in enumerate(words) if word not in self._opening), 0)
        rest = words[start:]
        return rest[0] in self.grammar.asking and len(rest) > 1 and self._turned(rest)

    def _wants(self, words: Words) -> bool:
        said = f" {' '.join(words)} "
        return any(f" {' '.join(request)} " in said for request in self.requests)

    @cached_property
    def nods(self) -> frozenset[Words]:
        """Words that agree to do something and tell nothing: "ok"."""
        return self.phrases(self.grammar.nods)

    @cached_property
    def requests(self) -> frozenset[Words]:
        """Words that ask something of us: "find me a"."""
        return self.phrases(self.grammar.requests)

    @cached_property
    def weak(self) -> frozenset[Words]:
        """Words that take some of the weight of what they stand beside: "i think"."""
        return self.phrases(self.grammar.weak)

    @cached_property
    def _opening(self) -> frozenset[str]:
        nods = {words[0] for words in self.nods if len(words) == 1}
        return frozenset(nods | {word for word in self.grammar.fillers if word not in self.speakers})

    def _turned(self, words: Words) -> bool:
        """ "is he", "should i", "how do": the order of a question."""
        if words[0] in self.grammar.auxiliaries:
            return words[1] in self.speakers and words[:2] not in self.standard.get("done", ())
        return words[1] in self.grammar.auxiliaries


def near(word: str, known: frozenset[str]) -> str | None:
    """The known word that `word` is a typing error of; None when it is none or too short to tell.

    In a word of four or five letters only a swap or a letter too many or too few counts, or "gone"
    would become "done".
    """
    if len(word) < _LEAST_LETTERS or not word.isalpha():
        return None
    most = 2 if len(word) >= _VERY_LONG_WORD else 1
    best: tuple[int, str] | None = None
    for other in known:
        if abs(len(other) - len(word)) > most or len(other) < _LEAST_LETTERS or other[0] != word[0]:
            continue
        distance = OSA.distance(word, other, score_cutoff=most)
        if distance > most or (len(word) < _LONG_WORD and not _slip(word, other)):
            continue
        best = min(best, (distance, other)) if best else (distance, other)
    return best[1] if best else None


def tongue(library: Library, lang: Lang) -> Tongue:
    """The language of a library, built once for each version of its files."""
    phrases, grammar = library.phrases.get(lang), library.grammar.get(lang)
    key = (lang, phrases.version if phrases else "", grammar.version if grammar else "")
    if key not in _HELD:
        _HELD[key] = Tongue(lang, grammar or Grammar(lang=lang), phrases.answers if phrases else {})
    return _HELD[key]


_HELD: dict[tuple[str, str, str], Tongue] = {}


def _bare(text: str) -> str:
    """Lower case without accents; typographic apostrophes made plain."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_QUOTES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _plain_words(grammar: Grammar) -> Grammar:
    """The grammar with its single words as texts hold them: lower case, no accents."""
    groups = (
        "negators",
        "contrast",
        "turns",
        "thinking",
        "unreal",
        "now",
        "fillers",
        "asking",
        "auxiliaries",
    )
    names = (*groups, "stopwords", "often", "signs")
    bare = {name: tuple(_bare(word) for word in getattr(grammar, name)) for name in names}
    speakers = {who: tuple(_bare(word) for word in words) for who, words in grammar.speakers.items()}
    return msgspec.structs.replace(grammar, speakers=speakers, **bare)


def _slip(word: str, other: str) -> bool:
    return len(word) != len(other) or sorted(word) == sorted(other)
