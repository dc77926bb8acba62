"""People who write on every channel, through the signed front door, and what reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import House
from providers import PATHS, PUBLIC, Providers, pressed, signed, written
from starlette.testclient import TestClient

from bot import delivery, turn
from bot.models import Conversation, Message

PAYLOADS = Path(__file__).parent / "payloads"
# One person on each channel, by the address that the channel knows them by.
PEOPLE = {
    "telegram": "5550001",
    "sms": "+12025550143",
    "whatsapp": "whatsapp:+12025550143",
    "messenger": "7000000000000001",
    "slack": "D0SAMPLE1",
}
BUTTONS = ("telegram", "messenger", "slack")


@dataclass(frozen=True)
class Row:
    """A stored message, opened."""

    kind: str
    text: str
    author: str
    state: str
    failure: str
    attempts: int


@dataclass
class Street:
    """A house with all channels on; turns and deliveries happen when a test says so."""

    house: House
    providers: Providers
    client: TestClient
    number: int = 1000

    def payload(self, name: str, **headers: str) -> Any:
        """Post a captured payload as its provider would."""
        path = name.partition("/")[0]
        body = (PAYLOADS / name).read_bytes().strip()
        return self.post(path, body, **headers)

    def post(self, path: str, body: bytes, **headers: str) -> Any:
        """Post a signed body; `headers` replace what the signature says."""
        right = signed(path, body, self.house.clock().timestamp())
        return self.client.post(f"/webhooks/{path}", content=body, headers=right | headers)

    def write(self, channel: str, text: str, who: str = "") -> str:
        """Somebody writes; nobody has looked at it yet. Returns the provider's number."""
        self.number += 1
        number = str(self.number)
        path, body = written(channel, who or PEOPLE[channel], number, text)
        assert self.post(path, body).status_code == 200
        return number

    def says(self, channel: str, text: str, who: str = "") -> list[str]:
        """Somebody writes, the turn is taken, everything is delivered: what they were sent."""
        address = who or PEOPLE[channel]
        before = len(self.providers.to(address))
        self.write(channel, text, who)
        self.work()
        return self.providers.to(address)[before:]

    def presses(self, channel: str, label: str) -> list[str]:
        """Somebody presses the newest button with this label."""
        address = PEOPLE[channel]
        buttons = [b for one in self.providers.sent if one.address == address for b in one.buttons]
        choice = [number for number, shown in buttons if shown == label][-1]
        before = len(self.providers.to(address))
        self.number += 1
        path, body = pressed(channel, address, str(self.number), choice)
        assert self.post(path, body).status_code == 200
        self.work()
        return self.providers.to(address)[before:]

    def work(self) -> None:
        """Take every turn and send everything that is due."""
        while turn.take(self.house.kit) is not None:
            pass
        self.deliver()

    def deliver(self) -> None:
        """Send everything that is due."""
        for name in PATHS:
            while delivery.deliver(self.house.kit, name):
                pass

    def rows(self, direction: str = "out") -> list[Row]:
        """All messages of one direction, oldest first."""
        with self.house.kit.database.read() as session:
            found = session.query(Message).filter_by(direction=direction).order_by(Message.id)
            return [Row(m.kind, m.text, m.author, str(m.state), m.failure or "", m.attempts) for m in found]

    def conversation(self, channel: str) -> Conversation:
        """The newest conversation on a channel, with its identity."""
        with self.house.kit.database.read() as session:
            query = session.query(Conversation).filter_by(channel=channel)
            found = query.order_by(Conversation.created_at.desc()).first()
            assert found is not None
            found.identity.id  # noqa: B018 (loaded while the session is open)
            return found


__all__ = ["BUTTONS", "PAYLOADS", "PEOPLE", "PUBLIC", "Street"]
