"""docs/add-a-channel.md is true: the file on that page, put in place, is a whole channel."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from house import House, topic
from starlette.testclient import TestClient

import bot.channels
from bot import app, channels, delivery, turn
from bot.errors import SettingsError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add-a-channel.md"
HERE = "https://lantern.example"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file of the page, in the folder of the channels."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    (tmp_path / "pigeon.py").write_text(code[1], encoding="utf-8")
    monkeypatch.setattr(bot.channels, "__path__", [*bot.channels.__path__, str(tmp_path)])
    yield
    sys.modules.pop("bot.channels.pigeon", None)


@pytest.fixture
def loft() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The provider of pigeons."""
    taken: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"id": "%d"}' % len(taken))

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_one_file_is_a_whole_channel(
    page: None, house: House, loft: tuple[str, list[dict[str, Any]]]
) -> None:
    address, taken = loft
    house.engine.answer = topic("abscess")
    opened = channels.load({"LANTERN_PIGEON_SECRET": "coo", "LANTERN_PIGEON_API": address}, HERE)
    kit = dataclasses.replace(house.kit, channels=opened)
    body = json.dumps(
        {"birds": [{"id": "1", "from": {"ring": "ES-1"}, "text": "what is an abscess"}]}
    ).encode()
    signature = {"X-Pigeon": hmac.new(b"coo", body, hashlib.sha256).hexdigest()}
    with TestClient(app.create(kit, work=False), base_url=HERE) as client:
        assert client.post("/webhooks/pigeon", content=body, headers={"X-Pigeon": "no"}).status_code == 403
        for _ in range(2):
            assert client.post("/webhooks/pigeon", content=body, headers=signature).status_code == 200
        while turn.take(kit) is not None:
            pass
        while delivery.deliver(kit, "pigeon"):
            pass
    assert {one["to"] for one in taken} == {"ES-1"}
    assert any("Reply with a number" in one["text"] for one in taken)
    assert all(len(one["text"]) <= 300 for one in taken)
    assert len({one["key"] for one in taken}) == len(taken)


def test_its_missing_secret_is_named(page: None) -> None:
    with pytest.raises(SettingsError, match="LANTERN_PIGEON_SECRET"):
        channels.load({"LANTERN_PIGEON_API": "https://loft.example"}, HERE)
