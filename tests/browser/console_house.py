"""The real gateway behind a real port, with a scripted engine: for the console in a real browser."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pyotp
import uvicorn
from consoles import PASSWORD, WANTS_HUMAN
from house import Engine
from playwright.sync_api import BrowserContext, Page

from bot import app, content, db
from bot.console import accounts
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.models import Counsellor
from bot.settings import Settings
from bot.stage import Kit, utc_now


class ConsoleHouse:
    """A running gateway with its worker; `url` is its address."""

    def __init__(self, folder: Path, library: content.Library) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        address = f"sqlite:///{folder / 'console.db'}"
        db.migrate(address)
        self.engine = Engine()
        self.people: list[httpx.Client] = []
        self.kit = Kit(
            database=Database(address, Vault([new_key()])),
            library=library,
            dialogue=self.engine,
            settings=Settings(var=folder, port=port),
            encode=lambda text: {},
        )
        config = uvicorn.Config(
            app.create(self.kit), port=port, log_level="critical", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def close(self) -> None:
        for person in self.people:
            person.close()
        self._server.should_exit = True
        self._thread.join(10)

    def account(self, login: str, role: str = "counsellor") -> str:
        """An enrolled account; the secret of its second factor."""
        secret = pyotp.random_base32()
        with self.kit.database.begin() as session:
            counsellor = accounts.add(session, login, login.title(), role, utc_now())
            counsellor.totp, counsellor.enrolled_at = secret, utc_now()
            counsellor.password_hash = accounts.secrets.hashed(PASSWORD)
        return secret

    def signed_in(
        self,
        context: BrowserContext,
        login: str,
        role: str = "counsellor",
        lang: str = "en",
        host: str = "127.0.0.1",
    ) -> Page:
        """A tab with the console open, as after signing in."""
        with self.kit.database.begin() as session:
            counsellor = session.query(Counsellor).filter_by(login=login).one_or_none()
            if counsellor is None:
                counsellor = accounts.add(session, login, login.title(), role, utc_now())
                counsellor.totp, counsellor.enrolled_at = pyotp.random_base32(), utc_now()
                counsellor.capacity = 12
            token = accounts.open_session(session, counsellor, utc_now())
        url = self.url.replace("127.0.0.1", host)
        context.add_cookies([{"name": "lantern", "value": token, "url": url}])
        context.add_init_script(f"localStorage.setItem('lantern.console.lang', '{lang}')")
        page = context.new_page()
        page.goto(f"{url}/console/")
        page.locator(".sheet table, .sheet .muted, .strip dd").first.wait_for()
        return page


class Stranger:
    """A person who writes by the API that the widget uses."""

    def __init__(self, house: ConsoleHouse, lang: str = "en") -> None:
        self.house = house
        self._client = httpx.Client(base_url=house.url, headers={"Origin": house.url}, timeout=10)
        house.people.append(self._client)
        started = self._client.post("/api/conversations", json={"lang": lang, "country": "US"}).json()
        self.conversation = str(started["conversation"])
        self._client.headers["Authorization"] = f"Bearer {started['token']}"
        self._count = 0

    def says(self, text: str) -> None:
        self._count += 1
        before = len(self.heard())
        self._client.post(
            "/api/messages", json={"text": text}, headers={"Idempotency-Key": f"message-{self._count}"}
        )
        self._settle(before)

    def asks_for_a_human(self, text: str = "Can I talk to a person please?") -> None:
        self.house.engine.answer = WANTS_HUMAN
        self.says(text)

    def types(self) -> None:
        self._client.post("/api/typing", json={"on": True})

    def events(self) -> list[dict[str, Any]]:
        return list(self._client.get("/api/events?after=0&wait=0").json()["events"])

    def heard(self) -> list[str]:
        return [
            one["data"]["text"]
            for one in self.events()
            if one["event"] == "message" and one["data"]["author"] != "contact"
        ]

    def hears(self, text: str, seconds: float = 8.0) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(text in one for one in self.heard()):
                return True
            time.sleep(0.05)
        return False

    def _settle(self, before: int, seconds: float = 20.0) -> None:
        """Until the turn is over; while a counsellor is there nothing is answered."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(self.heard()) == before:
            if [one["data"].get("holder") for one in self.events() if one["event"] == "state"][-1:] == [
                "claimed"
            ]:
                return
            time.sleep(0.05)
