"""What a person does with the widget, for tests that read like a visit."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page


class Person:
    """One tab of one browser with the widget in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("lantern-chat .launcher")
        self.panel = page.locator("lantern-chat dialog")
        self.log = page.locator("lantern-chat .log")
        self.field = page.locator("lantern-chat textarea")
        self.status = page.locator("lantern-chat .line").last
        self.who = page.locator("lantern-chat .who")

    def button(self, name: str) -> Locator:
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def open(self) -> Person:
        """Open the panel and wait until it has something to say."""
        self.launcher.click()
        self.log.locator(":scope > *").first.wait_for()
        return self

    def start(self) -> Person:
        """Open, agree, and wait for the conversation."""
        self.open()
        self.page.locator("lantern-chat .terms .go").click()
        self.page.wait_for_function("sessionStorage.length === 1")
        return self

    def write(self, text: str) -> Person:
        """Type a message and send it with Enter."""
        self.field.fill(text)
        self.field.press("Enter")
        return self

    def sees(self, text: str, timeout: float = 20_000) -> Locator:
        """Wait until a message with this text is in the log."""
        found = self.log.get_by_text(text, exact=True).first
        found.wait_for(timeout=timeout)
        return found

    def shows(self, text: str) -> Locator:
        """Wait until the log shows these words, whatever their paragraphs and links."""
        words = " ".join(text.split())[:60]
        found = self.log.locator(".body", has_text=words).first
        found.wait_for()
        return found

    def bodies(self, author: str = "") -> list[str]:
        """Texts of the messages on screen, in order."""
        selector = f".message.{author} .body" if author else ".message .body"
        return self.log.locator(selector).all_inner_texts()

    def focused(self) -> str:
        """Class, text or tag of the element that has the focus inside the widget."""
        return str(
            self.page.evaluate(
                """() => { const f = document.querySelector('lantern-chat').shadowRoot.activeElement;
                return f ? f.getAttribute('aria-label') || f.textContent || f.tagName
                  : document.activeElement.tagName; }"""
            )
        )

    def eval(self, script: str, *args: Any) -> Any:
        """Run a script in the page; `root` is the widget's shadow root."""
        body = f"(arg) => {{ const root = document.querySelector('lantern-chat').shadowRoot; {script} }}"
        return self.page.evaluate(body, *args)
