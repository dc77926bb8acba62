"""R13: a long reply arrives in parts that fit, in order, with every number, link and letter whole."""

from __future__ import annotations

import itertools

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import length, split

NUMBERS = ["988", "1-800-662-4357", "+34 91 459 00 55", "(0800) 720 1280", "116 123", "024"]
LINKS = ["https://www.cdc.gov/overdose-prevention/index.html?a=1&b=2", "www.samaritans.org/how-we-help"]
WORDS = st.text(alphabet="abcñéü ,.!?\n", min_size=1, max_size=60)
EMOJI = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "é", "👍🏽", "🇪🇸", "नि"]
PIECES = st.lists(st.one_of(WORDS, st.sampled_from(NUMBERS + LINKS + EMOJI)), min_size=1, max_size=60)


def bare(text: str) -> str:
    return regex.sub(r"\s+", "", text)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from([80, 160, 320, 1600, 2000, 4096]))
def test_parts_fit_keep_order_and_lose_only_white_space(pieces: list[str], limit: int) -> None:
    text = " and ".join(pieces)
    parts = split(text, limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert bare("".join(parts)) == bare(text)


@settings(max_examples=200, deadline=None)
@given(PIECES, st.sampled_from([80, 160, 1600]))
def test_no_number_link_or_grapheme_is_torn(pieces: list[str], limit: int) -> None:
    text = " and ".join(pieces)
    parts = split(text, limit)
    for whole in (*NUMBERS, *LINKS):
        assert sum(part.count(whole) for part in parts) == text.count(whole), whole
    for before, after in itertools.pairwise(parts):
        seam = regex.findall(r"\X", before + after)
        assert regex.findall(r"\X", before) + regex.findall(r"\X", after) == seam


def test_a_cut_falls_between_sentences_where_it_can() -> None:
    text = "Call 988 now. " * 10 + "You are not alone."
    assert all(part.endswith(".") for part in split(text, 100))


def test_a_link_longer_than_the_limit_is_the_only_thing_that_is_cut() -> None:
    parts = split("see https://example.org/" + "a" * 300, 160)
    assert all(length(part) <= 160 for part in parts)
    assert parts[0].startswith("see")
