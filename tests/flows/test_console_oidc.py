"""Sign-in by the organisation's own provider: a real one on loopback, made for the test."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import msgspec
import pytest
from consoles import HERE, account
from house import House
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import app
from bot.console.oidc import COOKIE
from bot.models import Audit, Counsellor

EMAIL = "ana@example.org"


@dataclass
class Provider:
    """Signs whatever claims the test wants; keeps what it was asked."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    challenge: str = ""

    def answers(self, path: str, form: dict[str, list[str]]) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            }
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/token" and self.fits(form["code_verifier"][0]):
            token = jwt.encode({"alg": "RS256", "kid": "one"}, self.claims, self.signs_with or self.key)
            return {"id_token": token, "access_token": "unused", "token_type": "Bearer"}
        return None

    def fits(self, verifier: str) -> bool:
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.reply(parse_qs(self.rfile.read(length).decode()))

        def reply(self, form: dict[str, list[str]]) -> None:
            body = provider.answers(self.path, form)
            self.send_response(400 if body is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing: the test reads what happened."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(make_house: Callable[..., House], provider: Provider) -> House:
    house = make_house()
    changes = {
        "oidc_issuer": provider.url,
        "oidc_client": "lantern",
        "oidc_secret": "kept in the environment",
    }
    house.kit = with_changes(house.kit, settings=msgspec.structs.replace(house.kit.settings, **changes))
    return house


@pytest.fixture
def browser(home: House) -> Iterator[TestClient]:
    with TestClient(app.create(home.kit, work=False), base_url=HERE, follow_redirects=False) as client:
        yield client


def goes_out(browser: TestClient, provider: Provider, home: House) -> dict[str, str]:
    """Press the button; the provider now knows the person."""
    out = browser.get("/console/api/oidc/start")
    assert out.status_code == 303
    asked = dict(parse_qsl(urlsplit(out.headers["location"]).query))
    now = int(home.clock().timestamp())
    provider.challenge = asked["code_challenge"]
    provider.claims = {
        "iss": provider.url,
        "aud": "lantern",
        "sub": "person-7",
        "iat": now,
        "exp": now + 300,
        "nonce": asked["nonce"],
        "email": EMAIL,
        "email_verified": True,
        "amr": ["pwd", "mfa"],
    }
    return asked


def comes_back(browser: TestClient, state: str) -> str:
    """Where the browser is sent after the provider."""
    back = browser.get(f"/console/api/oidc/back?code=abc&state={state}")
    assert back.status_code == 303
    return back.headers["location"]


def test_a_counsellor_signs_in_at_their_own_provider(
    home: House, browser: TestClient, provider: Provider
) -> None:
    account(home, EMAIL)
    assert browser.get("/console/api/doors").json() == {"oidc": True}
    asked = goes_out(browser, provider, home)
    assert asked["code_challenge_method"] == "S256"
    assert comes_back(browser, asked["state"]) == "/console/"
    assert browser.get("/console/api/me").json()["login"] == EMAIL
    with home.kit.database.read() as session:
        [entry] = session.scalars(select(Audit).where(Audit.action == "account.sign_in"))
        assert entry.details == {"by": "oidc"}


def test_afterwards_the_provider_s_own_id_counts_and_not_the_address(
    home: House, browser: TestClient, provider: Provider
) -> None:
    account(home, EMAIL)
    comes_back(browser, goes_out(browser, provider, home)["state"])
    asked = goes_out(browser, provider, home)
    provider.claims["sub"] = "somebody-else"
    assert comes_back(browser, asked["state"]) == "/console/#refused"
    asked = goes_out(browser, provider, home)
    provider.claims["email"] = "married@example.org"
    assert comes_back(browser, asked["state"]) == "/console/"


@pytest.mark.parametrize(
    "changed",
    [
        {"amr": ["pwd"]},  # one factor
        {"amr": None},
        {"aud": "another"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
        {"email": "nobody@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(
    home: House, browser: TestClient, provider: Provider, changed: dict[str, Any]
) -> None:
    account(home, EMAIL)
    asked = goes_out(browser, provider, home)
    provider.claims |= changed
    assert comes_back(browser, asked["state"]) == "/console/#refused"
    assert browser.get("/console/api/me").status_code == 401


def test_a_token_signed_by_another_key_opens_nothing(
    home: House, browser: TestClient, provider: Provider
) -> None:
    account(home, EMAIL)
    asked = goes_out(browser, provider, home)
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert comes_back(browser, asked["state"]) == "/console/#refused"


def test_a_way_back_that_this_browser_did_not_begin_opens_nothing(
    home: House, browser: TestClient, provider: Provider
) -> None:
    account(home, EMAIL)
    asked = goes_out(browser, provider, home)
    assert comes_back(browser, "another-state") == "/console/#refused"
    assert comes_back(browser, asked["state"]) == "/console/#refused"  # the cookie is used up
    browser.cookies.delete(COOKIE)
    assert comes_back(browser, asked["state"]) == "/console/#refused"


def test_who_has_left_stays_out(home: House, browser: TestClient, provider: Provider) -> None:
    ana = account(home, EMAIL)
    comes_back(browser, goes_out(browser, provider, home)["state"])
    with home.kit.database.begin() as session:
        session.get_one(Counsellor, ana).left_at = home.clock()
    assert comes_back(browser, goes_out(browser, provider, home)["state"]) == "/console/#refused"


def test_without_a_provider_there_is_no_such_way(client: TestClient) -> None:
    assert client.get("/console/api/doors").json() == {"oidc": False}
    assert client.get("/console/api/oidc/start").status_code == 404


def test_a_provider_that_is_away_is_said(home: House, browser: TestClient, provider: Provider) -> None:
    home.kit = with_changes(
        home.kit, settings=msgspec.structs.replace(home.kit.settings, oidc_issuer="http://127.0.0.1:9")
    )
    with TestClient(app.create(home.kit, work=False), base_url=HERE) as alone:
        assert "password and code" in alone.get("/console/api/oidc/start").json()["error"]
