"""The console's door in a real browser: the first administrator, a code from the phone, a wrong password."""

from __future__ import annotations

import time

import pyotp
from barriers import barriers
from console_house import ConsoleHouse
from consoles import PASSWORD
from playwright.sync_api import BrowserContext, expect

from bot.console import accounts


def test_the_first_administrator_sets_up_and_signs_in_again(
    home: ConsoleHouse, context: BrowserContext
) -> None:
    link = accounts.first_link(home.kit)
    assert link
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_alt_text("QR code of the secret shown beside it")).to_be_visible()
    assert "#" not in page.url
    assert barriers(page) == []
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Your name").fill("Ana")
    page.get_by_label("Login").fill("ana")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Then enter the code it shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Finish and sign in").click()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Login").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    # The code of enrolment is spent; the next one is taken early, as a phone that is a little fast would.
    page.get_by_label("Code from").fill(pyotp.TOTP(secret).at(int(time.time()) + 30))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()


def test_a_wrong_sign_in_is_said_and_nothing_else_is(home: ConsoleHouse, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{home.url}/console/")
    page.get_by_label("Login").fill("nobody")
    page.get_by_label("Password").fill("whatever it is")
    page.get_by_label("Code from").fill("123456")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
