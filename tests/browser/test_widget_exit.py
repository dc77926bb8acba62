"""A shared computer keeps nothing, and the way to help is always on screen (numbers 21 and 22)."""

from __future__ import annotations

import pytest
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Browser, BrowserContext, Page, Route
from proxy import Proxy
from serving import Serving, Site
from states import answer

# Presses Quick exit and looks, in the same moment, at what is left.
PRESS = """
root.querySelector('.exit').click();
const left = [sessionStorage.length, localStorage.length, document.cookie];
return [document.documentElement.childElementCount, ...left];
"""
FALLBACK = '<lantern-chat>In danger, call <a href="tel:911">911</a>.</lantern-chat>'


@pytest.fixture
def away(server: Serving) -> str:
    """Where quick exit leads in these tests: a page of another site."""
    return f"http://127.0.0.1:{server.port}/host/weather"


@pytest.fixture
def sam(page: Page, site: Site, gateway: Gateway, away: str) -> Person:
    """A person with an answer on screen and words not yet sent."""
    gateway.pages["weather"] = ("<!doctype html><title>Weather</title><h1>Weather</h1>", {})
    page.goto(site(name="before", tag=""))
    page.goto(site(f'data-country="US" data-exit-url="{away}"'))
    person = Person(page)
    answer(person, gateway, "en")
    person.field.fill("nobody must read this")
    return person


def test_21_quick_exit_hides_and_clears_everything_at_once_and_leaves(
    sam: Person, gateway: Gateway, away: str
) -> None:
    token = gateway.conversation.token
    assert sam.eval(PRESS) == [0, 0, 0, ""]
    sam.page.wait_for_url(away)
    sam.page.get_by_role("heading", name="Weather").wait_for()
    assert token not in gateway.conversations  # told by a beacon, which the page did not wait for


def test_21_back_shows_the_page_before_and_no_text(sam: Person, away: str) -> None:
    sam.button("Quick exit").click()
    sam.page.wait_for_url(away)
    sam.page.go_back()
    assert sam.page.url.endswith("/host/before")
    assert sam.page.locator("lantern-chat").count() == 0
    sam.page.go_forward()
    assert sam.page.url == away


def test_21_quick_exit_works_without_a_network(sam: Person, context: BrowserContext, site: Site) -> None:
    context.set_offline(True)
    assert sam.eval(PRESS) == [0, 0, 0, ""]
    context.set_offline(False)
    sam.page.goto(site())
    sam.launcher.click()
    sam.page.locator("lantern-chat .terms").wait_for()  # a stranger's first visit
    assert sam.page.evaluate("sessionStorage.length") == 0


def test_21_a_choice_that_leaves_needs_no_answer_from_the_gateway(
    sam: Person, gateway: Gateway, away: str
) -> None:
    gateway.say("Are you safe?", choices=[{"id": "c", "label": "Leave this page now", "does": "quick_exit"}])
    sam.sees("Are you safe?")
    sam.button("Leave this page now").click()
    sam.page.wait_for_url(away)
    sam.page.get_by_role("heading", name="Weather").wait_for()


def test_21_shift_three_times_leaves_and_says_how_many_are_left(sam: Person, away: str) -> None:
    keyboard = sam.page.keyboard
    keyboard.press("Shift")
    assert sam.status.inner_text() == "Quick exit: Shift × 2"
    keyboard.press("a")
    keyboard.press("Shift")
    assert sam.status.inner_text() == "Quick exit: Shift × 2"  # another key begins anew
    keyboard.press("Shift")
    keyboard.press("Shift")
    sam.page.wait_for_url(away)


def test_21_the_other_tabs_are_emptied_too(
    sam: Person, context: BrowserContext, site: Site, gateway: Gateway
) -> None:
    page = context.new_page()
    page.goto(site())
    other = Person(page).open()
    other.shows("A hot, sore lump")
    sam.button("Quick exit").click()
    page.get_by_text("The chat has ended.").first.wait_for()
    assert "lump" not in other.log.inner_text()
    assert page.evaluate("sessionStorage.length") == 0


def test_21_after_leaving_by_a_link_the_panel_comes_back_closed_and_empty(sam: Person) -> None:
    sam.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert not sam.panel.is_visible()
    assert (
        sam.eval("return root.querySelector('.log').textContent + root.querySelector('textarea').value") == ""
    )


def test_22_the_number_stays_when_the_gateway_is_gone(page: Page, site: Site, proxy: Proxy) -> None:
    page.goto(site(port=proxy.port))
    proxy.cut()
    person = Person(page).open()
    person.page.locator("lantern-chat .terms .go").click()
    person.write("Is anyone there?")
    person.status.get_by_text("Not connected. The numbers above still work.").wait_for()
    assert page.get_by_role("link", name="Emergency Call 911").is_visible()


def _number_is_shown(page: Page) -> None:
    link = page.locator('lantern-chat > a[href="tel:911"]')
    link.wait_for()
    assert link.is_visible()


def test_22_without_scripts_the_number_is_there(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site(body=FALLBACK))
        _number_is_shown(page)


def test_22_after_a_script_error_the_number_is_there(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    # As on a page whose other scripts have broken what the widget stands on.
    page.goto(
        site(
            body=FALLBACK,
            head="<script>Element.prototype.append = () => { throw Error('broken'); };</script>",
        )
    )
    _number_is_shown(page)


def test_22_while_the_script_is_loading_or_never_comes_the_number_is_there(page: Page, site: Site) -> None:
    waiting: list[Route] = []
    page.route("**/lantern.js", lambda route, *_: waiting.append(route))
    page.goto(site(body=FALLBACK), wait_until="commit")
    _number_is_shown(page)
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].continue_()
    page.locator("lantern-chat .launcher").wait_for()
    assert not page.locator("lantern-chat > a").is_visible()


def test_22_the_demo_page_gives_numbers_without_scripts(
    browser: Browser, gateway: Gateway, server: Serving
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/demo/")
        assert page.locator('noscript a[href="tel:911"]').is_visible()
