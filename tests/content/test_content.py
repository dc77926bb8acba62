"""What a clinician signs holds its rules; what must never be shown is not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from house import NOON

from bot import content
from bot.content import Library, Voice, claims, helplines, lint
from bot.errors import ContentError


def test_every_text_holds_the_rules(library: Library) -> None:
    assert [str(fault) for fault in lint.check(library, NOON.date()) if not fault.due] == []


def test_every_claim_of_the_article_is_answered_for(library: Library) -> None:
    assert list(claims.faults(claims.read(), library)) == []


@pytest.mark.parametrize("country", ["US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "MX", "ES", None, "FR"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_country_has_numbers_for_every_need(
    library: Library, country: str | None, lang: content.Lang
) -> None:
    numbers = helplines.numbers(library.countries, country, lang, NOON)
    assert all(numbers.values())
    assert "{" not in "".join(numbers.values())


def test_an_unverified_line_is_never_shown(library: Library) -> None:
    for country in library.countries.values():
        hidden = {line.id for line in country.lines if line.status == "unverified"}
        assert not hidden & {line.id for line in helplines.shown(country, NOON)}


def test_the_first_round_the_clock_line_survives_its_date(library: Library) -> None:
    late = NOON + dt.timedelta(days=400)
    numbers = helplines.numbers(library.countries, "US", "en", late)
    assert "988" in numbers["crisis"]


def test_an_overdue_passage_is_shown_with_its_date(library: Library) -> None:
    late = NOON + dt.timedelta(days=400)
    reply = Voice(library, "en", "US", late).passage("abscess")
    assert reply is not None
    assert reply.reviewed is not None
    assert reply.reviewed["overdue"] in content.plain(reply, Voice(library, "en", "US", late))


def test_no_brace_ever_reaches_a_person(library: Library) -> None:
    for lang in content.LANGS:
        voice = Voice(library, lang, None, NOON)
        for name, kept in library.passages:
            if kept == lang:
                reply = voice.passage(name)
                assert reply is not None
                assert "{" not in reply.text


def test_a_misspelled_field_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "helplines"
    folder.mkdir()
    (folder / "XX.yml").write_text("# a\n# b\ncountry: XX\nnmaes: {en: X}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"XX\.yml:\d+: "):
        content.load(tmp_path)


def test_an_unverified_paragraph_is_kept_in_the_file_and_never_shown(tmp_path: Path) -> None:
    folder = tmp_path / "passages" / "marks"
    folder.mkdir(parents=True)
    front = "title: T\nlabel: L\nsms: S\nreview_due: 2027-01-01\n"
    (folder / "x.en.md").write_text(f"---\n{front}---\nShown.\n\n[unverified] Hidden.\n", encoding="utf-8")
    assert content.load(tmp_path).passages["x", "en"].body == "Shown."
