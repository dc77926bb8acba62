"""Getting into the console: the first link, both factors, lock-out, idle lock, what other sites cannot do."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import argon2
import msgspec
import pytest
from consoles import OWN, PASSWORD, Desk, code, desk, post, sign_in, token_of
from house import House
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import app
from bot.console import accounts, secrets
from bot.errors import BadInput
from bot.models import ConsoleSession, Counsellor


def enrolled(house: House, client: TestClient, login: str = "ana") -> str:
    """Somebody sets up the first account; gives the secret of the second factor."""
    token = token_of(accounts.first_link(house.kit))
    secret = str(post(client, "/enrol/begin", {"token": token}).json()["secret"])
    body = {"token": token, "login": login, "name": "Ana", "password": PASSWORD, "code": code(house, secret)}
    answer = post(client, "/enrol", body)
    assert answer.status_code == 200, answer.text
    return secret


def tries(client: TestClient, login: str, password: str, digits: str) -> Any:
    return post(client, "/session", {"login": login, "password": password, "code": digits})


def test_the_first_link_enrols_both_factors_once(house: House, client: TestClient) -> None:
    link = accounts.first_link(house.kit)
    assert link is not None
    assert link.startswith("http://127.0.0.1:8000/console/#enrol=")
    token = token_of(link)
    begun = post(client, "/enrol/begin", {"token": token}).json()
    assert begun["role"] == "administrator"
    assert begun["qr"].startswith("data:image/svg+xml")
    body = {
        "token": token,
        "login": "ana",
        "name": "Ana",
        "password": PASSWORD,
        "code": code(house, begun["secret"]),
    }
    assert post(client, "/enrol", body).status_code == 200
    assert client.get("/console/api/me").json()["name"] == "Ana"
    assert post(client, "/enrol", body).status_code == 403
    assert accounts.first_link(house.kit) is None


def test_a_link_runs_out_after_half_an_hour_and_a_new_one_replaces_it(
    house: House, client: TestClient
) -> None:
    first = token_of(accounts.first_link(house.kit))
    second = token_of(accounts.first_link(house.kit))
    assert post(client, "/enrol/begin", {"token": first}).status_code == 403
    house.clock.pass_(minutes=30)
    assert post(client, "/enrol/begin", {"token": second}).status_code == 403


def test_no_link_and_no_secret_stands_in_the_database(house: House, client: TestClient) -> None:
    token = token_of(accounts.first_link(house.kit))
    secret = post(client, "/enrol/begin", {"token": token}).json()["secret"]
    with house.kit.database.read() as session:
        row = session.scalars(select(Counsellor)).one()
        stored = [str(getattr(row, column.key)) for column in Counsellor.__table__.columns]
    assert not any(token in value or secret in value for value in stored)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"password": "short"}, "characters"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "guess"),
        ({"password": "ana river copper ana"}, "guess"),
        ({"password": "mypassword12345"}, "guess"),
        ({"code": "000000"}, "code"),
        ({"login": "a b"}, "login"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_with_an_account_is_said(
    house: House, client: TestClient, change: dict[str, str], rule: str
) -> None:
    token = token_of(accounts.first_link(house.kit))
    secret = post(client, "/enrol/begin", {"token": token}).json()["secret"]
    body = {"token": token, "login": "ana", "name": "Ana", "password": PASSWORD, "code": code(house, secret)}
    answer = post(client, "/enrol", body | change)
    assert answer.status_code == 400
    assert rule in answer.json()["error"]
    assert post(client, "/enrol", body).status_code == 200


def test_signing_in_needs_password_and_a_fresh_code(house: House, client: TestClient) -> None:
    secret = enrolled(house, client)
    used = code(house, secret)
    assert tries(client, "ana", PASSWORD, used).status_code == 401
    house.clock.pass_(seconds=30)
    assert tries(client, "ana", "wrong words here now", code(house, secret)).status_code == 401
    assert tries(client, "ana", PASSWORD, "000000").status_code == 401
    assert tries(client, "ANA ", PASSWORD, code(house, secret)).status_code == 200
    assert tries(client, "ana", PASSWORD, code(house, secret)).status_code == 401


def test_a_clock_that_is_half_a_minute_off_still_works(house: House, client: TestClient) -> None:
    secret = enrolled(house, client)
    house.clock.pass_(seconds=60)
    late = code(house, secret)
    house.clock.pass_(seconds=30)
    assert tries(client, "ana", PASSWORD, late).status_code == 200
    house.clock.pass_(seconds=90)
    too_late = code(house, secret)
    house.clock.pass_(seconds=60)
    assert tries(client, "ana", PASSWORD, too_late).status_code == 401


def test_every_failure_answers_alike(house: House, client: TestClient) -> None:
    secret = enrolled(house, client)
    house.clock.pass_(seconds=60)
    answers = {
        tries(client, "nobody", PASSWORD, "123456").text,
        tries(client, "ana", "wrong words here now", code(house, secret)).text,
        tries(client, "ana", PASSWORD, "123456").text,
    }
    for _ in range(4):
        answers.add(tries(client, "ana", PASSWORD, "123456").text)
    answers.add(tries(client, "ana", PASSWORD, code(house, secret)).text)
    assert len(answers) == 1


def test_tries_are_slowed_down_and_then_open_again(house: House, client: TestClient) -> None:
    secret = enrolled(house, client)
    for _ in range(accounts.FREE_FAILURES + 1):
        assert tries(client, "ana", PASSWORD, "123456").status_code == 401
    house.clock.pass_(seconds=29)
    assert tries(client, "ana", PASSWORD, code(house, secret)).status_code == 401
    house.clock.pass_(minutes=16)
    assert tries(client, "ana", PASSWORD, code(house, secret)).status_code == 200


def test_an_account_that_is_not_set_up_cannot_sign_in(house: House, client: TestClient) -> None:
    with house.kit.database.begin() as session:
        accounts.add(session, "new", "New", "counsellor", house.clock())
    assert tries(client, "new", PASSWORD, "123456").status_code == 401


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(house: House, client: TestClient) -> None:
    secret = enrolled(house, client)
    house.clock.pass_(seconds=60)
    cookie = tries(client, "ana", PASSWORD, code(house, secret)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    https = dataclasses.replace(
        house.kit, settings=msgspec.structs.replace(house.kit.settings, public_url="https://help.example")
    )
    house.clock.pass_(seconds=60)
    with TestClient(app.create(https, work=False), base_url="https://help.example") as there:
        headers = {"Origin": "https://help.example", "X-Lantern": "console"}
        body = {"login": "ana", "password": PASSWORD, "code": code(house, secret)}
        cookie = there.post("/console/api/session", json=body, headers=headers).headers["set-cookie"]
    assert cookie.startswith("__Host-lantern=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN["Origin"]},
        {"X-Lantern": "console"},
        {"Origin": "https://evil.example", "X-Lantern": "console"},
        {"Origin": "http://127.0.0.1:8001", "X-Lantern": "console"},
        {"Origin": "null", "X-Lantern": "console"},
    ],
)
def test_another_site_cannot_act_with_the_counsellors_cookie(
    house: House, client: TestClient, headers: dict[str, str]
) -> None:
    desk(house, client, "ana")
    assert post(client, "/presence", {"available": False}, headers).status_code == 403
    assert client.delete("/console/api/session", headers=headers).status_code == 403
    assert client.get("/console/api/me").json()["available"] is True


def test_loopback_has_two_names(house: House, client: TestClient) -> None:
    desk(house, client, "ana")
    other = {"Origin": "http://localhost:8000", "X-Lantern": "console"}
    assert post(client, "/presence", {"available": True}, other).status_code == 200


def test_an_unused_console_locks_itself_though_its_heart_beats(house: House, client: TestClient) -> None:
    ana = desk(house, client, "ana")
    for _ in range(29):
        house.clock.pass_(seconds=30)
        assert ana.post("/presence", {}).status_code == 200
    house.clock.pass_(seconds=30)
    assert ana.post("/presence", {}).status_code == 401
    assert ana.get("/me").status_code == 401
    sign_in(ana)
    assert ana.get("/me").status_code == 200


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(house: House, client: TestClient) -> None:
    ana = desk(house, client, "ana")
    for _ in range(71):
        house.clock.pass_(minutes=10)
        ana.beat()
    house.clock.pass_(minutes=10)
    assert ana.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"[" * 5000, 400),
        (b'{"login": 1, "password": "", "code": ""}', 400),
        (b'{"login": "a", "password": "b", "code": "c", "more": 1}', 400),
        (b'{"login": "\\ud800", "password": "b", "code": "c"}', 400),
        (b'{"login": "\\u0000", "password": "b", "code": "c"}', 401),
        (b"x" * 70_000, 413),
        ("contraseña".encode("latin-1"), 400),
    ],
)
def test_broken_requests_are_refused_and_harm_nothing(
    house: House, client: TestClient, content: bytes, status: int
) -> None:
    assert client.post("/console/api/session", content=content, headers=OWN).status_code == status


def test_every_answer_forbids_frames_foreign_scripts_and_referrers(house: House, client: TestClient) -> None:
    for path in ("/console/", "/console/api/me", "/console/nothing"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/console/api/me").headers["cache-control"] == "no-store"
    assert "content-security-policy" not in client.get("/health/live").headers


def test_a_flood_of_sign_ins_is_turned_away_not_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_PATIENCE_SECONDS", 0.01)
    with secrets._room(), secrets._room(), pytest.raises(BadInput):
        secrets.fits(None, "anything")


def test_passwords_are_hashed_slowly() -> None:
    assert argon2.PasswordHasher().hash("x").startswith("$argon2id$v=19$m=65536,t=3")
    assert inspect.getsource(secrets).count("argon2.PasswordHasher()") == 1


def test_only_the_hash_of_a_session_is_kept(house: House, client: TestClient) -> None:
    ana: Desk = desk(house, client, "ana")
    with house.kit.database.read() as session:
        rows = session.scalars(select(ConsoleSession)).all()
    assert all(client.cookies["lantern"] not in row.token_hash for row in rows)
    assert ana.id == rows[0].counsellor_id
