"""Pictures of the console for docs/console.md, with people and numbers that are made up.

`.venv/bin/python tests/browser/console_pictures.py` writes docs/images/console-*.png.
"""

# ruff: noqa: E402 (the folders of the tests must be known first)
from __future__ import annotations

import datetime as dt
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:3]]

from console_house import ConsoleHouse, Stranger
from house import topic
from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from bot import content
from bot.models import (
    Callback,
    Contact,
    Conversation,
    Counsellor,
    Feedback,
    Handoff,
    Identity,
    Message,
    State,
    Unanswered,
    new_id,
)
from bot.stage import utc_now

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DAYS = 30
TOPICS = (
    "abscess",
    "wound_care",
    "naloxone",
    "appearance",
    "cellulitis",
    "hiding_marks",
    "fentanyl",
    "stigma",
    "treatment",
    "vein_care",
    "hep_c_test",
    "withdrawal",
)
ENDS = (
    "answered",
    "answered",
    "answered",
    "referred",
    "referred",
    "no_reply",
    "contact_left",
    "callback_agreed",
    "emergency_services",
    "nobody_came",
)
DICE = random.Random(7)


def main() -> None:
    """Open a house, fill it, take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    names = sys.argv[1:] or ["queue", "conversation", "overview", "review"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = ConsoleHouse(Path(folder), content.load(strict=False))
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
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
            SCENES[name](page)
            page.wait_for_timeout(400)
            page.screenshot(path=IMAGES / f"console-{name}.png")
        browser.close()
        home.close()


def queue(page: Page) -> None:
    """The desk: the gravest one read before it is claimed."""
    page.locator(".row", has_text="Claim").get_by_role("button", name="Open").first.click()
    page.locator(".pane .summary").wait_for()
    page.locator("body").press("j")


def conversation(page: Page) -> None:
    """One conversation with its protocol beside it."""
    page.locator(".row", has_text="Open").filter(has_text="Ana").get_by_role(
        "button", name="Open"
    ).first.click()
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


SCENES = {"queue": queue, "conversation": conversation, "overview": overview, "review": review}


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


def past(session: Session, library: content.Library) -> None:
    """A month of conversations without a word in them."""
    today = utc_now()
    shown = [name for name in TOPICS if (name, "en") in library.passages] or sorted(
        {k for k, _ in library.passages}
    )[:12]
    nobody = Counsellor(login="past", name="Past", role="counsellor", created_at=today)
    nobody.new_key(session.info["vault"])
    session.add(nobody)
    for back in range(DAYS - 1, -1, -1):
        day = today - dt.timedelta(days=back, hours=2)
        weekend = day.weekday() >= 5
        for _ in range(DICE.randint(9, 16) if weekend else DICE.randint(17, 31)):
            one(session, day + dt.timedelta(minutes=DICE.randint(-300, 60)), shown, library)


def one(session: Session, at: dt.datetime, shown: list[str], library: content.Library) -> None:
    """One conversation of the past."""
    lang = "es" if DICE.random() < 0.34 else "en"
    contact = Contact(created_at=at)
    contact.new_key(session.info["vault"])
    identity = Identity(id=new_id(), contact=contact, channel="web", address_hash=new_id())
    conversation = Conversation(
        identity=identity,
        contact=contact,
        channel=DICE.choice(("web", "web", "web", "sms", "whatsapp")),
        language=lang,
        created_at=at,
        next_seq=40,
    )
    conversation.new_key(session.info["vault"])
    session.add_all([contact, identity, conversation])
    session.flush()
    seq = 0
    level = DICE.choices((None, "P0", "P1", "P2"), (88, 3, 5, 4))[0]
    for n in range(DICE.randint(2, 6)):
        route = DICE.choices(("answer", "smalltalk", "fallback", "boundary", "match"), (70, 12, 8, 5, 5))[0]
        common = {"conversation": conversation, "channel": "web", "language": lang, "created_at": at}
        seq += 2
        session.add(
            Message(
                seq=seq,
                direction="in",
                author="contact",
                state=State.CLOSED,
                route=route,
                level=level if n == 0 else None,
                **common,
            )
        )
        if route == "fallback":
            row = Unanswered(conversation=conversation, language=lang, at=at)
            session.add(row)
            row.text = DICE.choice(ASKED[lang])
        if route != "answer":
            continue
        name = shown[min(len(shown) - 1, int(DICE.expovariate(0.35)))]
        passage = library.passages[name, lang]
        answer = Message(
            seq=seq + 1,
            direction="out",
            author="bot",
            state=State.SENT,
            sent_at=at,
            content=f"passages/{passage.group}/{name}",
            **common,
        )
        session.add(answer)
        if DICE.random() < 0.16:
            session.flush()
            session.add(
                Feedback(
                    message_id=answer.id,
                    thumb="up" if DICE.random() < 0.81 else "down",
                    content=answer.content,
                    content_version="0c1d2e3f4a5b",
                    language=lang,
                    at=at,
                )
            )
    if level or DICE.random() < 0.18:
        asked(session, conversation, at, level or "P3")


def asked(session: Session, conversation: Conversation, at: dt.datetime, level: str) -> None:
    """They asked for a human, who came or did not."""
    end = DICE.choice(ENDS)
    usual = {"P0": 0.6, "P1": 1.4, "P2": 3.0, "P3": 4.5}[level]
    claimed = None if end == "nobody_came" else at + dt.timedelta(minutes=DICE.lognormvariate(0, 0.6) * usual)
    session.add(
        Handoff(
            conversation=conversation,
            state="closed",
            reason="risk" if level < "P2" else "asked",
            level=level,
            language=conversation.language,
            requested_at=at,
            claimed_at=claimed,
            first_reply_at=claimed,
            ended_at=at + dt.timedelta(minutes=25),
            end_reason=end,
        )
    )
    if end in {"nobody_came", "callback_agreed"}:
        done = at + dt.timedelta(hours=5) if DICE.random() < 0.9 else None
        session.add(
            Callback(conversation=conversation, reason="asked", level=level, asked_at=at, done_at=done)
        )


ASKED = {
    "en": (
        "is it safe to fly with an abscess",
        "do marks show up on a passport photo",
        "can my dog get ill from a needle",
    ),
    "es": (
        "¿puedo donar sangre si ya no uso?",
        "¿el laser borra las marcas?",
        "¿me pueden despedir por las marcas?",
    ),
}

if __name__ == "__main__":
    main()
