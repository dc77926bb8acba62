"""Counsellors in Chatwoot: a small Chatwoot on loopback, made for the test, with its public API's shapes."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
import pytest
from consoles import HERE, Visitor, desk, visitor
from house import House
from starlette.testclient import TestClient

from bot import app, timers
from bot.console.chatwoot import client as chatwoot_client
from bot.console.chatwoot import forward
from bot.errors import TryLater
from bot.models import Conversation

SECRET = "kept in both places"


@dataclass
class Chatwoot:
    """One account: its agents, and what was posted."""

    url: str = ""
    online: bool = True
    down: bool = False
    said: list[dict[str, Any]] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)

    def answers(self, path: str, body: Any) -> Any:
        match path.removeprefix("/api/v1/accounts/3").strip("/").split("/"):
            case ["agents"]:
                return [{"id": 1, "availability_status": "online" if self.online else "offline"}]
            case ["contacts"]:
                return {"payload": {"contact": {"id": 5}, "contact_inbox": {"source_id": "source-5"}}}
            case ["conversations"]:
                self.opened.append(body)
                return {"id": 70 + len(self.opened)}
            case ["conversations", number, "messages"]:
                self.said.append(body | {"number": int(number)})
                return {"id": len(self.said)}
            case ["conversations", number, "toggle_status"]:
                self.resolved.append(int(number))
                return {"success": True}
        raise AssertionError(path)


@pytest.fixture
def remote() -> Iterator[Chatwoot]:
    remote = Chatwoot()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(None)

        def do_POST(self) -> None:
            self.reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def reply(self, body: Any) -> None:
            right = self.headers["api_access_token"] == "token" and not remote.down
            answer = json.dumps(remote.answers(self.path, body)).encode() if right else b"{}"
            self.send_response(200 if right else 503)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Nothing: the test reads what happened."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    remote.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield remote
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(make_house: Callable[..., House], remote: Chatwoot) -> House:
    house = make_house()
    changes = {
        "chatwoot_url": remote.url,
        "chatwoot_account": 3,
        "chatwoot_inbox": 9,
        "chatwoot_token": "token",
        "chatwoot_secret": SECRET,
    }
    house.kit = replace(house.kit, settings=msgspec.structs.replace(house.kit.settings, **changes))
    return house


@pytest.fixture
def browser(home: House) -> Iterator[TestClient]:
    with TestClient(app.create(home.kit, work=False), base_url=HERE) as client:
        yield client


@pytest.fixture
def bridge(home: House) -> Iterator[chatwoot_client.Chatwoot]:
    bridge = chatwoot_client.Chatwoot(home.kit.settings)
    forward.beat(home.kit, bridge)
    yield bridge
    bridge.close()


@pytest.fixture
def maria(home: House, browser: TestClient, bridge: chatwoot_client.Chatwoot) -> Visitor:
    maria = visitor(home, browser)
    maria.says("my arm hurts a bit")
    maria.asks_for_a_human()
    forward.forward(home.kit, bridge)
    return maria


def hook(browser: TestClient, house: House, event: dict[str, Any], **changes: str) -> int:
    body = json.dumps(event).encode()
    stamp = changes.get("stamp", str(int(house.clock().timestamp())))
    key = changes.get("secret", SECRET).encode()
    signature = "sha256=" + hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Chatwoot-Timestamp": stamp,
        "X-Chatwoot-Signature": changes.get("signature", signature),
    }
    return browser.post("/console/chatwoot", content=body, headers=headers).status_code


def words(text: str, number: int = 71, **changes: Any) -> dict[str, Any]:
    """An agent wrote."""
    return {
        "event": "message_created", "id": 900, "content": text, "message_type": "outgoing", "private": False,
        "sender": {"name": "Lucía", "type": "user"}, "conversation": {"id": number},
    } | changes  # fmt: skip


def test_a_handoff_reaches_chatwoot_with_its_history_in_order(remote: Chatwoot, maria: Visitor) -> None:
    assert remote.opened[0]["inbox_id"] == 9
    assert remote.opened[0]["custom_attributes"]["reason"] == "asked"
    by_person = [one["content"] for one in remote.said if one["message_type"] == "incoming"]
    assert by_person == ["my arm hurts a bit", "i want to talk to a person please"]
    others = [one for one in remote.said if one["message_type"] == "outgoing"]
    assert others
    assert all(one["private"] for one in others), "the bot's words must go to nobody"


def test_an_agent_answers_the_person_is_told_by_name_and_the_bot_is_silent(
    home: House, browser: TestClient, maria: Visitor
) -> None:
    assert hook(browser, home, words("Hello, I am here.")) == 204
    assert hook(browser, home, words("Hello, I am here.")) == 204  # delivered twice, shown once
    assert maria.states() == ["requested", "claimed"]
    assert any("Lucía" in text for text in maria.heard())
    assert maria.heard().count("Hello, I am here.") == 1
    before = len(maria.heard())
    maria.says("thank you")
    assert len(maria.heard()) == before


def test_an_assignment_is_a_claim_and_resolving_hands_back_to_the_bot(
    home: House, browser: TestClient, maria: Visitor
) -> None:
    assigned = {"event": "conversation_updated", "id": 71, "meta": {"assignee": {"name": "Lucía"}}}
    hook(browser, home, assigned)
    hook(browser, home, {"event": "conversation_status_changed", "id": 71, "status": "resolved"})
    assert maria.states() == ["requested", "claimed", "bot"]


@pytest.mark.parametrize(
    "changed",
    [
        {"private": True},
        {"message_type": "incoming"},
        {"sender": {"name": "Bot", "type": "agent_bot"}},
        {"content": None},
        {"conversation": {"id": 999}},
        {"conversation": None},
        {"event": "contact_created"},
    ],
)
def test_notes_echoes_and_foreign_events_reach_nobody(
    home: House, browser: TestClient, maria: Visitor, changed: dict[str, Any]
) -> None:
    before = maria.heard()
    assert hook(browser, home, words("not for her", **changed)) == 204
    assert maria.heard() == before
    assert maria.states() == ["requested"]


def test_an_unsigned_an_old_and_a_changed_webhook_are_refused(
    home: House, browser: TestClient, client: TestClient, maria: Visitor
) -> None:
    assert hook(browser, home, words("x"), secret="another") == 403
    assert hook(browser, home, words("x"), signature="") == 403
    assert hook(browser, home, words("x"), stamp=str(int(home.clock().timestamp()) - 301)) == 403
    assert hook(browser, home, words("x"), stamp="soon") == 403
    assert client.post("/console/chatwoot", content=b"{}").status_code == 404
    assert "x" not in maria.heard()


def test_who_was_first_in_our_own_console_keeps_the_conversation(
    home: House, browser: TestClient, maria: Visitor
) -> None:
    ana = desk(home, browser, "ana")
    ana.claim(maria.conversation)
    assert hook(browser, home, words("too late")) == 204
    assert "too late" not in maria.heard()


def test_words_of_danger_are_marked_and_the_end_is_told(
    home: House, browser: TestClient, bridge: chatwoot_client.Chatwoot, remote: Chatwoot, maria: Visitor
) -> None:
    hook(browser, home, words("Hello"))
    maria.says("i took all the pills just now")
    forward.forward(home.kit, bridge)
    assert remote.said[-1]["content"].startswith("[P0]")
    assert not any("Hello" in one["content"] for one in remote.said), "what agents wrote is known there"
    browser.post("/api/end", headers=maria.headers)
    forward.forward(home.kit, bridge)
    assert remote.resolved == [71]


def test_when_chatwoot_is_away_what_it_held_returns_to_the_queue(
    home: House, browser: TestClient, bridge: chatwoot_client.Chatwoot, remote: Chatwoot, maria: Visitor
) -> None:
    hook(browser, home, words("Hello"))
    remote.down = True
    with pytest.raises(TryLater):
        forward.beat(home.kit, bridge)
    home.clock.pass_(seconds=61)
    timers.fire(home.kit)
    assert maria.states() == ["requested", "claimed", "requested"]
    remote.down = False
    maria.says("are you there")
    forward.forward(home.kit, bridge)
    assert any(one["content"] == "are you there" for one in remote.said)


def test_nobody_online_there_is_nobody(
    home: House, browser: TestClient, bridge: chatwoot_client.Chatwoot, remote: Chatwoot
) -> None:
    remote.online = False
    forward.beat(home.kit, bridge)
    jo = visitor(home, browser)
    jo.asks_for_a_human()
    with home.kit.database.read() as session:
        assert session.get_one(Conversation, jo.conversation).holder == "bot"


def test_the_bridge_runs_beside_the_worker_and_stops(
    home: House, remote: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    monkeypatch.setattr(remote, "answers", lambda path, body: told.set() or [])
    running = forward.Bridge(home.kit)
    running.start()
    assert told.wait(10)
    running.stop()
