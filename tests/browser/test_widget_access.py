"""Everyone can use it: assistive technology, keyboard, small screens, large text (numbers 7 to 10, 22)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Browser, Page
from serving import Serving, Site
from states import STATES, answer
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


@pytest.mark.parametrize("lang", ["en", "es"])
def test_22_on_a_phone_the_numbers_stand_in_one_row(page: Page, site: Site, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site(f'data-country="US" data-lang="{lang}"'))
    person = Person(page).open()
    rows = person.eval("return [...root.querySelectorAll('nav a')].map((e) => e.getBoundingClientRect().y);")
    assert len(rows) == 3
    assert len(set(rows)) == 1
    # In the empty field nothing of the invitation to write is cut off.
    assert person.field.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")


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


def test_08_no_control_is_out_of_reach_of_the_keyboard(person: Person, gateway: Gateway) -> None:
    answer(person, gateway, "en")
    person.log.locator("summary").press("Enter")
    person.button("Menu").press("Enter")
    controls: int = person.eval(
        """window.reached = new Set();
        const all = [...root.querySelectorAll('button, a, textarea, summary')];
        root.addEventListener('focusin', (e) => reached.add(e.target));
        return all.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled).length;"""
    )
    person.log.focus()
    for _ in range(controls + 4):  # the list of messages, and the page around the chat
        person.page.keyboard.press("Tab")
    unreached = person.eval(
        """return [...root.querySelectorAll('button, a, textarea, summary')]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !reached.has(e))
        .map((e) => e.textContent);"""
    )
    assert controls > 15
    assert unreached == []


def test_08_quick_exit_and_the_emergency_link_are_carried_out_by_keyboard(
    page: Page, site: Site, gateway: Gateway, server: Serving
) -> None:
    gateway.pages["weather"] = ("<!doctype html><title>Weather</title>", {})
    page.goto(site(f'data-country="US" data-exit-url="http://127.0.0.1:{server.port}/host/weather"'))
    person = Person(page).start()
    person.eval(
        """window.called = []; root.querySelector('nav').addEventListener('click', (e) => {
        e.preventDefault(); called.push(e.target.closest('a').href); });"""
    )
    person.page.locator("lantern-chat nav a").first.press("Enter")
    assert page.evaluate("called") == ["tel:911"]
    person.button("Quick exit").press("Enter")
    page.wait_for_url("**/host/weather")


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


# Notes from the first moment what is added to the list of messages, and whether it is read out then.
HEARD = """
window.heard = []; const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  queueMicrotask(() => { const log = root.querySelector('[role=log]');
    new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes)
      heard.push([log.getAttribute('aria-live'), node.textContent]); }).observe(log, { childList: true }); });
  return root; };
"""


def test_10_history_is_not_read_out_again_after_a_reload(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.say("Said before the reload.")
    person.sees("Said before the reload.")
    person.page.add_init_script(HEARD)
    person.page.reload()
    person.launcher.click()
    person.sees("Said before the reload.")
    gateway.say("Said after it.")
    person.sees("Said after it.")
    heard = [(how, text.removeprefix("Assistant")) for how, text in person.page.evaluate("heard")]
    assert heard == [("off", "Said before the reload."), ("polite", "Said after it.")]


def test_10_who_answers_and_the_waiting_place_are_status_regions(person: Person, gateway: Gateway) -> None:
    person.start()
    assert person.who.inner_text() == "You are talking to: an automated assistant"
    gateway.put("state", holder="claimed", name="Ana")
    person.page.get_by_text("You are talking to: Ana (counsellor)").wait_for()
    statuses = person.page.get_by_role("status")
    assert "You are talking to: Ana (counsellor)" in statuses.all_inner_texts()
