"""The directory in the console: a real form, by keyboard, in both languages, without a barrier."""

from __future__ import annotations

import pytest
from barriers import barriers
from console_house import ConsoleHouse
from playwright.sync_api import BrowserContext, Page, expect

from bot import matching
from bot.matching import Directory, Entry

WORDS = {
    "en": {"directory": "Directory", "new": "New entry", "name": "Name", "id": "Id (", "about": "English",
           "licensed": "Licensed in", "languages": "Languages", "goal": "Trauma", "mode": "Video",
           "room": "How many may begin now", "send": "Requests go to", "today": "Checked today",
           "save": "Save", "edit": "Edit: Ana Real", "pause": "Pause: Ana Real",
           "resume": "Show again: Ana Real", "paused": "paused", "remove": "Remove: Ana Real"},
    "es": {"directory": "Directorio", "new": "Ficha nueva", "name": "Nombre", "id": "Id (",
           "about": "en inglés", "licensed": "Licencia en", "languages": "Idiomas", "goal": "Trauma",
           "mode": "Video", "room": "Cuántas personas", "send": "Las solicitudes van a",
           "today": "Comprobada hoy",
           "save": "Guardar", "edit": "Editar: Ana Real", "pause": "Pausar: Ana Real",
           "resume": "Mostrar otra vez: Ana Real", "paused": "en pausa", "remove": "Quitar: Ana Real"},
}  # fmt: skip


def held(home: ConsoleHouse) -> tuple[Entry, ...]:
    with home.kit.database.read() as session:
        return matching.held(session, Directory()).entries


def opened(home: ConsoleHouse, context: BrowserContext, lang: str) -> Page:
    page = home.signed_in(context, "edit", "editor", lang)
    page.get_by_role("button", name=WORDS[lang]["directory"], exact=True).click()
    expect(page.get_by_role("button", name=WORDS[lang]["new"])).to_be_visible()
    return page


@pytest.mark.parametrize("lang", ["en", "es"])
def test_an_entry_is_added_changed_paused_and_removed(
    home: ConsoleHouse, context: BrowserContext, lang: str
) -> None:
    words, page = WORDS[lang], opened(home, context, lang)
    page.get_by_role("button", name=words["new"]).press("Enter")
    expect(page.get_by_label(words["name"], exact=True)).to_be_focused()
    assert barriers(page) == []
    page.get_by_label(words["name"], exact=True).fill("Ana Real")
    page.get_by_label(words["id"]).fill("ana")
    page.get_by_label(words["about"]).fill("opioid use")
    page.get_by_label(words["licensed"]).fill("US-OH, GB")
    page.get_by_label(words["languages"]).fill("en, es")
    page.get_by_label(words["goal"], exact=True).check()
    page.get_by_label(words["mode"], exact=True).check()
    page.get_by_label(words["room"]).fill("3")
    page.get_by_label(words["send"]).fill("ana@clinic.example")
    page.get_by_role("button", name=words["today"]).click()
    page.get_by_role("button", name=words["save"]).click()
    expect(page.get_by_role("row", name="Ana Real")).to_be_visible()
    [ana] = held(home)
    assert (ana.licensed, ana.languages, ana.goals) == (("US-OH", "GB"), ("en", "es"), ("trauma",))
    assert (ana.modes, ana.capacity, ana.send_to) == (("video",), 3, "ana@clinic.example")
    assert ana.verified_on is not None
    page.get_by_role("button", name=words["edit"]).click()
    page.get_by_label(words["room"]).fill("1")
    page.get_by_role("button", name=words["save"]).click()
    page.get_by_role("button", name=words["pause"]).click()
    expect(page.get_by_text(words["paused"], exact=True)).to_be_visible()
    assert barriers(page) == []
    [ana] = held(home)
    assert (ana.capacity, ana.paused, ana.modes) == (1, True, ("video",))
    page.get_by_role("button", name=words["resume"]).click()
    expect(page.get_by_role("button", name=words["pause"])).to_be_visible()
    page.get_by_role("button", name=words["remove"]).click()
    assert len(held(home)) == 1  # asked once more
    page.get_by_role("button", name=words["remove"]).click()
    expect(page.get_by_role("row", name="Ana Real")).to_have_count(0)
    assert held(home) == ()


def test_a_refused_entry_keeps_what_was_typed_and_names_its_field(
    home: ConsoleHouse, context: BrowserContext
) -> None:
    page = opened(home, context, "en")
    page.get_by_role("button", name="New entry").click()
    page.get_by_label("Name", exact=True).fill("Ana Real")
    page.get_by_label("Id (").fill("ana")
    page.get_by_label("English").fill("opioid use")
    page.get_by_label("Licensed in").fill("US")
    page.get_by_label("Languages").fill("en")
    page.get_by_label("Trauma", exact=True).check()
    page.get_by_label("Video", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#entry-wrong")).to_contain_text("a licence there is a state's")
    expect(page.get_by_label("Licensed in")).to_be_focused()
    assert barriers(page) == []
    page.get_by_label("Licensed in").fill("US-OH")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Ana Real")).to_be_visible()
    assert len(held(home)) == 1
