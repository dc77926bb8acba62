"""The loss test (number 11): the real gateway, a counsellor at the real API, a browser, and a bad network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from person import Person
from playwright.sync_api import Page
from widget_house import Ana, WidgetHouse

from bot import content


@pytest.fixture
def house(tmp_path: Path, library: content.Library) -> Iterator[WidgetHouse]:
    """A gateway of its own."""
    house = WidgetHouse(tmp_path, library)
    yield house
    house.close()


@pytest.fixture
def ana(house: WidgetHouse) -> Iterator[Ana]:
    """A counsellor at the console's API."""
    ana = Ana(house)
    yield ana
    ana.close()


@pytest.fixture
def maria(page: Page, house: WidgetHouse) -> Person:
    """A person on the demo page."""
    page.goto(f"{house.url}/demo/")
    return Person(page).start()


def test_11_of_two_hundred_messages_both_ways_none_is_lost_doubled_or_out_of_order(
    maria: Person, house: WidgetHouse, ana: Ana
) -> None:
    page, proxy = maria.page, house.proxy
    maria.write("Can I talk to a person?")
    maria.page.locator("lantern-chat .card").wait_for()
    ana.claims()
    page.get_by_text("You are talking to: Ana (counsellor)").wait_for()
    proxy.lose = 0.3  # of the answers to a message, after the gateway has stored it
    up, down = [f"up {n}" for n in range(200)], [f"down {n}" for n in range(200)]
    for n in range(20):
        for text in up[n * 10 : n * 10 + 10]:
            maria.write(text)
        if n == 10:
            house.restart()
        elif n % 5 == 4:
            proxy.frozen = True  # half open: both ends believe in the link
        else:
            proxy.cut()
        for text in down[n * 10 : n * 10 + 10]:
            ana.says(text)
        if proxy.frozen:
            page.wait_for_timeout(300)
            proxy.cut()
            proxy.frozen = False
        proxy.down = False
        page.wait_for_timeout(60)
    page.wait_for_function(
        """() => { const log = document.querySelector('lantern-chat').shadowRoot.querySelector('.log');
        return log.querySelectorAll('.counsellor').length >= 200
          && [...log.querySelectorAll('.contact .st')].every((e) => e.textContent === 'Sent'); }""",
        timeout=120_000,
    )
    assert house.stored("contact")[1:] == up
    assert maria.bodies("contact")[1:] == up
    assert maria.bodies("counsellor") == down


def test_11_what_was_chosen_and_said_is_the_same_after_a_reload(maria: Person, ana: Ana) -> None:
    maria.log.get_by_role("button", name="Talk to a person").click()
    maria.page.locator("lantern-chat .card").wait_for()
    ana.claims()
    ana.says("I am Ana.")
    maria.sees("I am Ana.")
    before = maria.bodies()
    maria.page.reload()
    maria.launcher.click()
    maria.sees("I am Ana.")
    assert maria.bodies() == before
    assert "Talk to a person" in before
