"""Turns folded text into sentences of plain words: contractions, chat spelling, typing errors."""

from __future__ import annotations

import functools
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.safety.fold import unmask

WORDS = Path(__file__).parent / "model" / "words.txt.gz"
"""Frequent words of both languages, which are never taken for a typing error of another word."""

ENDS = frozenset(".?!")
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W_]+(?:'[^\W_]+)*|[@$*#][^\s]*|[\w@$!|+*#]+|[^\s\w]|\n")
_WORD = re.compile(r"[^\s,;:?.()\"\n]+|\.|\?|[,;:()\"]|\n")
_MASK = re.compile(r"[a-z]+[*#_@$.\-]{1,3}[a-z]+")
_LONGEST = 24


class Speller:
    """Spells the words of one language plainly.

    `forms` maps a chat or contracted form to plain words, `crisis` are the words that typing
    errors are led back to, `starts` beginnings of words that are right as they stand, `common`
    further such words.
    """

    def __init__(
        self,
        forms: dict[str, str],
        crisis: Iterable[str],
        starts: Iterable[str] = (),
        common: Iterable[str] = (),
    ) -> None:
        self._forms = {form: tuple(words.split()) for form, words in forms.items()}
        self._targets = sorted({word for word in crisis if len(word) >= 4 and word.isalpha()})
        self._near_to = _index(self._targets)
        self._parts = set(self._targets) | set(common)
        self._known = self._parts | frequent_words()
        self._starts = {start for start in starts if len(start) > 2}
        self._pieces = {part for part in (*self._forms, *self._parts) if len(part) > 1} | {"i", "a", "y"}
        self._cached = functools.lru_cache(maxsize=20_000)(self._spell)

    def sentences(self, folded: str) -> list[list[str]]:
        """Sentences of words; a sentence keeps its closing mark as last token."""
        found: list[list[str]] = [[]]
        for raw in _WORD.findall(_open(folded)):
            word = "." if raw == "\n" else raw
            found[-1].extend(self._cached(word))
            if found[-1] and found[-1][-1] in ENDS:
                found.append([])
        return [words for words in found if any(word not in ENDS for word in words)]

    def _spell(self, word: str) -> tuple[str, ...]:
        bare = word.replace("'", "").strip("-_~*")
        if word in ENDS or not bare:
            return (word,) if word in ENDS or word == '"' else ()
        if word in self._forms:
            return self._forms[word]
        if bare in self._forms:
            return self._forms[bare]
        if self._is_word(bare):
            return (bare,)
        if "-" in bare or "/" in bare:
            return tuple(part for piece in re.split(r"[-/]", bare) for part in self._spell(piece))
        return self._mend(bare)

    def _is_word(self, word: str) -> bool:
        """Right as it stands: a word of the lexicon or a frequent one, or begins as a pattern says."""
        return word in self._known or any(word[:size] in self._starts for size in range(3, len(word) + 1))

    def _mend(self, word: str) -> tuple[str, ...]:
        letters = unmask(word)
        if letters and letters in self._parts:
            return (letters,)
        bare = re.sub(r"[^\w*#@$]+", "", word)
        if bare in self._forms:
            return self._forms[bare]
        if self._is_word(bare) or bare.isdigit():
            return (bare,) if bare else ()
        if not bare:
            return ()
        single = re.sub(r"(.)\1+", r"\1", bare)
        for candidate in (single, *_halves(bare)):
            if candidate in self._forms:
                return self._forms[candidate]
            if self._is_word(candidate):
                return (candidate,)
        return self._masked(bare) or self._near(bare) or self._split(bare) or ((bare,) if bare else ())

    def _masked(self, word: str) -> tuple[str, ...]:
        if not re.search(r"[*#@$]", word):
            return ()
        shape = re.compile(re.sub(r"[*#@$]+", "[a-z]{1,3}", word))
        return next(((target,) for target in self._targets if shape.fullmatch(target)), ())

    def _near(self, word: str) -> tuple[str, ...]:
        if not 4 <= len(word) <= _LONGEST or not word.isalpha():
            return ()
        most = 1 if len(word) < 8 else 2
        keys = (
            (size, part) for size in range(len(word) - most, len(word) + most + 1) for part in _ends(word)
        )
        likely = [target for key in keys for target in self._near_to.get(key, ())]
        best = process.extractOne(word, sorted(likely), scorer=OSA.distance, score_cutoff=most)
        if best is None or (best[0][0] != word[0] and len(word) < 6):
            return ()
        return (best[0],)

    def _split(self, word: str) -> tuple[str, ...]:
        """Words written as one ("killmyself"), if every piece is a word of the lexicon."""
        if not 7 <= len(word) <= _LONGEST or not word.isalpha():
            return ()
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 12), end):
                head = best[start]
                if head is not None and word[start:end] in self._pieces:
                    fresh = (*head, word[start:end])
                    held = best[end]
                    best[end] = fresh if held is None or len(fresh) < len(held) else held
        pieces = best[-1]
        if pieces is None or len(pieces) > 1 + len(word) // 4:
            return ()
        return tuple(plain for piece in pieces for plain in self._forms.get(piece, (piece,)))


def _index(targets: Iterable[str]) -> dict[tuple[int, str], list[str]]:
    """Words by length and by how they begin and end, so that few need comparing with a wrong one."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for word in targets:
        for part in _ends(word):
            found[len(word), part].append(word)
    return found


def _ends(word: str) -> set[str]:
    """A typing error rarely spoils the first two, the middle and the last letters all at once."""
    return {f"{word[:2]}..", f"..{word[-3:]}", f".{word[1:4]}.", "".join(sorted(word[:3]))}


@functools.cache
def frequent_words() -> frozenset[str]:
    """The words of WORDS; empty when the file is missing, then typing errors are led back less
    carefully."""
    try:
        return frozenset(gzip.decompress(WORDS.read_bytes()).decode("utf-8").split())
    except OSError:
        return frozenset()


def _open(text: str) -> str:
    """Room around marks that close a sentence, but not inside 38.5 or d!e."""
    text = re.sub(r"(?<=\d)[.,:](?=\d)", "\u00b7", text)
    text = re.sub(r"[.\u2026]+(?=\s|$)|\.{2,}", " . ", text)
    text = re.sub(r"[!\u00a1]+(?=\s|$)|!{2,}", " . ", text)
    text = re.sub(r"[?\u00bf]+", " ? ", text).replace(" ?  ? ", " ? ")
    return re.sub(r"(?<=[a-z]{2})\.(?=[a-z]{2})", " . ", text)


def _halves(word: str) -> tuple[str, ...]:
    """The word with one doubled letter made single, for each doubled letter."""
    return tuple(word[:at] + word[at + 1 :] for at in range(1, len(word)) if word[at] == word[at - 1])
