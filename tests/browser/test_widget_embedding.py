"""What a website takes on: bytes, requests, layout, policy, effort (numbers 1 to 3, 6, 23, 24, 29)."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha384
from urllib.parse import urlsplit

import pytest
from fake_gateway import PAGES, Gateway
from person import Person
from playwright.sync_api import BrowserContext, Page
from serving import Serving, Site
from states import answer

ROOT = PAGES.parents[1]
LARGEST = 10_000

# Rules of a host page that would reach anything a widget leaves open.
ATTACK = """<style>
*, *::before, *::after { color: red !important; background: lime !important; font: 40px/3 fantasy !important;
  letter-spacing: 9px !important; text-transform: uppercase !important; padding: 33px !important;
  border: 9px solid !important;
  position: static !important; display: inline !important; float: left !important; opacity: 0.1 !important; }
html { font-size: 62.5%; } body { font: 40px fantasy; text-align: right; direction: rtl; }
lantern-chat { display: none !important; visibility: hidden !important; transform: rotate(9deg) !important; }
button, a, nav, dialog, textarea, .panel, .log, .body { display: none !important; }
</style>"""
STYLES = """
return [...root.querySelectorAll('*')].map((e) => { const s = getComputedStyle(e);
  const own = [...s].filter((name) => !name.startsWith('--'));
  const values = own.map((name) => `${name}:${s.getPropertyValue(name)}`);
  return `${e.tagName}.${e.className} ${values.join(";")}`; });
"""


def _differ(one: str, other: str) -> list[tuple[str, str]]:
    """Which styles of an element differ."""
    return [pair for pair in zip(one.split(";"), other.split(";"), strict=True) if pair[0] != pair[1]]


def test_01_the_widget_is_at_most_ten_thousand_bytes_gzip_all_in() -> None:
    code = (PAGES / "widget" / "lantern.js").read_bytes()
    assert len(gzip.compress(code, 9)) <= LARGEST
    assert gzip.decompress((PAGES / "widget" / "lantern.js.gz").read_bytes()) == code


def test_02_the_widget_has_no_runtime_dependency() -> None:
    sources = [*(ROOT / "web" / "widget").rglob("*.ts"), *(ROOT / "web" / "shared").rglob("*.ts")]
    imports = {
        name for path in sources for name in re.findall(r"""from ["']([^"']+)["']""", path.read_text("utf-8"))
    }
    assert sources
    assert not {name for name in imports if not name.startswith(".")}


def test_03_before_it_is_opened_there_is_one_request_and_nothing_is_stored(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site())
    person = Person(page)
    person.launcher.wait_for()
    page.wait_for_load_state("networkidle")
    assert [urlsplit(url).path for url in asked] == ["/host/page", "/widget/lantern.js"]
    person.open()
    assert len(asked) == 2
    stored = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert stored == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_03_no_third_party_is_ever_asked(page: Page, site: Site, gateway: Gateway, server: Serving) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site())
    answer(Person(page), gateway, "en")
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("blob:")}
    assert hosts == {f"localhost:{server.port}", f"127.0.0.1:{server.port}"}


def test_06_the_page_around_it_does_not_move(page: Page, site: Site) -> None:
    page.add_init_script(
        """window.moved = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) moved += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    page.goto(site())
    person = Person(page).open()
    person.button("Close the chat").click()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    assert page.evaluate("moved") == 0


def _recipe(page: Page, server: Serving, where: str) -> str:
    """The policy that we tell people to use, for this gateway."""
    here = f"http://127.0.0.1:{server.port}"
    if where == "the integrators' page":
        page.goto(f"{here}/demo/integrate.html")
        return page.locator("#csp").inner_text().partition(": ")[2]
    text = (ROOT / "docs" / "widget.md").read_text("utf-8")
    return text.partition("### Strict Content-Security-Policy")[2].split("```")[1].replace(
        "https://chat.example.org", here
    ).replace("\n", " ")  # fmt: skip


@pytest.mark.parametrize("where", ["the documentation", "the integrators' page"])
def test_23_under_the_strict_policy_of_the_recipe_nothing_is_violated(
    page: Page, site: Site, gateway: Gateway, server: Serving, where: str
) -> None:
    # Stricter than the recipe: nothing else is allowed at all.
    policy = f"default-src 'none'; {_recipe(page, server, where).strip()}"
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    violations: list[str] = []
    page.expose_function("violated", lambda *what: violations.extend(what))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => violated(e.violatedDirective + e.blockedURI));"
    )
    page.goto(site(headers={"Content-Security-Policy": policy}))
    person = Person(page)
    answer(person, gateway, "en")
    person.log.locator("summary").click()
    person.button("Menu").click()
    page.get_by_role("button", name="Text size", exact=False).click()
    person.button("Save a copy on this device").click()
    page.locator("lantern-chat .menu").wait_for(state="hidden")
    assert violations == []


