"""The real gateway behind a real port, with a scripted engine and a bad network in front."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import httpx
from consoles import WANTS_HUMAN
from house import Engine
from proxy import Proxy
from serving import Serving, free_port

from bot import app, content, db
from bot.console import accounts
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.models import Conversation, Message
from bot.settings import Settings, Site
from bot.stage import Kit, utc_now


class WidgetHouse:
    """A running gateway; a restart keeps nothing but the database. People reach it through `proxy`."""

    def __init__(self, folder: Path, library: content.Library) -> None:
        self.folder, self.library, self.vault = folder, library, Vault([new_key()])
        self.port = free_port()
        self.proxy = Proxy(self.port)
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        self.engine = Engine(answer=WANTS_HUMAN)
        self.address = f"sqlite:///{folder / 'widget.db'}"
        db.migrate(self.address)
        self.serving = Serving(self._make, self.port, lifespan="on")

    def _make(self) -> Any:
        settings = Settings(var=self.folder, port=self.port, sites=(Site(self.url),))
        database = Database(self.address, self.vault)
        self.kit = Kit(database, self.library, self.engine, settings, encode=lambda text: {})
        return app.create(self.kit)

    def restart(self) -> None:
        """As after a kill."""
        self.serving.stop()
        self.serving.start()

    def close(self) -> None:
        """Stop everything."""
        self.proxy.close()
        self.serving.stop()

    def conversation(self) -> str:
        """The id of the only conversation."""
        with self.kit.database.read() as session:
            return str(session.query(Conversation).one().id)

    def stored(self, author: str) -> list[str]:
        """What the database holds by this author, in order."""
        with self.kit.database.read() as session:
            rows = session.query(Message).filter_by(author=author).order_by(Message.seq)
            return [row.text for row in rows]


class Ana:
    """A counsellor who uses the console's own API, and tries again until she knows that it worked."""

    def __init__(self, house: WidgetHouse) -> None:
        self.house = house
        own = f"http://127.0.0.1:{house.port}"
        self.client = httpx.Client(
            base_url=f"{own}/console/api", headers={"Origin": own, "X-Lantern": "console"}
        )
        with house.kit.database.begin() as session:
            counsellor = accounts.add(session, "ana", "Ana", "counsellor", utc_now())
            counsellor.totp, counsellor.enrolled_at = accounts.secrets.new_totp(), utc_now()
            self.client.cookies.set("lantern", accounts.open_session(session, counsellor, utc_now()))
        self.beat()

    def close(self) -> None:
        """Leave for good."""
        self.client.close()

    def beat(self) -> None:
        """Be there: a counsellor who is silent for too long loses the conversation."""
        self.beaten = time.monotonic()
        self.post("/presence", {"active": True, "available": True})

    def post(self, path: str, body: Any) -> None:
        """One act, once, however often it takes."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        until = time.monotonic() + 30
        while True:
            try:
                answer = self.client.post(path, json=body, headers=key)
            except httpx.TransportError:
                assert time.monotonic() < until, "the gateway did not come back"
                time.sleep(0.1)
                continue
            assert answer.status_code < 300, answer.text
            return

    def claims(self) -> None:
        """Take the person who waits."""
        self.post(f"/conversations/{self.house.conversation()}/claim", {})

    def says(self, text: str) -> None:
        """Write to the person."""
        if time.monotonic() - self.beaten > 3:
            self.beat()
        self.post(f"/conversations/{self.house.conversation()}/answer", {"text": text})
