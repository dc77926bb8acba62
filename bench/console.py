"""How fast the console is: a person's message, a sign of danger and a long queue on the counsellor's screen.

`.venv/bin/python -m bench.console` prints times and their ratio to the promise. The gateway runs in a
process of its own; the screen is a real Chromium; 50 conversations are open in 10 consoles, and all of
the people write while it measures.
"""

# ruff: noqa: E402 (the folders of the tests must be known first)
from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "browser"), str(ROOT / "tests")]

import chromium
import httpx
from console_house import ConsoleHouse
from consoles import OWN, WANTS_HUMAN
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session

from bench import measure as figures
from bot import content, handoff, inbox
from bot.console import accounts
from bot.messages import Arrival
from bot.models import Conversation, Counsellor
from bot.safety import Context
from bot.stage import utc_now

CONSOLES, EACH = 10, 5
MESSAGES, DANGERS, ROWS = 60, 12, 200
# Seconds until pages that were open before have drawn what is new.
SETTLE = 2.0
# Promises: frontend.md numbers 19, 20 and 27, in milliseconds and bytes.
PROMISED = {"message": 300.0, "danger": 1000.0, "queue": 1000.0, "bundle": 60_000.0}
WATCH = """(text) => { window.seen = new Promise((done) => {
  const look = () => document.body.textContent.includes(text) && (done(Date.now()), true);
  if (!look()) { const eye = new MutationObserver(() => look() && eye.disconnect());
    eye.observe(document.body, { childList: true, subtree: true, characterData: true }); } }); }"""
TOP = """(id) => { window.seen = new Promise((done) => {
  const look = () => { const first = document.querySelector('.lists li[id^=row-]');
    return first && first.id === 'row-' + id && first.classList.contains('P0') && (done(Date.now()), true); };
  if (!look()) { const eye = new MutationObserver(() => look() && eye.disconnect());
    eye.observe(document.body, { childList: true, subtree: true, attributes: true }); } }); }"""


def serve(folder: str) -> None:
    """The gateway: prints its address and one session for each counsellor, then does what stdin says.

    `hold <conversation> <n>`: counsellor n holds it. `queue <rows>`: so many people wait.
    """
    home = ConsoleHouse(Path(folder), content.load(strict=False))
    home.engine.answer = WANTS_HUMAN
    # The models load with the first message; what is measured is a gateway that has heard one.
    home.kit.screen("hello", Context())
    tokens = []
    with home.kit.database.begin() as session:
        for n in range(CONSOLES):
            one = accounts.add(session, f"c{n}", f"Counsellor {n}", "supervisor", utc_now())
            # Nobody sits at the other consoles to keep them alive.
            one.enrolled_at, one.heartbeat_at = utc_now(), utc_now() + dt.timedelta(hours=1)
            one.available, one.capacity = True, 99
            tokens.append(accounts.open_session(session, one, utc_now()))
    say({"url": home.url, "tokens": tokens})
    for line in sys.stdin:
        verb, *given = line.split()
        with home.kit.database.begin() as session:
            if verb == "hold":
                hold(session, given[0], f"c{given[1]}")
            else:
                for n in range(int(given[0])):
                    wait(session, n)
        say({"done": verb})
    home.close()


def say(value: dict[str, Any]) -> None:
    print(json.dumps(value), flush=True)


def hold(session: Session, conversation: str, login: str) -> None:
    one = session.query(Counsellor).filter_by(login=login).one()
    row = session.get_one(Conversation, conversation)
    handoff.request(session, row, "asked", "P3", utc_now(), 60)
    handoff.claim(session, one, conversation, utc_now())


def wait(session: Session, n: int) -> None:
    arrival = Arrival(channel="terminal", address=f"w{n}", provider_id=f"w{n}", at=utc_now(), text="hello")
    row = session.get_one(Conversation, inbox.receive(session, arrival).conversation_id)
    row.waiting_since = None  # the bench asks for a full queue, not for 200 turns
    handoff.request(session, row, "asked", random.choice(("P2", "P3")), utc_now(), 60)


class Person:
    """Somebody with the widget: writes, and follows the conversation's stream as the widget does."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Origin": url}, timeout=20)
        started = self.client.post("/api/conversations", json={"lang": "en", "country": "US"}).json()
        self.id = str(started["conversation"])
        self.client.headers["Authorization"] = f"Bearer {started['token']}"
        self.count = 0

    def says(self, text: str) -> None:
        self.count += 1
        key = f"message-{self.count:04}"
        self.client.post(
            "/api/messages", json={"text": text}, headers={"Idempotency-Key": key}
        ).raise_for_status()


class Desk:
    """A console without a screen: its stream is read as fast as it comes."""

    def __init__(self, url: str, token: str) -> None:
        headers = {**OWN, "Origin": url, "Cookie": f"lantern={token}"}
        self.client = httpx.Client(base_url=f"{url}/console/api", headers=headers, timeout=60)

    def follows(self) -> None:
        def read() -> None:
            # The gateway goes away when all is measured.
            with suppress(httpx.TransportError), self.client.stream("GET", "/events") as stream:
                for _ in stream.iter_raw():
                    pass

        threading.Thread(target=read, daemon=True).start()


def main() -> None:
    """Start everything, measure, and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.console", "serve", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            gateway = Gateway(child)
            browser = chromium.start(playwright)
            measured = measure(gateway, browser)
            browser.close()
        finally:
            child.kill()
            child.wait()
    report(measured)


