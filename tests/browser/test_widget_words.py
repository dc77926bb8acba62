"""Words are only words, whoever wrote them, and every language has them all (numbers 25 and 26)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fake_gateway import PAGES, Gateway
from person import Person
from playwright.sync_api import Page
from serving import Site

STRINGS = PAGES.parents[1] / "web" / "shared" / "strings"
# After the OWASP filter-evasion list: markup, handlers, schemes, encodings, broken tags, templates.
XSS = [
    "<script>pwned = 1</script>",
    "<img src=x onerror=pwned=1>",
    "<svg/onload=pwned=1>",
    "<svg><script>pwned=1</script></svg>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    '"><body onload=pwned=1>',
    "'-pwned=1-'",
    "<a href='javascript:pwned=1'>x</a>",
    '<a href="jav&#x09;ascript:pwned=1">x</a>',
    '<IMG """><SCRIPT>pwned=1</SCRIPT>">',
    "<IMG SRC=`javascript:pwned=1`>",
    "<<SCRIPT>pwned=1//<</SCRIPT>",
    "<INPUT TYPE=IMAGE SRC=javascript:pwned=1>",
    "<details open ontoggle=pwned=1>",
    "<style>@import 'javascript:pwned=1'</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=pwned=1>",
    "{{constructor.constructor('pwned=1')()}}",
    "${pwned=1}",
    "&lt;script&gt;pwned=1&lt;/script&gt;",
    "\\u003cscript\\u003epwned=1\\u003c/script\\u003e",
    'https://example.org/" onmouseover="pwned=1',
    "https://example.org/<script>pwned=1</script>",
]
URLS = [
    "javascript:pwned=1",
    "JaVaScRiPt:pwned=1",
    " javascript:pwned=1",
    "java\nscript:pwned=1",
    "data:text/html,<script>pwned=1</script>",
    "vbscript:pwned=1",
    "blob:https://example.org/1",
    "//evil.example/x",
    "http://evil.example/x",
]
LOOK = """
const log = root.querySelector('.log');
const all = [...log.querySelectorAll('*')];
const links = [...log.querySelectorAll('[href], [src]')];
return { pwned: window.pwned, tags: [...new Set(all.map((e) => e.localName))],
  handlers: all.filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
  schemes: [...new Set(links.map((e) => new URL(e.href || e.src).protocol))] };
"""
OURS = {"div", "p", "h3", "a", "span", "ul", "li", "details", "summary", "button", "label", "progress"}


@pytest.mark.parametrize("author", ["bot", "counsellor", "safety", "notice"])
def test_25_nothing_that_others_write_runs(person: Person, gateway: Gateway, author: str) -> None:
    person.start()
    for text in XSS:
        gateway.say(
            text,
            author,
            title=text,
            name=text if author == "counsellor" else None,
            lang=text,
            choices=[{"id": text, "label": text}],
            sources=[{"title": text, "url": url} for url in URLS],
            reviewed={"by": text, "on": "2026-11-22"},
        )
    gateway.put("state", holder="claimed", name="<img src=x onerror=pwned=1>")
    gateway.say("The end.")
    person.sees("The end.")
    for summary in person.log.locator("summary").all():
        summary.evaluate("e => e.click()")
    found = person.eval(LOOK)
    assert found["pwned"] is None
    assert set(found["tags"]) <= OURS
    assert found["handlers"] == 0
    assert set(found["schemes"]) <= {"https:", "tel:", "sms:"}


def test_25_nothing_that_the_person_writes_runs(person: Person) -> None:
    person.start()
    for text in XSS:
        person.write(text)
    person.log.locator(".contact").nth(len(XSS) - 1).wait_for()
    assert person.bodies("contact") == XSS
    found = person.eval(LOOK)
    assert found["pwned"] is None
    assert set(found["tags"]) <= OURS


def test_25_lists_links_and_numbers_become_what_they_are(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.say("Do this:\n- rest\n- drink\n\nSee https://www.nhs.uk/x. Call 911 or 1-800-662-4357 in 2026.")
    person.shows("Do this:")
    body = person.log.locator(".body").last
    assert body.locator("li").all_inner_texts() == ["rest", "drink"]
    links = [link.get_attribute("href") for link in body.locator("a").all()]
    assert links == ["https://www.nhs.uk/x", "tel:911", "tel:18006624357"]


def _strings(lang: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((STRINGS / f"widget.{lang}.json").read_text("utf-8"))
    return read


def test_26_every_language_has_every_string_with_its_values() -> None:
    english, spanish = _strings("en"), _strings("es")
    assert english.keys() == spanish.keys()
    values = {key: set(re.findall(r"\{\w+\}", text)) for key, text in english.items()}
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in spanish.items()} == values
    alike = {key for key, text in english.items() if spanish[key] == text}
    assert alike <= {"no"}  # the only word that both languages share


def test_26_no_string_is_left_in_english_on_a_spanish_page(page: Page, site: Site, gateway: Gateway) -> None:
    page.goto(site('data-country="US" data-lang="es"'))
    person = Person(page).start()
    gateway.put("state", holder="requested", place=1, wait_minutes=3)
    gateway.say(
        "Hola.",
        sources=[{"title": "NHS", "url": "https://www.nhs.uk/"}],
        reviewed={"by": "pending"},
        feedback=True,
    )
    person.sees("Hola.")
    page.locator("lantern-chat header .ic").first.click()
    shown: dict[str, Any] = person.eval(
        """const labelled = [...root.querySelectorAll('[aria-label]')];
        return { text: root.textContent, labels: labelled.map((e) => e.ariaLabel).join() };"""
    )
    for key, english in _strings("en").items():
        if key not in {"no", "other"} and "{" not in english and len(english) > 3:
            assert english not in shown["text"], key
            assert english not in shown["labels"], key


def test_26_the_person_can_change_the_language_and_the_answers_follow(
    person: Person, gateway: Gateway
) -> None:
    person.start()
    person.button("Menu").click()
    person.button("Español").click()
    person.page.get_by_text("Hablas con: un asistente automático").wait_for()
    person.write("Hola, necesito ayuda.")
    person.write("Otra vez.")
    person.log.get_by_text("Enviado").nth(1).wait_for()
    assert [body.get("lang") for body in gateway.seen if "text" in body] == ["es", None]


def test_26_a_talk_that_goes_over_to_another_language_takes_the_widget_along(
    person: Person, gateway: Gateway
) -> None:
    person.start()
    person.write("Tengo miedo por mi hermano.")
    gateway.say("Gracias por contarlo.", lang="es")
    person.page.get_by_text("Hablas con: un asistente automático").wait_for()
    assert person.button("Enviar").is_visible()


def test_26_right_to_left_pages_get_a_mirrored_widget(page: Page, site: Site, gateway: Gateway) -> None:
    page.goto(site('data-country="US" data-dir="rtl"'))
    person = Person(page)
    box = person.launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    person.start()
    person.write("Hello.")
    person.sees("Hello.")
    mine = person.log.locator(".contact .body").bounding_box()
    log = person.log.bounding_box()
    assert mine is not None
    assert log is not None
    assert mine["x"] - log["x"] < 20
