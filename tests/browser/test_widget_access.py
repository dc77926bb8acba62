"""Everyone can use it: assistive technology, keyboard, small screens, large text (numbers 7 to 10, 22)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Browser
from serving import Site
from states import STATES
from visits import Visit, visit

Look = Callable[[str, str], Visit]
_SEEN: dict[tuple[str, str], Visit] = {}


@pytest.fixture
def look(request: pytest.FixtureRequest, browser: Browser) -> Look:
    """What a visit of this state in this language found; each is made once for all tests that ask."""

    def at(state: str, lang: str) -> Visit:
        if (state, lang) not in _SEEN:
            page, site, gateway = (request.getfixturevalue(name) for name in ("page", "site", "gateway"))
            page.goto(site(f'data-country="US" data-lang="{lang}"'))
            _SEEN[state, lang] = visit(page, gateway, state, lang)
        return _SEEN[state, lang]

    return at


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_07_axe_finds_nothing_in_any_state_language_and_colour_scheme(
    look: Look, state: str, lang: str
) -> None:
    seen = look(state, lang)
    assert seen.axe == []
    assert seen.forced == []


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_09_no_control_is_covered_out_of_view_or_too_small(look: Look, state: str, lang: str) -> None:
    assert look(state, lang).geometry == []


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_22_an_emergency_number_is_on_screen_in_every_state(look: Look, state: str, lang: str) -> None:
    assert look(state, lang).no_number == []


def test_08_a_keyboard_is_enough_for_everything(person: Person, gateway: Gateway) -> None:
    page = person.page
    gateway.greeting = [
        {"author": "bot", "text": "What would help?", "choices": [{"id": "1", "label": "A wound"}]}
    ]
    walked: list[str] = []

    def tab(until: str) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            walked.append(person.focused())
            if until in walked[-1]:
                return
        raise AssertionError(f"{until} was not reached: {walked}")

    tab("Talk to us")
    page.keyboard.press("Enter")
    assert person.focused() == "Write a message"
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    person.sees("hello")
    person.sees("What would help?")
    tab("Send")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert person.focused() == "A wound"
    page.keyboard.press("Enter")
    assert person.focused() == "Messages"
    person.log.get_by_text("Sent").nth(1).wait_for()
    reached = []
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        reached.append(person.focused())
    for control in ["Crisis line Text 988", "Crisis line Call 988", "Emergency Call 911"]:
        assert control in reached, reached
    for control in ["Close the chat", "Menu", "Quick exit"]:
        assert control in reached, reached
    link = person.page.locator("lantern-chat nav a").first
    assert link.get_attribute("href") == "tel:911"
    page.keyboard.press("Escape")
    assert not person.panel.is_visible()
    assert person.focused().endswith("Talk to us")


def test_08_the_menu_opens_closes_and_gives_the_focus_back(person: Person) -> None:
    person.start()
    person.button("Menu").focus()
    person.page.keyboard.press("Enter")
    assert person.focused() == "Español"
    person.page.keyboard.press("Escape")
    assert person.panel.is_visible()
    assert person.focused() == "Menu"


def test_08_over_a_whole_phone_screen_the_focus_stays_in_the_panel(browser: Browser, site: Site) -> None:
    with browser.new_context(viewport={"width": 390, "height": 664}) as context:
        page = context.new_page()
        page.goto(site(body='<a href="#x">A link of the website</a>'))
        person = Person(page).open()
        for _ in range(30):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent") != "A link of the website"
        page.keyboard.press("Escape")
        assert not person.panel.is_visible()
        assert person.focused().endswith("Talk to us")


def test_10_each_message_is_announced_exactly_once(person: Person, gateway: Gateway) -> None:
    person.start()
    person.eval(
        """window.heard = []; const log = root.querySelector('[role=log]');
        new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes)
          if (log.getAttribute('aria-live') === 'polite') heard.push(node.textContent); })
          .observe(log, { childList: true });"""
    )
    sent = [
        ("bot", "From the bot."),
        ("counsellor", "From Ana."),
        ("notice", "A notice."),
        ("safety", "Safety."),
    ]
    for author, text in sent:
        gateway.say(text, author)
    person.write("From the person.")
    gateway.put("state", holder="requested", place=1, wait_minutes=2)
    gateway.put("typing", who="bot", on=True)
    gateway.say("The last one.")
    person.sees("The last one.")
    heard = person.page.evaluate("heard")
    for _, text in [*sent, ("contact", "From the person."), ("bot", "The last one.")]:
        assert sum(text in one for one in heard) == 1, heard
    assert len(heard) == 6
    typing = person.page.locator("lantern-chat div.line")
    assert typing.evaluate("e => e.closest('[aria-live], [role=status], output') === null")


def test_10_history_is_not_read_out_again_after_a_reload(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.say("Said before the reload.")
    person.sees("Said before the reload.")
    person.page.reload()
    person.page.evaluate(
        """() => { window.live = []; const root = document.querySelector('lantern-chat').shadowRoot;
        const log = root.querySelector('[role=log]');
        const note = () => live.push(log.getAttribute('aria-live'));
        new MutationObserver(note).observe(log, { childList: true }); }"""
    )
    person.launcher.click()
    person.sees("Said before the reload.")
    assert "polite" not in person.page.evaluate("live")
    gateway.say("Said after it.")
    person.sees("Said after it.")
    assert person.page.evaluate("live").count("polite") == 1


def test_10_who_answers_and_the_waiting_place_are_status_regions(person: Person, gateway: Gateway) -> None:
    person.start()
    assert person.who.inner_text() == "You are talking to: an automated assistant"
    gateway.put("state", holder="claimed", name="Ana")
    person.page.get_by_text("You are talking to: Ana (counsellor)").wait_for()
    statuses = person.page.get_by_role("status")
    assert "You are talking to: Ana (counsellor)" in statuses.all_inner_texts()
