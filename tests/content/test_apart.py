"""Nothing we test with was learnt from: no test sentence, nor a near copy, stands in data/ or the lexicon."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from sentences import APART, CONTENT, SAFETY, TESTS, messages, questions, read

from bot.content import LANGS
from bot.safety import CODES

ROOT = TESTS.parent
ALIKE = 0.8
"""From this similarity on (edits / length of the longer one <= 0.2) two sentences are near copies: a
respelling, or one word of six changed. Lower, short questions that merely share a frame meet ("what
is xylazine", "what is dialysis": 0.67), and telling those apart is what we test."""
EXAMPLES = ("must", "must_not")
"""Keys of the lexicon under which texts stand."""


def plain(text: str) -> str:
    """Lower case, without accents, punctuation and double spaces: those do not make a sentence new."""
    letters = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", letters.replace("'", "").replace("’", "")))


def lang_of(path: Path) -> str:
    """Its language, as its name says."""
    return next(lang for lang in LANGS if lang in path.name.split("."))


def nlu(path: Path) -> Iterator[str]:
    """The examples of one file that Rasa learns from, without entity marks."""
    for block in read(path)["nlu"]:
        for line in block["examples"].splitlines():
            yield re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line.removeprefix("- "))


def beneath(node: Any, inside: bool = False) -> Iterator[str]:
    """The lexicon's examples, wherever they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from beneath(value, inside or key in EXAMPLES)
    elif isinstance(node, list):
        for value in node:
            yield from beneath(value, inside)
    elif inside and isinstance(node, str):
        yield node


@functools.cache
def learnt() -> dict[str, dict[str, str]]:
    """All texts something was made from, by language: their plain form and the file they stand in."""
    found: dict[str, dict[str, str]] = {lang: {} for lang in LANGS}
    readers = {"data/nlu": nlu, "data/safety": lambda path: read(path)["texts"]}
    readers["content/safety"] = lambda path: beneath(read(path))
    for folder, reader in readers.items():
        for path in sorted((ROOT / folder).rglob("*.yml")):
            place = str(path.relative_to(ROOT))
            found[lang_of(path)].update((plain(text), place) for text in reader(path))
    return found


def ours(lang: str) -> list[str]:
    """Every test sentence of one language."""
    rows = [*questions(), *messages()]
    return sorted({row.text for row in rows if row.lang == lang})


def near_copies(texts: list[str], known: dict[str, str]) -> Iterator[str]:
    """Each text that stands in `known`, or nearly so, with the place.

    Rows go by length, in blocks, against those known texts alone whose length allows a near copy.
    """
    forms = sorted(known, key=len)
    lengths = np.array([len(form) for form in forms])
    by_length = sorted(texts, key=lambda text: len(plain(text)))
    for start in range(0, len(by_length), 50):
        block = by_length[start : start + 50]
        rows = [plain(text) for text in block]
        low = np.searchsorted(lengths, int(len(rows[0]) * ALIKE), "left")
        high = np.searchsorted(lengths, len(rows[-1]) / ALIKE + 1, "right")
        scores = cdist(rows, forms[low:high], scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
        for row, column in np.argwhere(scores >= ALIKE):
            form = forms[low + column]
            yield f"{block[row]!r} is like {form!r} in {known[form]} ({scores[row, column]:.2f})"


@pytest.mark.parametrize("lang", LANGS)
def test_no_test_sentence_was_learnt_from(lang: str) -> None:
    copies = list(near_copies(ours(lang), learnt()[lang]))
    assert not copies, "write the test sentence anew:\n" + "\n".join(copies)


def test_a_near_copy_is_found() -> None:
    known = {plain("how long does a bruise from the needle last"): "data"}
    assert list(near_copies(["How long does a bruise from a needle LAST??"], known))
    assert not list(near_copies(["how soon is the swelling from a wasp gone"], known))


@pytest.mark.parametrize("lang", LANGS)
def test_both_sides_were_read(lang: str) -> None:
    assert len(learnt()[lang]) > 10_000
    assert len(ours(lang)) > 1_200


def test_every_passage_has_its_sentences() -> None:
    passages = ROOT / "content" / "passages"
    wanted = {path.relative_to(passages).parent / path.name.split(".")[0] for path in passages.rglob("*.md")}
    there = {path.relative_to(CONTENT).with_suffix("") for path in CONTENT.rglob("*.yml")}
    assert {path for path in there if path.parts[0] not in APART} == wanted
    for path in wanted:
        assert all(len(read(CONTENT / f"{path}.yml")[lang]) >= 8 for lang in LANGS), path


@pytest.mark.parametrize("lang", LANGS)
def test_every_protocol_has_its_messages(lang: str) -> None:
    for code in CODES:
        texts = read(SAFETY / f"{code}.{lang}.yml")
        assert texts["code"] == code
        assert sum(map(len, texts["must"].values())) >= 10, code
        assert len(texts["must_not"]) >= 8, code