def test_24_no_style_of_the_page_reaches_the_widget(
    context: BrowserContext, site: Site, gateway: Gateway
) -> None:
    seen = []
    for head in ("", ATTACK):
        page = context.new_page()
        page.goto(site(head=head))
        person = Person(page)
        answer(person, gateway, "en")
        seen.append(person.eval(STYLES))
        page.close()
        gateway.reset()
    assert len(seen[0]) > 40
    assert [_differ(one, other) for one, other in zip(*seen, strict=True) if one != other] == []


def test_24_eight_variables_and_the_parts_are_a_sites_own(page: Page, site: Site) -> None:
    public = json.loads((ROOT / "web/shared/tokens.json").read_text("utf-8"))["public"]
    assert len(public) == 8
    page.goto(
        site(
            head="""<style>
            lantern-chat { --lantern-accent: rgb(1, 2, 3); --lantern-font: fantasy; --lantern-offset: 44px; }
            lantern-chat::part(launcher) { text-decoration: underline; }</style>"""
        )
    )
    launcher = Person(page).launcher
    looks = launcher.evaluate(
        """e => { const s = getComputedStyle(e);
        return [s.backgroundColor, s.fontFamily, s.textDecorationLine]; }"""
    )
    assert looks == ["rgb(1, 2, 3)", "fantasy", "underline"]
    box = launcher.bounding_box()
    assert box is not None
    assert round(1280 - box["x"] - box["width"]) == 44


def test_29_one_script_tag_and_one_attribute_are_all_it_takes(
    page: Page, site: Site, gateway: Gateway
) -> None:
    page.goto(site('data-country="GB"'))
    person = Person(page)
    gateway.reply = lambda text: [{"text": "Heard you."}]
    person.start().write("Hello?").sees("Heard you.")
    links = person.page.locator("lantern-chat nav a")
    assert [one.get_attribute("href") for one in links.all()][:2] == ["tel:999", "tel:116123"]


def test_29_the_published_hash_pins_the_versioned_file(page: Page, site: Site, server: Serving) -> None:
    published = json.loads((PAGES / "widget" / "sri.json").read_text("utf-8"))
    code = (PAGES / "widget" / published["file"]).read_bytes()
    assert published["integrity"] == "sha384-" + b64encode(sha384(code).digest()).decode()
    source = f"http://127.0.0.1:{server.port}/widget/{published['file']}"
    tag = (
        f'<script src="{source}" integrity="{published["integrity"]}" crossorigin="anonymous" defer></script>'
    )
    page.goto(site(tag=tag))
    Person(page).open()


def test_29_the_integrators_page_shows_the_chat_live_and_gives_the_tag(
    page: Page, site: Site, server: Serving
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(f"http://127.0.0.1:{server.port}/demo/integrate.html")
    preview = page.frame_locator("#preview")
    preview.locator("lantern-chat .launcher").wait_for()
    page.get_by_label("Country of your visitors").select_option("GB")
    page.get_by_label("Heading of the chat").fill("Harbour House")
    page.get_by_label("Accent", exact=True).fill("#123456")
    preview.get_by_text("Call 999").wait_for()
    tag = page.locator("#snippet").inner_text()
    assert f'src="http://127.0.0.1:{server.port}/widget/lantern.js"' in tag
    assert 'data-country="GB" data-name="Harbour House"' in tag
    assert "--lantern-accent: #123456;" in tag
    assert '<a href="tel:999">' in tag
    preview.locator("lantern-chat .launcher").click()
    preview.get_by_role("heading", name="Harbour House").wait_for()
    page.get_by_label("Pin this exact version").check()
    assert "integrity=" in page.locator("#snippet").inner_text()
    page.get_by_label("Text on accent").fill("#123457")
    page.get_by_text("Too little contrast").wait_for()
    # What was copied works where it is pasted, the pinned version too.
    pinned = page.locator("#snippet").inner_text()
    for pasted in (tag, pinned):
        page.goto(site(tag=pasted))
        page.locator("lantern-chat .launcher").wait_for()
        page.get_by_role("link", name="Emergency Call 999").wait_for()
