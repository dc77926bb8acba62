"""Every string that a person can be shown keeps the rules of safe messaging."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.content import LANGS, Lang, Library, Voice, reading, wording


def test_no_string_breaks_a_rule(library: Library) -> None:
    found = [
        (path, text, rule)
        for path, lang, text in wording.strings(library)
        for rule in wording.broken(text, lang)
    ]
    assert not found


def test_every_kind_of_string_is_looked_at(library: Library) -> None:
    files = {path.rpartition("content/")[2].split("/")[0] for path, _, _ in wording.strings(library)}
    assert files == {"passages", "protocols", "questionnaires", "phrases", "policy", "helplines"}
    assert len(list(wording.strings(library))) > 2_000


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Take 40 pills"),
        ("en", "He committed suicide"),
        ("en", "Your secret is safe with me"),
        ("en", "Promise me that you are fine"),
        ("en", "You won't do anything, will you?"),
        ("en", "It is painless"),
        ("en", "She is in a better place"),
        ("en", "Calm down"),
        ("es", "Cometer suicidio"),
        ("es", "Toma 200 mg"),
        ("es", "Prométeme que estás bien"),
        ("es", "Cálmate"),
        ("es", "Es sin dolor"),
    ],
)
def test_words_that_harm_are_found(lang: Lang, text: str) -> None:
    assert list(wording.broken(text, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_message_is_one_part_in_every_country(library: Library, lang: Lang) -> None:
    at = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
    for passage in (passage for (_, spoken), passage in library.passages.items() if spoken == lang):
        for country in (*library.countries, None):
            said = Voice(library, lang, country, at).brief(passage.sms)
            assert reading.gsm_length(said) <= reading.GSM_SINGLE, (passage.id, country)
