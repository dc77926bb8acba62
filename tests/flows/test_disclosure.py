"""People are told that this is a program: at the start, every few hours, after days away, when they ask."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from house import House, said
from starlette.testclient import TestClient

from bot.content import Library


def told(house: House, text: str = "hello there", who: str = "maria") -> bool:
    outcome = house.says(text, who)
    return any(reply.content == "phrases/disclosure" for reply in outcome.replies)


def settings(house: House, **changes: float) -> None:
    house.kit = replace(house.kit, settings=msgspec.structs.replace(house.kit.settings, **changes))


def test_it_is_said_at_the_start_and_again_after_three_hours(house: House) -> None:
    assert told(house)
    house.clock.pass_(hours=2.9)
    assert not told(house)
    house.clock.pass_(hours=0.2)
    assert told(house)


def test_it_is_said_after_seven_days_away_even_where_hours_are_switched_off(house: House) -> None:
    settings(house, disclosure_hours=0, disclosure_days=7)
    assert told(house)
    house.clock.pass_(days=6)
    assert not told(house)
    house.clock.pass_(days=1.1)
    assert told(house)


def test_a_minor_hears_it_every_hour(house: House) -> None:
    house.says("im 15 and i shoot up, my mom doesnt know", "kim")
    for text in ("im safe now", "no", "no", "no", "yes", "yes", "yes im safe"):
        house.says(text, "kim")
    assert told(house, "no", "kim")
    house.clock.pass_(hours=0.9)
    assert not told(house, "hello there", "kim")
    house.clock.pass_(hours=0.2)
    assert told(house, "hello again", "kim")


def test_seconds_that_count_are_not_spent_on_it(house: House) -> None:
    assert not told(house, "my friend od'd and is not breathing")
    for text in ("yes breathing", "he woke up", "yes", "paramedics are here"):
        house.says(text)
    assert told(house, "yes they took over")


@pytest.mark.parametrize(("text", "lang"), [("are you a bot", "en"), ("eres un bot", "es")])
def test_whoever_asks_in_the_middle_of_danger_is_told(house: House, text: str, lang: str) -> None:
    house.says("i want to kill myself" if lang == "en" else "quiero suicidarme", lang=lang)
    assert "program" in house.says(text).replies[0].text


def test_whoever_asks_is_told(house: House) -> None:
    house.engine.answer = said("bot_challenge")
    assert "program" in house.says("are you real").replies[0].text


@pytest.mark.parametrize(
    ("query", "words"), [("lang=en&country=US", "call or text 988"), ("lang=es", "programa")]
)
def test_the_public_page_says_what_happens_in_danger(client: TestClient, query: str, words: str) -> None:
    page = client.get(f"/safety?{query}")
    assert page.status_code == 200
    assert words in page.text
    assert "<td>O1</td>" in page.text
    assert "{" not in page.text
    assert "http://" not in page.text.replace("https://", "")
    assert "script" not in page.text


def test_the_public_page_shows_how_much_danger_is_noticed(client: TestClient, library: Library) -> None:
    (figures,) = library.figures
    page = client.get("/safety?lang=es").text
    first = figures.rows[0]
    assert f"<td>{first.found} / {first.of}</td>" in page
    assert str(figures.measured_on) in page
    assert all(row.found <= row.of for row in figures.rows)
