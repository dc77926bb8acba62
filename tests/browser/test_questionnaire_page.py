"""The search for a therapist in a real browser: by keyboard alone, on the narrowest phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from person import Person
from playwright.sync_api import Browser
from seekers import ASKED
from widget_house import WidgetHouse

from bot import content, matching
from bot.stage import utc_now

# What is typed where there is nothing to press, and what is pressed where there is.
ANSWERS = [
    "[Yes, go on]",
    "[Yes, I'm safe]",
    "[18 or over]",
    "[Me]",
    "I'm in Ohio and have Medicaid, evenings",
    "[Trauma]",
    "[That's all]",
    "[None of these]",
    "[None of these]",
    "[Skip]",
    "[Video]",
    "[That's all]",
    "[No wishes]",
    "[In this chat]",
    "[None of these]",
    "[It's right, look now]",
]


@pytest.fixture
def house(tmp_path: Path, library: content.Library) -> Iterator[WidgetHouse]:
    """A gateway of its own, with a directory."""
    house = WidgetHouse(tmp_path, library)
    house.engine.answer = ASKED
    sample = matching.load(content.ROOT / "directory" / "sample.yml")
    with house.kit.database.begin() as session:
        matching.replace(session, sample.entries, utc_now(), "test")
    yield house
    house.close()


def test_every_question_is_answered_by_keyboard_at_320_pixels(browser: Browser, house: WidgetHouse) -> None:
    with browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce") as context:
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto(f"{house.url}/demo/")
        person = Person(page).start()
        person.write("please find me a therapist")
        for answer in ANSWERS:
            newest = person.log.locator(".message").last
            if answer.startswith("["):
                # Only the newest question's own buttons: an older "No" is still on the page.
                button = newest.get_by_role("button", name=answer.strip("[]"), exact=True)
                button.wait_for()
                button.focus()
                page.keyboard.press("Enter")
            else:
                newest.get_by_text("Ohio, USA").or_(newest.get_by_text("country and state")).first.wait_for()
                person.field.focus()
                page.keyboard.type(answer)
                page.keyboard.press("Enter")
            wide = person.eval(
                "const log = root.querySelector('.log'); return log.scrollWidth - log.clientWidth;"
            )
            assert wide <= 0, f"after {answer!r} the log is {wide} pixels too wide"
        person.log.get_by_text("Shown because").first.wait_for()
        assert 1 <= person.log.locator(".message h3").count() <= 3
