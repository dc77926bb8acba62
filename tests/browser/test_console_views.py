"""Every view of the console, in both languages and all colours: no barrier, no trap, nothing out of reach."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from barriers import barriers
from console_house import ConsoleHouse, Stranger
from house import said, topic
from playwright.sync_api import BrowserContext, Page, expect

from bot.models import Counsellor

BUILT = Path(__file__).resolve().parents[2] / "bot" / "pages" / "console"
LARGEST = 60_000
# Words of the buttons, so that one walk serves both languages.
WORDS = {
    "en": {"overview": "Overview", "review": "Review", "desk": "Desk", "end": "End", "transfer": "Transfer",
           "earlier": "Earlier talks", "thumbs": "Thumbs", "letters": "Not delivered", "table": "As a table",
           "profile": "Languages and skills", "staff": "Staff"},
    "es": {"overview": "Resumen", "review": "Revisión", "desk": "Mesa", "end": "Terminar",
           "transfer": "Transferir",
           "earlier": "Charlas anteriores", "thumbs": "Opiniones", "letters": "No entregados",
           "table": "Como tabla", "profile": "Idiomas y experiencia", "staff": "Equipo"},
}  # fmt: skip


def busy_desk(home: ConsoleHouse, context: BrowserContext, lang: str) -> Page:
    """A month's corner of everything: one held, one waiting in danger, an answer, an unanswered question."""
    page = home.signed_in(context, "ana", "administrator", lang)
    page.get_by_role("checkbox").first.check()
    held, waiting = Stranger(home, "en"), Stranger(home, "en")
    home.engine.answer = topic("abscess")
    held.says("what is an abscess")
    home.engine.answer = said("dont_know")
    held.says("who won the match")
    held.asks_for_a_human()
    page.locator(".row button.main").first.click()
    expect(page.locator(".compose")).to_be_visible()
    waiting.asks_for_a_human()
    waiting.says("I took all the pills just now")
    expect(page.locator(".row.P0").first).to_be_visible()
    page.keyboard.press("Escape")
    return page


def views(page: Page, words: dict[str, str]) -> Iterator[str]:
    """Go through all views; stop in each."""

    def press(name: str) -> None:
        page.get_by_role("button", name=words[name], exact=True).click()

    def menu(name: str) -> None:
        page.locator(".menu summary").click()
        press(name)

    yield "desk"
    for key, name in (("e", "protocol"), ("p", "passages")):
        page.keyboard.press(key)
        expect(page.locator(".aside h2")).to_be_visible()
        yield name
        page.keyboard.press(key)
    for name in ("end", "transfer", "earlier"):
        press(name)
        expect(page.locator("dialog")).to_be_visible()
        yield name
        page.keyboard.press("Escape")
    for name in ("profile", "staff"):
        menu(name)
        expect(page.locator("dialog")).to_be_visible()
        yield name
        page.keyboard.press("Escape")
    press("overview")
    expect(page.locator("svg.chart").first).to_be_visible()
    for fold in page.locator(".figure summary").all():
        fold.click()
    yield "overview"
    press("review")
    expect(page.locator("table")).to_be_visible()
    yield "review"
    for name in ("thumbs", "letters"):
        press(name)
        expect(page.get_by_role("button", name=words[name])).to_have_attribute("aria-pressed", "true")
        yield name


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_view_has_a_barrier_in_any_colours(home: ConsoleHouse, context: BrowserContext, lang: str) -> None:
    page = busy_desk(home, context, lang)
    for view in views(page, WORDS[lang]):
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours, forced_colors="none")  # type: ignore[arg-type]
            assert barriers(page) == [], f"{view}, {lang}, {colours}"
        page.emulate_media(contrast="more", forced_colors="active", color_scheme="light")
        assert barriers(page, forced=True) == [], f"{view}, {lang}, forced colours"
        page.emulate_media(contrast="no-preference", forced_colors="none")


@pytest.mark.parametrize("lang", ["en", "es"])
def test_nothing_is_cut_off_in_either_language_on_any_screen(
    home: ConsoleHouse, context: BrowserContext, lang: str
) -> None:
    page = busy_desk(home, context, lang)
    for view in views(page, WORDS[lang]):
        for width in (390, 1024, 1360):
            page.set_viewport_size({"width": width, "height": 780})
            assert page.evaluate(CUT) == [], f"{view}, {lang}, {width}"
        # A laptop's screen: all of the head in one line.
        assert page.locator(".bar").bounding_box()["height"] < 60, f"{view}, {lang}"  # type: ignore[index]


