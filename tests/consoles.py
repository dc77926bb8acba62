"""Counsellors for tests: enrolled accounts, their browsers, and the people who write to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pyotp
from house import House
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import turn
from bot.console import accounts
from bot.messages import Answered, Understood
from bot.models import Alert, Conversation, Counsellor

HERE = "http://127.0.0.1:8000"
OWN = {"Origin": HERE, "X-Lantern": "console"}
PASSWORD = "copper lamp river stone"
WANTS_HUMAN = Answered(replies=({"handover": "handoff"},), understood=Understood(intent="human"))


def account(house: House, login: str, role: str = "counsellor", **changes: Any) -> str:
    """An enrolled account without the slow hash of a password; its id."""
    with house.kit.database.begin() as session:
        counsellor = accounts.add(session, login, login.title(), role, house.clock())
        counsellor.totp = accounts.secrets.new_totp()
        counsellor.enrolled_at = house.clock()
        for name, value in changes.items():
            setattr(counsellor, name, value)
        return counsellor.id


@dataclass
class Desk:
    """A counsellor's browser: requests as the page sends them."""

    client: TestClient
    house: House
    id: str

    def get(self, path: str, **extra: Any) -> Any:
        return self.client.get(f"/console/api{path}", **extra)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/console/api{path}", json={} if body is None else body, headers=OWN | headers
        )

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/console/api{path}", headers=OWN)

    def beat(self, **body: Any) -> None:
        assert self.post("/presence", {"active": True} | body).status_code == 200

    def claim(self, conversation: str) -> Any:
        return self.post(f"/conversations/{conversation}/claim")

    def answers(self, conversation: str, text: str, key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.post(f"/conversations/{conversation}/answer", {"text": text}, **headers)

    def board(self) -> Any:
        return self.get("/board").json()


def desk(house: House, client: TestClient, login: str, role: str = "counsellor", **changes: Any) -> Desk:
    """A signed-in counsellor who takes conversations."""
    with house.kit.database.read() as session:
        known = session.scalar(select(Counsellor.id).where(Counsellor.login == login))
    one = Desk(client, house, known or account(house, login, role, **changes))
    sign_in(one)
    one.beat(available=True)
    return one


def sign_in(one: Desk) -> None:
    """A fresh session in the browser's cookie, as after the sign-in page."""
    with one.house.kit.database.begin() as session:
        token = accounts.open_session(session, session.get_one(Counsellor, one.id), one.house.clock())
    one.client.cookies.set("lantern", token)


def code(house: House, secret: str) -> str:
    """What the authenticator app shows now."""
    return pyotp.TOTP(secret).at(house.clock())


@dataclass
class Visitor:
    """A person with the widget."""

    client: TestClient
    house: House
    conversation: str
    headers: dict[str, str]

    def says(self, text: str) -> None:
        body = {"text": text}
        headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
        assert self.client.post("/api/messages", json=body, headers=headers).status_code == 202
        turn.take(self.house.kit, self.conversation)

    def presses(self, label: str) -> None:
        """Press the newest choice with this label."""
        offered = [choice for data in self.messages() for choice in data.get("choices", ())]
        self.chooses([one["id"] for one in offered if one["label"] == label][-1])

    def chooses(self, choice: object) -> None:
        headers = self.headers | {"Idempotency-Key": str(uuid.uuid4())}
        sent = self.client.post("/api/messages", json={"choice": choice}, headers=headers)
        assert sent.status_code == 202
        turn.take(self.house.kit, self.conversation)

    def asks_for_a_human(self) -> None:
        self.house.engine.answer = WANTS_HUMAN
        self.says("i want to talk to a person please")

    def events(self) -> list[dict[str, Any]]:
        return list(self.client.get("/api/events?after=0&wait=0", headers=self.headers).json()["events"])

    def messages(self) -> list[dict[str, Any]]:
        """Every message of the conversation as the widget gets it, oldest first."""
        return [one["data"] for one in self.events() if one["event"] == "message"]

    def heard(self) -> list[str]:
        """What the person was shown by others, oldest first."""
        return [data["text"] for data in self.messages() if data["author"] != "contact"]

    def states(self) -> list[str]:
        return [
            one["data"].get("holder", one["event"])
            for one in self.events()
            if one["event"] in {"state", "closed"}
        ]


def visitor(house: House, client: TestClient) -> Visitor:
    """Somebody opens the chat on our own website."""
    started = client.post(
        "/api/conversations", json={"lang": "en", "country": "US"}, headers={"Origin": HERE}
    ).json()
    headers = {"Authorization": f"Bearer {started['token']}", "Origin": HERE}
    return Visitor(client, house, started["conversation"], headers)


def other(house: House, client: TestClient, login: str, role: str = "counsellor") -> Desk:
    """A second counsellor, with a browser of their own."""
    browser = TestClient(client.app, base_url=str(client.base_url))
    return desk(house, browser, login, role)


def alerts(house: House) -> list[str]:
    """Kinds of alert that staff were given."""
    with house.kit.database.read() as session:
        return list(session.scalars(select(Alert.kind)))


def holder(house: House, conversation: str) -> str:
    """Who holds a conversation now."""
    with house.kit.database.read() as session:
        return session.get_one(Conversation, conversation).holder


def token_of(link: str | None) -> str:
    """The token in a one-time link."""
    assert link
    return link.partition("#enrol=")[2]


def post(client: TestClient, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    return client.post(f"/console/api{path}", json=body, headers=OWN if headers is None else headers)
