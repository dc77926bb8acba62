"""The console's words: every key in both languages, nothing untranslated, the same places to fill."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.handoff.moves import END_REASONS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "web" / "shared" / "strings"
EN, ES = (json.loads((FOLDER / f"console.{lang}.json").read_text(encoding="utf-8")) for lang in ("en", "es"))
# The same in both: names, signs and words that the languages share.
SHARED = {"brand", "bot", "safety", "minutes", "seconds", "hours", "role_supervisor", "say_no"}


def test_every_word_stands_in_both_languages() -> None:
    assert EN.keys() == ES.keys()
    assert all(text.strip() for text in (*EN.values(), *ES.values()))


def test_every_alert_says_what_it_is_about() -> None:
    raised = re.compile(r"\balert\(\s*\w+(?:\.\w+)*,\s*\"([\w.]+)\"")
    kinds = {
        kind for path in (ROOT / "bot").rglob("*.py") for kind in raised.findall(path.read_text("utf-8"))
    }
    assert "risk" in kinds
    assert [kind for kind in sorted(kinds) if f"alert_{kind}" not in EN] == []


def test_every_end_of_a_talk_has_a_name() -> None:
    assert [one for one in END_REASONS if f"end_{one}" not in EN] == []


def test_no_word_is_left_untranslated() -> None:
    assert {key for key in EN if EN[key] == ES[key]} <= SHARED


def test_the_same_places_are_filled_in_both() -> None:
    places = re.compile(r"\{\w+\}")
    assert [key for key in EN if sorted(places.findall(EN[key])) != sorted(places.findall(ES[key]))] == []


def test_a_translation_is_not_so_long_that_it_breaks_the_page() -> None:
    assert [key for key in EN if len(ES[key]) > 2.2 * len(EN[key]) + 8] == []


def test_what_the_page_knows_of_refusals_is_what_the_server_says() -> None:
    known = re.findall(r"\[/\^([^/]+)/", (ROOT / "web/console/refusals.ts").read_text("utf-8"))
    said = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    # A named part stands for a value that the server puts in.
    parts = [part.strip() for one in known for part in re.split(r"\(\?<\w+>\S+?\)", one) if part.strip()]
    assert len(known) == 18
    assert [one for one in parts if one not in said] == []