class Gateway:
    """The gateway's process: what it said first, and orders to it."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child
        told = self.answer()
        self.url, self.tokens = str(told["url"]), list(told["tokens"])

    def do(self, order: str) -> None:
        print(order, file=self.child.stdin, flush=True)
        self.answer()

    def answer(self) -> dict[str, Any]:
        return dict(json.loads(self.child.stdout.readline()))  # type: ignore[union-attr]


def measure(gateway: Gateway, browser: Browser) -> dict[str, list[float]]:
    url, tokens = gateway.url, gateway.tokens
    people = [Person(url) for _ in range(CONSOLES * EACH)]
    for n, person in enumerate(people):
        gateway.do(f"hold {person.id} {n % CONSOLES}")
    for token in tokens[1:]:
        Desk(url, token).follows()
    page = console(browser, url, tokens[0])
    mine = people[0]
    page.locator(f"#row-{mine.id} button").first.click()
    page.locator(".pane").wait_for()
    stop = threading.Event()
    chatter = threading.Thread(target=talk, args=(people[1:], stop), daemon=True)
    chatter.start()
    found = {"message": messages(page, mine), "danger": dangers(page, url)}
    report(found)
    stop.set()
    chatter.join()
    gateway.do(f"queue {ROWS}")
    # The first page shows them too: on a machine of its own it would take nothing from the one that is timed.
    page.locator(".lists .row").nth(ROWS - 1).wait_for(state="attached")
    time.sleep(SETTLE)
    found["queue"] = long_queue(browser, url, tokens[1])
    built = ROOT / "bot" / "pages" / "console"
    found["bundle"] = [sum(len(gzip.compress(one.read_bytes(), 9)) for one in built.glob("console.*"))]
    return found


def console(browser: Browser, url: str, token: str) -> Page:
    context = browser.new_context(viewport={"width": 1360, "height": 800})
    context.add_cookies([{"name": "lantern", "value": token, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/console/")
    page.locator(".strip dd").first.wait_for()
    return page


def talk(people: list[Person], stop: threading.Event) -> None:
    """Everybody else writes too: four messages a second."""
    n = 0
    while not stop.wait(0.25):
        n += 1
        random.choice(people).says(f"some other words {n}")


def messages(page: Page, person: Person) -> list[float]:
    """Milliseconds from the press on Send to the words on the counsellor's screen."""
    times = []
    for n in range(MESSAGES):
        text = f"measured words {n:04}."
        page.evaluate(WATCH, text)
        begun = time.time() * 1000
        person.says(text)
        times.append(page.evaluate("window.seen") - begun)
        time.sleep(random.uniform(0.05, 0.3))
    return times


def dangers(page: Page, url: str) -> list[float]:
    """Milliseconds from words of danger to the top of the list."""
    times = []
    for _ in range(DANGERS):
        person = Person(url)
        page.evaluate(TOP, person.id)
        begun = time.time() * 1000
        person.says("I took all the pills just now")
        times.append(page.evaluate("window.seen") - begun)
        # They say that they are safe by leaving; the next one is then the first.
        person.client.post("/api/end")
        time.sleep(0.2)
    return times


def long_queue(browser: Browser, url: str, token: str) -> list[float]:
    """Milliseconds from opening the console to a queue of 200 rows that takes a key press."""
    times = []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1360, "height": 800})
        context.add_cookies([{"name": "lantern", "value": token, "url": url}])
        page = context.new_page()
        begun = time.time() * 1000
        page.goto(f"{url}/console/", wait_until="commit")
        page.locator(".lists .row").nth(ROWS - 1).wait_for(state="attached")
        page.keyboard.press("j")
        page.locator(".row.chosen").wait_for()
        times.append(time.time() * 1000 - begun)
        context.close()
    return times


def report(measured: dict[str, list[float]]) -> None:
    """Print each figure beside its promise, and keep them."""
    print(f"{'what':10} {'n':>4} {'p50':>8} {'p95':>8} {'most':>8} {'promise':>8} {'ratio':>6}")
    kept: dict[str, Any] = {}
    for name, values in measured.items():
        p50, p95 = figures.percentile(values, 0.5), figures.percentile(values, 0.95)
        kept[name] = {"n": len(values), "p50": round(p50), "p95": round(p95), "promised": PROMISED[name]}
        row = (p50, p95, max(values), PROMISED[name])
        print(f"{name:10} {len(values):4}", *(f"{one:8.0f}" for one in row), f"{p95 / PROMISED[name]:6.2f}")
    figures.write("console", kept)


if __name__ == "__main__":
    serve(sys.argv[2]) if sys.argv[1:2] == ["serve"] else main()
