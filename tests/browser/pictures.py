"""Makes the pictures of docs/widget.md: `python tests/browser/pictures.py [state ...]`."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import chromium  # noqa: E402
import states  # noqa: E402
from fake_gateway import PAGES, Gateway  # noqa: E402
from person import Person  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

FOLDER = PAGES.parents[1] / "docs" / "images"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ("light", "dark")
SHOWN = {**states.STATES, "sources": states.sources}


def small(png: bytes) -> Image.Image:
    """A picture of flat colours needs no more than 64 of them."""
    return Image.open(BytesIO(png)).convert("RGB").quantize(64, dither=Image.Dither.NONE)


def take(browser: Browser, gateway: Gateway, state: str, size: str, scheme: str, lang: str = "en") -> None:
    """One picture of one state."""
    gateway.reset()
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=lang,
    )
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{gateway.serving.port}/demo/")
    if lang != "en":
        # As on a page in that language; nothing has been opened yet.
        html = page.content().replace('lang="en"', f'lang="{lang}"')
        gateway.pages["other"] = (html.replace('href="demo.css"', 'href="/demo/demo.css"'), {})
        page.goto(f"http://127.0.0.1:{gateway.serving.port}/host/other")
    SHOWN[state](Person(page), gateway, lang)
    page.wait_for_timeout(250)
    name = f"widget-{state}-{size}-{scheme}" + ("" if lang == "en" else f"-{lang}")
    small(page.screenshot()).save(FOLDER / f"{name}.png", optimize=True)
    context.close()


def main(wanted: list[str]) -> None:
    """All pictures, or those of some states."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    gateway = Gateway()
    with sync_playwright() as playwright:
        browser = chromium.start(playwright)
        for state in wanted or SHOWN:
            for scheme in SCHEMES:
                for size in SIZES:
                    take(browser, gateway, state, size, scheme)
            take(browser, gateway, state, "phone", "light", "es")
        browser.close()
    gateway.serving.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
