"""The console in a real browser: claim, answer, note, end; keys, drafts, two panes, axe."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from barriers import barriers
from console_house import ConsoleHouse, Stranger
from playwright.sync_api import BrowserContext, Page, expect

from bot.models import Counsellor


@pytest.fixture
def desk(home: ConsoleHouse, context: BrowserContext) -> Iterator[Page]:
    """Ana's console, taking conversations; no script in it breaks."""
    page = home.signed_in(context, "ana", "supervisor")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.get_by_label("Taking chats").check()
    yield page
    assert errors == []


def claimed(desk: Page, person: Stranger) -> None:
    person.asks_for_a_human()
    desk.get_by_role("button", name="Claim").first.click()
    expect(desk.get_by_label("Message to the person")).to_be_focused()


def test_a_person_asks_a_counsellor_claims_answers_and_closes(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    person.says("My arm is hot and swollen since yesterday")
    claimed(desk, person)
    assert person.hears("Ana")
    desk.keyboard.type("Hello, I have read what you wrote.")
    desk.keyboard.press("Enter")
    assert person.hears("Hello, I have read what you wrote.")
    expect(desk.locator(".said.counsellor .text")).to_have_text("Hello, I have read what you wrote.")
    person.says("thank you, that helps")
    expect(desk.locator(".said.contact").last).to_contain_text("thank you, that helps")
    desk.get_by_role("button", name="End", exact=True).click()
    assert barriers(desk) == []
    desk.get_by_label("How did it end?").select_option("referred")
    desk.get_by_role("button", name="End conversation").click()
    expect(desk.get_by_text("Choose a conversation on the left.")).to_be_visible()
    assert person.hears("counsellor")
    assert [one["data"]["holder"] for one in person.events() if one["event"] == "state"][-1] == "bot"


def test_claim_to_first_word_by_keyboard_in_two_presses(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    person.asks_for_a_human()
    expect(desk.get_by_role("button", name="Claim")).to_be_visible()
    desk.locator("body").press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Message to the person")).to_be_focused()
    desk.keyboard.type("Hi")
    desk.keyboard.press("Enter")
    assert person.hears("Hi")


def test_one_key_takes_who_is_next_and_the_danger_stands_there_in_words(
    home: ConsoleHouse, desk: Page
) -> None:
    calm, urgent = Stranger(home), Stranger(home)
    calm.asks_for_a_human()
    urgent.asks_for_a_human()
    urgent.says("I want to kill myself")
    expect(desk.locator(".row .seen")).to_contain_text("Thoughts of suicide")
    desk.locator("body").press("t")
    expect(desk.get_by_label("Message to the person")).to_be_focused()
    expect(desk.locator(".pane .log")).to_contain_text("I want to kill myself")


def test_a_whole_talk_by_keyboard_ends_with_a_word_to_the_counsellor(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    person.asks_for_a_human()
    person.says("I took all the pills just now")
    expect(desk.locator(".lists li[id^=row-].P0")).to_be_visible()
    desk.locator("body").press("t")
    expect(desk.get_by_label("Message to the person")).to_be_focused()
    desk.keyboard.type("I am here with you.")
    desk.keyboard.press("Enter")
    assert person.hears("I am here with you.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    expect(desk.get_by_role("complementary")).to_contain_text("911")
    desk.keyboard.press("1")
    expect(desk.get_by_label("Message to the person")).not_to_have_value("")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Escape")
    desk.keyboard.press("x")
    expect(desk.get_by_role("dialog", name="End this conversation")).to_be_visible()
    desk.get_by_label("Case note").press("Enter")
    desk.get_by_role("button", name="End conversation").press("Enter")
    debrief = desk.get_by_role("dialog", name="That was a hard one")
    expect(debrief).to_be_visible()
    assert barriers(desk) == []
    debrief.get_by_role("button", name="Pause new conversations").press("Enter")
    expect(desk.get_by_label("Taking chats")).not_to_be_checked()


def test_a_note_looks_different_and_cannot_be_sent(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    claimed(desk, person)
    desk.keyboard.press("Escape")
    desk.keyboard.press("n")
    field = desk.get_by_label("Private note, never sent")
    expect(field).to_be_focused()
    field.fill("sounds exhausted")
    expect(desk.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator(".said.note")).to_contain_text("sounds exhausted")
    assert not person.hears("sounds exhausted", seconds=0.3)
    assert barriers(desk) == []


def test_slash_offers_prepared_replies_in_the_persons_language(home: ConsoleHouse, desk: Page) -> None:
    with home.kit.database.begin() as session:
        session.query(Counsellor).one().languages = "en,es"
    for lang, asked, words in (
        ("en", "Can I talk to a person please?", "Thank you for waiting"),
        ("es", "¿Puedo hablar con una persona, por favor?", "Gracias por esperar"),
    ):
        person = Stranger(home, lang)
        person.asks_for_a_human(asked)
        desk.get_by_role("button", name="Claim").first.click()
        field = desk.get_by_label("Message to the person")
        expect(field).to_be_focused()
        desk.keyboard.type("/wait")
        expect(desk.get_by_role("region", name="Prepared replies")).to_contain_text("Thanks for waiting")
        desk.keyboard.press("Enter")
        expect(field).to_have_value(re.compile(words))
        desk.keyboard.press("Enter")
        assert person.hears(words)


def test_the_emergency_protocol_is_one_key_away(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    claimed(desk, person)
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    panel = desk.get_by_role("complementary", name="Emergency protocol")
    expect(panel).to_contain_text("911")
    assert barriers(desk) == []
    panel.get_by_role("button", name="Use").first.click()
    expect(desk.get_by_label("Message to the person")).not_to_have_value("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    expect(panel).to_have_count(0)


def test_danger_is_announced_and_goes_to_the_top(home: ConsoleHouse, desk: Page) -> None:
    calm, urgent = Stranger(home), Stranger(home)
    calm.asks_for_a_human()
    urgent.asks_for_a_human()
    urgent.says("I took all the pills just now")
    expect(desk.locator("[role=alert].live")).to_contain_text("Danger in a conversation", timeout=3000)
    expect(desk.locator(".lists li[id^=row-]").first).to_contain_text("P0")
    assert barriers(desk) == []


def test_a_draft_survives_a_reload_and_ends_with_the_session(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    claimed(desk, person)
    desk.keyboard.type("half a sentence")
    desk.reload()
    desk.get_by_role("button", name="Open", exact=True).click()
    expect(desk.get_by_label("Message to the person")).to_have_value("half a sentence")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.locator(".menu summary").click()
    desk.get_by_role("button", name="Sign out").click()
    expect(desk.get_by_role("heading", name="Sign in")).to_be_visible()
    assert desk.evaluate("sessionStorage.length") == 0


def test_two_conversations_stand_side_by_side(home: ConsoleHouse, desk: Page) -> None:
    first, second = Stranger(home), Stranger(home)
    claimed(desk, first)
    second.asks_for_a_human()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Claim")).to_be_visible()
    desk.keyboard.press("j")
    desk.keyboard.press("b")
    expect(desk.locator(".pane")).to_have_count(2)
    expect(desk.locator(".pane.focused")).to_have_count(1)
    first.says("this is the first person")
    second.says("this is the second person")
    expect(desk.locator(".pane").nth(0)).to_contain_text("this is the first person")
    expect(desk.locator(".pane").nth(1)).to_contain_text("this is the second person")
    assert barriers(desk) == []


def test_typing_of_the_person_is_shown(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    claimed(desk, person)
    person.types()
    expect(desk.get_by_text("The person is typing")).to_be_visible()


def test_words_written_while_the_link_is_down_arrive_once(
    home: ConsoleHouse, context: BrowserContext, desk: Page
) -> None:
    person = Stranger(home)
    claimed(desk, person)
    context.set_offline(True)
    desk.keyboard.type("I am still with you")
    desk.keyboard.press("Enter")
    expect(desk.locator(".said.going")).to_be_visible()
    context.set_offline(False)
    assert person.hears("I am still with you", seconds=15)
    expect(desk.locator(".said.going")).to_have_count(0)
    assert sum("still with you" in text for text in person.heard()) == 1


def test_an_unreachable_person_is_said_before_typing(home: ConsoleHouse, desk: Page) -> None:
    person = Stranger(home)
    claimed(desk, person)
    token = person._client.headers["Authorization"].removeprefix("Bearer ")
    person._client.post("/api/exit", content=token)
    desk.reload()
    desk.get_by_role("button", name="Open", exact=True).click()
    expect(desk.get_by_text("they have left the page")).to_be_visible()
    expect(desk.get_by_label("Message to the person")).to_be_disabled()


def test_single_keys_can_be_switched_off(home: ConsoleHouse, desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    assert barriers(desk) == []
    desk.get_by_label("Single keys are on").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    expect(desk.get_by_role("complementary")).to_have_count(0)


def test_the_account_menu_closes_at_escape_elsewhere_and_when_something_is_chosen(
    home: ConsoleHouse, desk: Page
) -> None:
    menu = desk.locator("details.menu")
    for leave in (
        lambda: desk.keyboard.press("Escape"),
        lambda: desk.locator("main").click(),
        lambda: menu.get_by_role("button", name="Español").click(),
    ):
        menu.locator("summary").click()
        assert menu.get_attribute("open") is not None
        leave()
        expect(menu).not_to_have_attribute("open", "")


def test_a_supervisor_gives_a_reason_watches_and_whispers(
    home: ConsoleHouse, context: BrowserContext, desk: Page
) -> None:
    person = Stranger(home)
    claimed(desk, person)
    other = context.browser.new_context() if context.browser else context
    boss = home.signed_in(other, "boss", "supervisor")
    boss.get_by_role("button", name="Open", exact=True).click()
    expect(boss.get_by_role("dialog")).to_contain_text("audit log")
    assert barriers(boss) == []
    boss.get_by_role("button", name="Open", exact=True).last.click()
    boss.get_by_label("Whisper to the counsellor").fill("ask if they are safe")
    boss.get_by_role("button", name="Whisper").click()
    expect(desk.locator(".said.whisper")).to_contain_text("ask if they are safe")
    assert not person.hears("ask if they are safe", seconds=0.3)
    other.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_barrier_is_found_in_either_language_light_or_dark(
    home: ConsoleHouse, context: BrowserContext, lang: str, scheme: str
) -> None:
    page = home.signed_in(context, "ana", "administrator", lang)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.get_by_role("checkbox").first.check()
    person, waiting = Stranger(home, lang), Stranger(home, lang)
    person.says("I want to kill myself tonight")
    person.asks_for_a_human()
    page.locator(".row button.main").first.click()
    expect(page.locator(".compose")).to_be_visible()
    waiting.asks_for_a_human()
    expect(page.locator(".lists .row.P3")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.locator(".aside")).to_be_visible()
    assert barriers(page) == []
    page.emulate_media(forced_colors="active")
    assert barriers(page, forced=True) == []
    if lang == "en" and scheme == "light":
        page.locator(".menu summary").click()
        page.get_by_role("button", name="Staff").click()
        expect(page.locator("table")).to_be_visible()
        assert barriers(page) == []
