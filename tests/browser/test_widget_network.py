"""Nothing is lost, doubled or out of order, whatever the network does (numbers 11 to 16).

How long it takes (numbers 12, 14 and 16) is measured by bench/widget.py.
"""

from __future__ import annotations

import json

import pytest
from fake_gateway import Gateway
from person import Person
from playwright.sync_api import Browser, BrowserContext, Page
from proxy import Proxy
from serving import Site, until


@pytest.fixture
def shaky(page: Page, site: Site, proxy: Proxy) -> Person:
    """A person whose way to the gateway leads through a bad network."""
    page.goto(site(port=proxy.port))
    return Person(page).start()


def test_11_a_message_written_while_offline_says_so_and_goes_out_later(
    shaky: Person, gateway: Gateway, proxy: Proxy
) -> None:
    proxy.cut()
    shaky.write("Is anyone there?")
    shaky.log.get_by_text("Not sent yet. We keep trying.").wait_for()
    shaky.status.get_by_text("Not connected. The numbers above still work.").wait_for()
    proxy.down = False
    shaky.log.get_by_text("Sent", exact=True).wait_for()
    assert gateway.texts("contact") == ["Is anyone there?"]
    until(lambda: shaky.status.inner_text() == "")


def test_11_what_was_not_sent_before_a_reload_is_sent_after_it(
    shaky: Person, gateway: Gateway, proxy: Proxy
) -> None:
    proxy.cut()
    shaky.write("Please do not lose this.")
    shaky.log.get_by_text("Not sent yet.", exact=False).wait_for()
    proxy.down = False
    shaky.page.reload()
    until(lambda: gateway.texts("contact") == ["Please do not lose this."])
    assert "lose this" not in str(shaky.page.evaluate("JSON.stringify(sessionStorage)"))


def test_11_an_event_that_comes_twice_is_shown_once(person: Person, gateway: Gateway) -> None:
    person.start()
    until(lambda: gateway.readers() == 1)
    gateway.say("Once.")
    gateway.repeat()
    gateway.say("Then this.")
    gateway.repeat()
    gateway.say("The end.")
    person.sees("The end.")
    assert person.bodies() == ["Once.", "Then this.", "The end."]


def test_11_a_refused_message_stays_on_screen_and_can_be_tried_again(
    person: Person, gateway: Gateway
) -> None:
    person.start()
    until(lambda: gateway.readers() == 1)
    gateway.refuse = 400
    person.write("First try.")
    person.log.get_by_text("That did not work.").wait_for()
    gateway.refuse = 0
    person.log.get_by_role("button", name="Try again").click()
    person.log.get_by_text("Sent", exact=True).wait_for()
    assert person.bodies("contact") == ["First try."]


def test_11_a_quick_first_message_is_not_lost_while_other_tabs_are_asked(
    person: Person, gateway: Gateway
) -> None:
    person.launcher.click()
    person.write("Help me now.")
    person.sees("Help me now.")
    until(lambda: bool(gateway.conversations) and gateway.texts("contact") == ["Help me now."])
    assert len(gateway.conversations) == 1


def test_12_the_first_message_after_an_outage_comes_by_itself(
    shaky: Person, gateway: Gateway, proxy: Proxy
) -> None:
    for n in range(3):
        proxy.cut()
        gateway.say(f"while away {n}")
        shaky.page.wait_for_timeout(700)
        proxy.down = False
        shaky.sees(f"while away {n}")


def test_13_a_half_open_link_is_noticed_and_shown_within_thirty_seconds(
    page: Page, site: Site, gateway: Gateway, proxy: Proxy
) -> None:
    page.clock.install()
    page.goto(site(port=proxy.port))
    person = Person(page)
    person.launcher.click()
    page.clock.run_for(200)
    page.locator("lantern-chat .terms .go").click()
    until(lambda: gateway.readers() == 1)
    gateway.say("Before.")
    person.sees("Before.")
    proxy.frozen = True
    page.clock.run_for(24_000)
    assert person.status.inner_text() == ""
    page.clock.run_for(5_500)
    assert person.status.inner_text() == "Not connected. The numbers above still work."
    gateway.say("During.")
    proxy.cut()
    proxy.frozen = proxy.down = False
    for _ in range(10):
        page.clock.run_for(3_000)
    person.sees("During.")


def test_13_a_proxy_that_holds_the_stream_back_is_met_with_long_polling(
    page: Page, site: Site, gateway: Gateway
) -> None:
    gateway.buffer = True
    page.clock.install()
    page.goto(site())
    person = Person(page)
    person.launcher.click()
    page.clock.run_for(200)
    page.locator("lantern-chat .terms .go").click()
    until(lambda: gateway.readers() == 1)
    gateway.say("Held back.")
    page.clock.run_for(13_000)
    page.clock.run_for(3_000)
    person.sees("Held back.")
    gateway.say("Polled.")
    person.sees("Polled.")
    person.write("Both ways.")
    person.log.get_by_text("Sent", exact=True).wait_for()


