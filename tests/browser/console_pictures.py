"""Pictures of the console for docs/console.md, with people and numbers that are made up.

`.venv/bin/python tests/browser/console_pictures.py` writes docs/images/console-*.png.
"""

# ruff: noqa: E402 (the folders of the tests must be known first)
from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:3]]

import chromium
from console_house import ConsoleHouse, Stranger
from console_past import past
from house import topic
from pictures import small
from playwright.sync_api import Browser, Page, sync_playwright

from bot import content, eventlog
from bot.models import (
    Counsellor,
    Handoff,
)
from bot.stage import utc_now

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def main() -> None:
    """Open a house, fill it, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    names = sys.argv[1:] or list(SCENES)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = ConsoleHouse(Path(folder), content.load(strict=False))
        browser = chromium.start(playwright)
        context = browser.new_context(viewport={"width": 1360, "height": 780}, reduced_motion="reduce")
        with home.kit.database.begin() as session:
            past(session, home.kit.library)
        page = home.signed_in(context, "ana", "supervisor")
        page.get_by_label("Taking chats").check()
        colleagues(home)
        people(home, page)
        longer_ago(home)
        page.reload()
        page.locator(".lists .row").first.wait_for()
        for name in names:
            if name in ELSEWHERE:
                page = elsewhere(home, browser, name)
            SCENES[name](page)
            page.wait_for_timeout(400)
            small(page.screenshot()).save(IMAGES / f"console-{name}.png", optimize=True)
        browser.close()
        home.close()


def elsewhere(home: ConsoleHouse, browser: Browser, name: str) -> Page:
    """The same desk in other colours, another language or on a small screen."""
    lang, scheme, width, height = ELSEWHERE[name]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = home.signed_in(context, "ana", "supervisor", lang)
    page.locator(".lists .row").first.wait_for()
    return page


def queue(page: Page) -> None:
    """The desk: the gravest one read before it is claimed."""
    page.locator(".row", has_text="Claim").get_by_role("button", name="Open").first.click()
    page.locator(".pane .summary").wait_for()
    page.locator("body").press("j")


def conversation(page: Page) -> None:
    """One conversation with its protocol beside it."""
    page.locator("section[aria-labelledby=l-mine] .row button").first.click()
    page.locator(".compose").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.get_by_role("complementary").wait_for()


def overview(page: Page) -> None:
    """A month in numbers."""
    page.get_by_role("button", name="Overview").click()
    page.locator("svg").first.wait_for()


def review(page: Page) -> None:
    """What should be looked at again."""
    page.get_by_role("button", name="Review").click()
    page.locator("table").first.wait_for()


def night(page: Page) -> None:
    """In Spanish and dark: passages that fit, beside the conversation."""
    page.locator("section[aria-labelledby=l-mine] .row button").first.click()
    page.locator(".compose").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.locator(".passages h3").first.wait_for()


def phone(page: Page) -> None:
    """The lists on a phone."""
    page.locator(".row .seen").first.wait_for()


SCENES = {
    "queue": queue,
    "conversation": conversation,
    "overview": overview,
    "review": review,
    "night": night,
    "phone": phone,
}
ELSEWHERE = {"night": ("es", "dark", 1360, 780), "phone": ("en", "light", 390, 780)}


def colleagues(home: ConsoleHouse) -> None:
    """Rosa and Tomás are there too."""
    for login, name, role in (("rosa", "Rosa", "counsellor"), ("tomas", "Tomás", "supervisor")):
        home.account(login, role)
        with home.kit.database.begin() as session:
            one = session.query(Counsellor).filter_by(login=login).one()
            one.name, one.languages, one.available = name, "en,es", True
            # Beats stay fresh for as long as the pictures take.
            one.heartbeat_at = utc_now() + dt.timedelta(hours=1)


def people(home: ConsoleHouse, page: Page) -> None:
    """Seven people: one with Ana, one with Rosa, five who wait."""
    maria = Stranger(home)
    home.engine.answer = topic("abscess")
    maria.says("I have a hard lump where I injected last week. Is that an abscess?")
    maria.says("It is getting bigger and my partner does not know")
    maria.asks_for_a_human("Can I talk to somebody about this please?")
    page.locator(".row button.main").first.click()
    page.get_by_label("Message to the person").fill(
        "Hello, I am Ana. I have read what you wrote about the lump."
    )
    page.keyboard.press("Enter")
    maria.says("thank you. I am scared to go to the clinic, they treated me badly last time")
    page.get_by_label("Message to the person").fill(
        "That should not have happened to you. There are clinics where people are used to this. "
        "Do you have a fever, or red streaks going up the arm?"
    )
    page.keyboard.press("Enter")
    maria.says("no fever. it is warm and red around it. I am so tired of all of this, I want to kill myself")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.get_by_label("Private note").fill("Was turned away at a clinic in spring. Partner Jo does not know.")
    page.keyboard.press("Enter")
    page.locator(".said.note").wait_for()
    page.get_by_role("button", name="Close this pane").first.click()
    for text, lang in (
        ("I took all the pills just now", "en"),
        ("¿Puedo hablar con una persona? Es por mi hijo", "es"),
        ("Can I talk to a person please?", "en"),
        ("Quiero hablar con alguien", "es"),
    ):
        person = Stranger(home, lang)
        if "pills" in text:
            person.says(text)
        person.asks_for_a_human("Can I talk to a person please?" if "pills" in text else text)


def longer_ago(home: ConsoleHouse) -> None:
    """They have waited for minutes, not for the seconds that this took."""
    with home.kit.database.begin() as session:
        waiting = (
            session.query(Handoff).filter(Handoff.state != "closed").order_by(Handoff.requested_at).all()
        )
        for n, handed in enumerate(waiting):
            handed.requested_at -= dt.timedelta(minutes=11 - 2 * n, seconds=17 * n)
            if handed.claimed_at:
                handed.claimed_at -= dt.timedelta(minutes=8)
        eventlog.touch(session, eventlog.CONSOLE)


if __name__ == "__main__":
    main()
