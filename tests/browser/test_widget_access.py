"""Everyone can use the widget: assistive technology, keyboard only, small screens, large text (frontend numbers 7 to 10)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Site
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Browser, Page
from states import STATES

SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


# With forced colours all text must have the system's colours, not ours.
FORCED = """
const ours = [];
const system = new Set(['rgb(0, 0, 0)', 'rgb(255, 255, 255)', 'rgb(0, 0, 238)', 'rgb(0, 0, 159)', 'rgb(109, 109, 109)', 'rgb(96, 0, 0)']);
for (const e of root.querySelectorAll('button, a, p, h2, h3, .by, .st, textarea'))
  if (e.checkVisibility() && !system.has(getComputedStyle(e).color)) ours.push(e.className + e.textContent + getComputedStyle(e).color);
return ours;
"""


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_07_axe_finds_nothing_in_any_state_language_and_colour_scheme(
    page: Page, site: Site, gateway: Gateway, state: str, lang: str
) -> None:
    page.goto(site(f'data-country="US" data-lang="{lang}"'))
    STATES[state](Person(page), gateway, lang)
    axe = Axe()
    for name, media in SCHEMES.items():
        page.emulate_media(**{"color_scheme": "light", "forced_colors": "none", **media})  # type: ignore[arg-type]
        # Axe reads -webkit-text-fill-color, which forced colours leave as it was: there the system's colours are asked for.
        rules = {"color-contrast": {"enabled": name != "forced"}}
        found = axe.run(page, options={**RULES, "rules": rules})
        told = [
            (v["id"], n["html"][:120], n["failureSummary"][:300])
            for v in found.response["violations"]
            for n in v["nodes"]
        ]
        assert not told, f"{state} {lang} {name}"
    assert Person(page).eval(FORCED) == []


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


GEOMETRY = """
const seen = [], bad = [];
const inside = (b) => b.left >= -0.5 && b.top >= -0.5 && b.right <= innerWidth + 0.5 && b.bottom <= innerHeight + 0.5;
const top = (x, y) => { let e = document.elementFromPoint(x, y); while (e && e.shadowRoot) { const i = e.shadowRoot.elementFromPoint(x, y); if (!i || i === e) break; e = i; } return e; };
for (const control of root.querySelectorAll('button, a[href], textarea, summary')) {
  if (!control.checkVisibility({ visibilityProperty: true })) continue;
  if (control.closest('.menu, .log')) control.scrollIntoView({ block: 'nearest' });
  const box = control.getBoundingClientRect();
  const name = control.getAttribute('aria-label') || control.textContent;
  const inline = control.matches('p a, li a, summary');
  const scrolls = control.closest('.log, .menu');
  const view = scrolls ? scrolls.getBoundingClientRect() : null;
  seen.push(name);
  if (!inline && (box.width < 43.5 || box.height < 43.5)) bad.push(name + ' is small: ' + box.width + ' x ' + box.height);
  if (box.height < 19) bad.push(name + ' is very small');
  if (view && view.height < box.height) { if (view.height < 24) bad.push(name + ' has no room'); continue; }
  if (!inside(box)) bad.push(name + ' is out of view: ' + JSON.stringify(box));
  const at = top(box.left + box.width / 2, box.top + box.height / 2);
  if (at !== control && !control.contains(at)) bad.push(name + ' is covered by ' + (at && (at.className || at.tagName)));
}
if (document.documentElement.scrollWidth > innerWidth) bad.push('the page scrolls sideways');
for (const part of root.querySelectorAll('.log, dialog, .menu')) if (part.scrollWidth > part.clientWidth + 1) bad.push(part.className + ' scrolls sideways');
return { seen, bad };
"""


SIZES = [(320, 256, 100), (390, 664, 100), (1280, 800, 100), (390, 664, 200), (1280, 800, 200)]


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_09_no_control_is_covered_out_of_view_or_too_small(
    page: Page, site: Site, gateway: Gateway, state: str, lang: str
) -> None:
    page.goto(site(f'data-country="US" data-lang="{lang}"'))
    person = Person(page)
    STATES[state](person, gateway, lang)
    for width, height, percent in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        person.eval("root.querySelector('dialog').style.setProperty('--sz', arg)", percent / 100)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
        found = person.eval(GEOMETRY)
        assert found["seen"]
        assert found["bad"] == [], f"{state} at {width} x {height}, {percent} %, {lang}"


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
        new MutationObserver(() => live.push(log.getAttribute('aria-live'))).observe(log, { childList: true }); }"""
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
