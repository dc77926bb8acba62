"""What the person decides: text size, a copy, the end, deletion, whether it helped (numbers 8, 9 and 16)."""

from __future__ import annotations

from pathlib import Path

from fake_gateway import Gateway
from person import Person
from serving import until
from states import answer


def _menu(person: Person, name: str) -> None:
    person.button("Menu").click()
    person.button(name).click()


def test_09_text_grows_to_twice_its_size_and_comes_back(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.say("How are you?")
    body = person.sees("How are you?")
    person.button("Menu").click()
    sizes = []
    for percent in (100, 125, 150, 175, 200, 100):
        sizes.append(float(body.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")))
        if len(sizes) < 6:
            person.button(f"Text size: {percent} %").press("Enter")  # the focus stays on it
    assert [round(size / sizes[0], 2) for size in sizes] == [1, 1.25, 1.5, 1.75, 2, 1]


def test_16_a_copy_is_saved_only_when_the_person_asks(person: Person, gateway: Gateway) -> None:
    answer(person, gateway, "en")
    with person.page.expect_download() as saved:
        _menu(person, "Save a copy on this device")
    assert saved.value.suggested_filename == "chat.txt"
    assert "A hot, sore lump" in Path(saved.value.path()).read_text("utf-8")
    assert not person.page.locator("lantern-chat .menu").is_visible()


def test_16_a_copy_that_cannot_be_made_says_so(person: Person, gateway: Gateway) -> None:
    person.start()
    gateway.refuse = 500
    _menu(person, "Save a copy on this device")
    person.page.locator("lantern-chat .menu").get_by_text("That did not work.").wait_for()
    gateway.refuse = 0


def test_16_deleting_asks_once_more_and_leaves_nothing(person: Person, gateway: Gateway) -> None:
    answer(person, gateway, "en")
    token = gateway.conversation.token
    _menu(person, "Delete my chat")
    menu = person.page.locator("lantern-chat .menu")
    menu.get_by_text("This cannot be undone.").wait_for()
    assert person.focused() == "No"
    menu.get_by_role("button", name="No").click()
    assert token in gateway.conversations
    person.button("Delete my chat").click()
    person.button("Delete my chat").click()
    person.log.get_by_text("Your chat is deleted.").wait_for()
    assert token not in gateway.conversations
    assert "lump" not in person.log.inner_text()
    assert person.page.evaluate("sessionStorage.length") == 0


def test_16_an_ended_chat_stays_readable_until_the_panel_is_closed(person: Person, gateway: Gateway) -> None:
    answer(person, gateway, "en")
    _menu(person, "End chat")
    person.button("End chat").click()
    person.log.get_by_text("The chat has ended.").wait_for()
    assert "lump" in person.log.inner_text()
    assert person.log.locator("button:enabled").count() == 0
    assert person.page.evaluate("sessionStorage.length") == 0
    person.button("New chat").click()
    person.page.locator("lantern-chat .terms").wait_for()
    assert "lump" not in person.log.inner_text()


def test_16_whether_it_helped_is_asked_once_and_told(person: Person, gateway: Gateway) -> None:
    answer(person, gateway, "en")
    person.log.get_by_text("Did this help?").wait_for()
    message = [e["data"] for e in gateway.conversation.events if e["data"].get("feedback")][-1]
    person.log.get_by_role("button", name="Yes", exact=True).click()
    person.log.locator(".row.st", has_text="Sent").last.wait_for()
    assert person.log.get_by_role("button", name="Yes", exact=True).count() == 0
    until(lambda: {"feedback": {"message": message["id"], "thumb": "up"}} in gateway.seen)


def test_16_a_draft_stays_when_the_panel_is_closed_and_opened(person: Person) -> None:
    person.start()
    person.field.fill("half a thought")
    person.button("Close the chat").click()
    person.launcher.click()
    assert person.field.input_value() == "half a thought"
