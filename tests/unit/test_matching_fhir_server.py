"""A health plan's server: its pages are followed, and whatever goes wrong takes nothing and says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle

from bot import matching
from bot.errors import BadInput
from bot.matching import outside

RECORDED = Path(__file__).parent.parent / "data" / "plan_net.json"


class Plan(ThreadingHTTPServer):
    """A server of a plan: recorded resources of our own making, one a page."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.pages: list[bytes] = []
        self.status = 200
        self.hangs = threading.Event()
        self.hangs.set()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/fhir/PractitionerRole"

    def serve_pages(self, *bundles: dict[str, Any]) -> None:
        """Answer with these pages in turn."""
        self.pages = [msgspec.json.encode(bundle) for bundle in bundles]


class Handler(BaseHTTPRequestHandler):
    server: Plan

    def do_GET(self) -> None:
        """One page, by the number in the address."""
        self.server.asked.append((self.path, self.headers["Accept"]))
        self.server.hangs.wait(10)
        number = int(self.path.partition("page=")[2] or 0)
        body = self.server.pages[number] if number < len(self.server.pages) else b"{}"
        self.send_response(self.server.status if number else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def plan() -> Iterator[Plan]:
    server = Plan()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.hangs.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def paged(*links: str) -> list[dict[str, Any]]:
    """The recorded resources, one a page; `links` lead from each page to the next."""
    whole = msgspec.json.decode(RECORDED.read_bytes())
    pages = [{"resourceType": "Bundle", "type": "searchset", "entry": [entry]} for entry in whole["entry"]]
    for page, link in zip(pages, links, strict=False):
        page["link"] = [{"relation": "self", "url": "http://x"}, {"relation": "next", "url": link}]
    return pages


def test_every_page_is_followed_to_the_same_entries_as_from_a_file(plan: Plan) -> None:
    """Relative and whole addresses; a role's person comes on another page than the role."""
    pages = paged(f"{plan.url}?page=1", "?page=2", "?page=3", f"{plan.url}?page=4", "?page=5")
    for page in pages:
        Bundle.model_validate(page)
    plan.serve_pages(*pages)
    entries, faults = matching.read_fhir(plan.url)
    assert faults == []
    assert entries == matching.read_fhir(str(RECORDED))[0]
    assert len(plan.asked) == len(pages)
    assert {accept for _, accept in plan.asked} == {"application/fhir+json"}


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_an_error_on_a_later_page_takes_nothing_and_names_the_status(plan: Plan, status: int) -> None:
    plan.serve_pages(*paged("?page=1"))
    plan.status = status
    with pytest.raises(BadInput, match=str(status)):
        matching.read_fhir(plan.url)


def test_a_server_that_hangs_is_given_up(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.2)
    plan.serve_pages(*paged())
    plan.hangs.clear()
    with pytest.raises(BadInput, match="ReadTimeout"):
        matching.read_fhir(plan.url)


def test_a_server_that_is_not_there_is_said(plan: Plan) -> None:
    with pytest.raises(BadInput, match="ConnectError"):
        matching.read_fhir("http://127.0.0.1:9/fhir")


def test_pages_that_go_round_end(plan: Plan) -> None:
    plan.serve_pages(*paged("?page=1", "?page=0", "?page=0"))
    with pytest.raises(BadInput, match="go round"):
        matching.read_fhir(plan.url)


def test_pages_without_end_end(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "MOST_PAGES", 2)
    plan.serve_pages(*paged("?page=1", "?page=2", "?page=3"))
    with pytest.raises(BadInput, match="more than 2 pages"):
        matching.read_fhir(plan.url)


@pytest.mark.parametrize("link", ["http://plan.example/2", "http://127.0.0.1:1/2", "ftp://plan.example/2"])
def test_a_next_page_in_the_open_or_elsewhere_on_this_machine_is_not_asked(plan: Plan, link: str) -> None:
    plan.serve_pages(*paged(link))
    with pytest.raises(BadInput, match="no https address"):
        matching.read_fhir(plan.url)
    assert len(plan.asked) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>maintenance</html>", "not a JSON object"),
        (b'{"resourceType": "OperationOutcome"}', "expected a FHIR Bundle"),
        (b"[]", "not a JSON object"),
    ],
)
def test_what_is_no_page_is_refused(plan: Plan, body: bytes, says: str) -> None:
    plan.pages = [body]
    with pytest.raises(BadInput, match=says):
        matching.read_fhir(plan.url)