def test_14_twelve_tabs_over_http_1_all_work_on_one_stream(
    context: BrowserContext, site: Site, gateway: Gateway
) -> None:
    address = site()
    tabs = []
    for n in range(12):
        page = context.new_page()
        page.goto(address)
        person = Person(page)
        if n:
            person.launcher.click()
            page.locator("lantern-chat textarea[placeholder]").wait_for()
        else:
            person.start()
            until(lambda: gateway.readers() == 1)
        tabs.append(person)
    assert len(gateway.conversations) == 1
    until(lambda: gateway.readers() == 1)
    for n, person in enumerate(tabs):
        person.write(f"from tab {n}")
        person.sees(f"from tab {n}")
    gateway.say("To all of you.")
    for person in tabs:
        person.sees("To all of you.")
    assert gateway.readers() == 1
    assert sorted(gateway.texts("contact")) == sorted(f"from tab {n}" for n in range(12))
    for person in tabs:
        assert person.bodies("contact") == gateway.texts("contact")


def test_14_when_the_leading_tab_dies_another_takes_over(
    context: BrowserContext, site: Site, gateway: Gateway
) -> None:
    address = site()
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(address)
    Person(second).start()
    gateway.say("Hello.")
    leader = Person(first)
    leader.open()
    first.bring_to_front()
    first.wait_for_timeout(200)
    until(lambda: gateway.readers() == 1)
    first.close()
    gateway.say("Still here.")
    Person(second).sees("Still here.")
    until(lambda: gateway.readers() == 1)


def test_15_a_counsellors_message_reaches_an_unfocused_tab_and_its_title(
    context: BrowserContext, site: Site, gateway: Gateway
) -> None:
    page = context.new_page()
    page.goto(site())
    person = Person(page).start()
    until(lambda: gateway.readers() == 1)
    other = context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    page.evaluate("document.hasFocus = () => false")  # headless tabs all believe that they have the focus
    for n in range(5):
        gateway.say(f"Ana {n}", "counsellor", name="Ana")
    for n in range(5):
        person.sees(f"Ana {n}")
    assert page.title() == "(5) A website"
    page.bring_to_front()
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    assert page.title() == "A website"


def test_15_with_the_panel_closed_the_launcher_counts_new_messages(person: Person, gateway: Gateway) -> None:
    person.start()
    until(lambda: gateway.readers() == 1)
    person.button("Close the chat").click()
    gateway.say("Are you there?", "counsellor", name="Ana")
    person.page.get_by_role("button", name="(1) Talk to us").wait_for()
    assert person.page.title() == "(1) A website"
    person.launcher.click()
    person.sees("Are you there?")
    assert person.page.title() == "A website"


def test_16_a_reload_brings_history_draft_and_counsellor_back(person: Person, gateway: Gateway) -> None:
    person.start()
    texts = [f"line {n}" for n in range(120)]
    for text in texts:
        gateway.say(text)
    gateway.put("state", holder="claimed", name="Ana")
    person.write("My own.")
    person.sees("My own.")
    person.field.fill("not sent yet")
    person.page.reload()
    person.launcher.click()
    person.sees("My own.")
    assert person.bodies() == [*texts, "My own."]
    assert person.field.input_value() == "not sent yet"
    assert person.who.inner_text() == "You are talking to: Ana (counsellor)"


def test_16_only_token_draft_and_unsent_words_are_ever_stored(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.say("A private answer.")
    person.write("A private question.")
    person.log.get_by_text("Sent", exact=True).wait_for()
    person.field.fill("half a")
    stored = person.page.evaluate(
        "({ ...sessionStorage, local: localStorage.length, cookie: document.cookie })"
    )
    assert stored.pop("local") == 0
    assert stored.pop("cookie") == ""
    kept = json.loads(stored.pop("lantern"))
    assert stored == {}
    assert kept == {"token": gateway.conversation.token, "draft": "half a", "unsent": []}


def test_16_a_session_that_has_expired_ends_kindly(person: Person, gateway: Gateway) -> None:
    person.start()
    until(lambda: gateway.readers() == 1)
    gateway.conversations.clear()
    person.page.reload()
    person.launcher.click()
    person.page.get_by_text("The chat has ended.").first.wait_for()
    assert person.page.evaluate("sessionStorage.length") == 0
    person.page.locator("lantern-chat .foot button").click()
    person.page.locator("lantern-chat .terms").wait_for()


def test_11_a_busy_gateway_is_given_the_time_it_asks_for(
    browser: Browser, person: Person, gateway: Gateway
) -> None:
    person.start()
    gateway.refuse = 429
    person.write("Busy?")
    person.log.get_by_text("Sending").wait_for()
    gateway.refuse = 0
    person.log.get_by_text("Sent", exact=True).wait_for()
    assert gateway.texts("contact") == ["Busy?"]
