"""Partner systems are told by signed webhooks, staff by a line in Slack; never a text of a person."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from street import Street

from bot import dispatch, settings
from bot.errors import SettingsError
from bot.models import Dispatch
from bot.settings import Partner

OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()


class Receiver(ThreadingHTTPServer):
    """A partner's endpoint: keeps what it got, answers as told."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        if self.server.status in {301, 307}:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def partner(street: Street) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    known = Partner("registry", f"http://127.0.0.1:{server.server_port}/hook", (NEW, OLD), ("alert.raised",))
    kit = street.house.kit
    street.house.kit = dataclasses.replace(
        kit, settings=msgspec.structs.replace(kit.settings, partners=(known,))
    )
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)
    dispatch._client().close()
    dispatch._client.cache_clear()


def send(street: Street) -> None:
    while dispatch.work(street.house.kit):
        pass


def danger(street: Street) -> None:
    street.says("telegram", "i took all the pills just now, says canary-41")


def states(street: Street) -> list[tuple[str, str]]:
    with street.house.kit.database.read() as session:
        return [(row.state, row.failure) for row in session.query(Dispatch).filter_by(target="registry")]


def test_an_alert_reaches_the_partner_once_and_verifies_with_either_secret(
    street: Street, partner: Receiver
) -> None:
    danger(street)
    send(street)
    send(street)
    [(headers, body)] = partner.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    given = headers["webhook-signature"].split(" ")
    for secret in (OLD, NEW):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() in given
    event = json.loads(body)
    assert event["type"] == "alert.raised"
    assert event["data"]["level"] == "P0"
    assert b"canary" not in body


def test_staff_get_a_link_in_slack_and_no_word_of_the_person(street: Street, partner: Receiver) -> None:
    danger(street)
    send(street)
    [line] = street.providers.to("C0ALERTS")
    assert "/console/" in line
    assert "canary" not in line
    assert "5550001" not in line


@pytest.mark.parametrize("status", [301, 307, 400, 500])
def test_what_the_partner_did_not_take_comes_again_with_the_same_id(
    street: Street, partner: Receiver, status: int
) -> None:
    partner.status = status
    danger(street)
    send(street)
    street.house.clock.pass_(seconds=4)
    send(street)
    assert len(partner.got) == 1
    partner.status = 204
    street.house.clock.pass_(seconds=2)
    send(street)
    assert len({headers["webhook-id"] for headers, _ in partner.got}) == 1
    assert len(partner.got) == 2
    assert states(street) == [("sent", str(status))] or states(street) == [("sent", "")]


def test_a_partner_that_is_gone_gets_nothing_more(street: Street, partner: Receiver) -> None:
    partner.status = 410
    danger(street)
    send(street)
    assert states(street) == [("dead", "410")]


def test_after_the_whole_schedule_it_is_a_dead_letter(street: Street, partner: Receiver) -> None:
    partner.status = 500
    danger(street)
    for _ in range(len(dispatch.SCHEDULE) + 2):
        send(street)
        street.house.clock.pass_(hours=25)
    assert states(street)[0] == ("dead", "500")
    assert len(partner.got) == len(dispatch.SCHEDULE) + 1


WRONG = [
    f'name = "a"\nurl = "http://elsewhere.example"\nsecrets = ["{OLD}"]',
    'name = "a"\nurl = "https://a.example"\nsecrets = ["whsec_c2hvcnQ="]',
    'name = "a"\nurl = "https://a.example"\nsecrets = []',
    f'name = "slack"\nurl = "https://a.example"\nsecrets = ["{OLD}"]',
]


@pytest.mark.parametrize("table", WRONG)
def test_a_wrong_partner_refuses_to_start_and_names_the_file(tmp_path: Path, table: str) -> None:
    path = tmp_path / "partners.toml"
    path.write_text(f"[[partner]]\n{table}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"partners\.toml"):
        settings.read({"LANTERN_PARTNERS": str(path), "LANTERN_SITES": "none"})