def test_a_passkey_signs_in_without_password_and_code(home: ConsoleHouse, context: BrowserContext) -> None:
    page = home.signed_in(context, "ana", "counsellor", host="localhost")
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    able = options | {
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": able})
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Passkeys").click()
    page.get_by_label("Name of the device").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Remove the passkey My laptop")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()


def test_an_administrator_changes_how_much_somebody_may_hold(
    home: ConsoleHouse, context: BrowserContext
) -> None:
    home.account("rosa")
    page = home.signed_in(context, "ana", "administrator")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Staff").click()
    page.get_by_role("row", name="Rosa").get_by_role("button", name="Change").click()
    form = page.get_by_role("form", name="Change the account of Rosa")
    form.get_by_label("Load at most").fill("3")
    form.get_by_label("overdose").check()
    assert barriers(page) == []
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Rosa")).to_contain_text("3")
    with home.kit.database.read() as session:
        rosa = session.query(Counsellor).filter_by(login="rosa").one()
        assert (rosa.capacity, rosa.skills, rosa.role) == (3, "overdose", "counsellor")


# Buttons and headings whose words do not fit, and anything that makes the page scroll sideways.
CUT = """() => {
  const bad = [];
  if (document.documentElement.scrollWidth > innerWidth + 1) bad.push('the page scrolls sideways');
  for (const one of document.querySelectorAll('button, h1, h2, h3, dt, dd, .badge, a.button')) {
    const box = one.getBoundingClientRect();
    if (!box.width || one.closest('.hidden')) continue;
    if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).display !== 'inline')
      bad.push(one.textContent.trim());
    if (one.matches('button') && box.height < 24) bad.push('small: ' + one.textContent.trim());
  }
  return bad;
}"""


def test_every_control_is_reached_by_tab_and_none_traps(home: ConsoleHouse, context: BrowserContext) -> None:
    page = busy_desk(home, context, "en")
    wanted = set(page.evaluate(CONTROLS))
    page.evaluate("document.activeElement.blur()")
    seen: set[str] = set()
    for _ in range(len(wanted) * 2 + 10):
        page.keyboard.press("Tab")
        seen |= set(page.evaluate(FOCUSED))
    assert wanted - seen == set()


CONTROLS = """() => [...document.querySelectorAll(
    'button, a[href], input, select, textarea, summary, [tabindex]')]
  .filter((one) => one.checkVisibility() && one.getClientRects().length && !one.disabled && one.tabIndex >= 0)
  .map((one, n) => (one.dataset.walk = String(n)))"""
FOCUSED = """() => [document.activeElement?.dataset.walk].filter((one) => one !== undefined)"""


def test_a_passage_is_put_into_the_answer_by_two_keys(home: ConsoleHouse, context: BrowserContext) -> None:
    page = busy_desk(home, context, "en")
    page.keyboard.press("p")
    title = page.locator(".passages h3").first
    expect(title).to_be_visible()
    text = page.locator(".passages .text").first.inner_text()
    page.keyboard.press("1")
    field = page.get_by_label("Message to the person")
    expect(field).to_be_focused()
    assert field.input_value().split() == text.split()


def test_a_wish_to_be_written_to_is_taken_up(home: ConsoleHouse, context: BrowserContext) -> None:
    person = Stranger(home)
    person.asks_for_a_human()
    page = home.signed_in(context, "ana", "counsellor")
    page.get_by_role("button", name="Write now").click()
    expect(page.get_by_label("Message to the person")).to_be_focused()
    page.keyboard.type("Hello, you asked for us.")
    page.keyboard.press("Enter")
    assert person.hears("Hello, you asked for us.")


def test_a_content_editor_sees_numbers_and_questions_and_no_person(
    home: ConsoleHouse, context: BrowserContext
) -> None:
    person = Stranger(home)
    home.engine.answer = said("dont_know")
    person.says("who won the match")
    page = home.signed_in(context, "ed", "editor")
    expect(page.get_by_text("who won the match")).to_be_visible()
    expect(page.locator(".lists")).to_have_count(0)
    assert barriers(page) == []
    page.get_by_role("button", name="Reviewed").click()
    expect(page.get_by_text("Nothing to look at.")).to_be_visible()
    page.get_by_role("button", name="Overview").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")


def test_the_page_asks_nobody_else_and_breaks_no_policy(home: ConsoleHouse, context: BrowserContext) -> None:
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{home.url}/console/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert all(url.startswith(home.url) for url in asked)
    assert not [text for text in said if "Content Security Policy" in text or "Trusted" in text]


def test_the_page_is_small() -> None:
    size = sum(
        len(gzip.compress(path.read_bytes(), 9)) for path in BUILT.iterdir() if path.suffix in {".js", ".css"}
    )
    assert size <= LARGEST
