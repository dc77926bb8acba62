"""A real browser for the tests in this folder: the system's Chromium, a new context each test."""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
from console_house import ConsoleHouse
from fake_gateway import PAGES, Gateway
from person import Person
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from proxy import Proxy
from serving import Serving, Site

from bot import content


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder carries the marker `browser`."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


def _absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    warnings.warn(f"BROWSER TESTS DID NOT RUN: {what}", pytest.PytestWarning, stacklevel=1)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if not chromium.path():
        _absent(chromium.MISSING)
    if not (PAGES / "widget" / "lantern.js").exists():
        _absent("the widget is not built: run `npm ci && npm run build` in web/")
    with sync_playwright() as playwright:
        started = chromium.start(playwright)
        yield started
        started.close()


@pytest.fixture(autouse=True)
def _loop() -> Iterator[None]:
    """Playwright keeps an event loop running in this thread: hidden from the tests that are not ours."""
    running = asyncio._get_running_loop()
    yield
    asyncio._set_running_loop(running)


@pytest.fixture(scope="session")
def _gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.serving.stop()


@pytest.fixture
def gateway(_gateway: Gateway) -> Gateway:
    """The fake gateway, empty."""
    _gateway.reset()
    return _gateway


@pytest.fixture
def server(_gateway: Gateway) -> Serving:
    """The server under the fake gateway: its port, stop, start."""
    return _gateway.serving


@pytest.fixture
def proxy(server: Serving) -> Iterator[Proxy]:
    """A network that can be bad, in front of the fake gateway."""
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def site(gateway: Gateway, server: Serving) -> Site:
    """Make a page of a website that embeds the widget; gives its address (not the gateway's Origin)."""

    def make(
        attributes: str = 'data-country="US"',
        *,
        port: int = 0,
        head: str = "",
        body: str = "",
        name: str = "page",
        headers: dict[str, str] | None = None,
        tag: str | None = None,
    ) -> str:
        source = f"http://127.0.0.1:{port or server.port}/widget/lantern.js"
        tag = tag if tag is not None else f'<script src="{source}" defer {attributes}></script>'
        html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A website</title>
<meta name="viewport" content="width=device-width,initial-scale=1">{head}</head>
<body><main><h1>A website</h1><p>Some words of the website.</p></main>{body}{tag}</body></html>"""
        gateway.pages[name] = (html, headers or {})
        return f"http://localhost:{server.port}/host/{name}"

    return make


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile at desktop size."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """One tab. Anything that a script throws fails the test."""
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    assert thrown == []


@pytest.fixture
def person(page: Page, site: Site) -> Person:
    """A person on a website with the widget."""
    page.goto(site())
    return Person(page)


@pytest.fixture
def home(tmp_path: Path, library: content.Library) -> Iterator[ConsoleHouse]:
    """The real gateway with its console, for one test."""
    if not (PAGES / "console" / "console.js").exists():
        pytest.fail("the console is not built: run `npm ci && npm run build` in web/")
    home = ConsoleHouse(tmp_path, library)
    yield home
    home.close()
