"""A passkey opens the console without a code: once for each challenge, for its owner, on our own page."""

from __future__ import annotations

from typing import Any

import pytest
from authenticator import Authenticator
from consoles import OWN, Desk, desk, other
from house import House
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.models import Audit, Passkey

NAMED = "http://localhost:8000"
FROM_NAMED = OWN | {"Origin": NAMED}


@pytest.fixture
def key(house: House, ana: Desk) -> Authenticator:
    """Ana's passkey."""
    made = Authenticator(NAMED)
    assert keeps(ana, made).status_code == 200
    return made


def keeps(one: Desk, made: Authenticator) -> Any:
    options = one.post("/passkeys/begin", **FROM_NAMED).json()
    return one.post("/passkeys", {"name": "My phone", "credential": made.makes(options)}, **FROM_NAMED)


def asked(house: House, client: TestClient) -> dict[str, Any]:
    house.clock.pass_(seconds=1)
    return dict(client.post("/console/api/passkey/begin", json={}, headers=FROM_NAMED).json())


def signs_in(client: TestClient, credential: dict[str, Any], origin: str = NAMED) -> int:
    headers = OWN | {"Origin": origin}
    return client.post("/console/api/passkey", json={"credential": credential}, headers=headers).status_code


def test_a_passkey_opens_a_session_and_is_written_down(
    house: House, client: TestClient, ana: Desk, key: Authenticator
) -> None:
    client.cookies.clear()
    assert ana.get("/me").status_code == 401
    assert signs_in(client, key.shows(asked(house, client))) == 200
    assert ana.get("/me").json()["login"] == "ana"
    [kept] = ana.get("/passkeys").json()
    assert kept["name"] == "My phone"
    assert kept["used_at"]
    with house.kit.database.read() as session:
        entry = session.scalars(select(Audit).where(Audit.action == "account.sign_in")).one()
        assert entry.details == {"by": "passkey"}


def test_an_answer_works_once_and_none_older_does(
    house: House, client: TestClient, key: Authenticator
) -> None:
    early, late = asked(house, client), asked(house, client)
    answered = key.shows(late)
    assert signs_in(client, answered) == 200
    assert signs_in(client, answered) == 401
    assert signs_in(client, key.shows(early)) == 401


def test_a_challenge_grows_old_and_must_be_ours(house: House, client: TestClient, key: Authenticator) -> None:
    old = asked(house, client)
    house.clock.pass_(seconds=121)
    assert signs_in(client, key.shows(old)) == 401
    foreign = asked(house, client) | {"challenge": "AAAA" * 19}
    assert signs_in(client, key.shows(foreign)) == 401
    for broken in ({}, {"response": {}}, {"response": {"clientDataJSON": "e30"}}, {"response": "x"}):
        assert signs_in(client, broken) == 400


def test_a_device_that_did_not_check_its_owner_opens_nothing(
    house: House, client: TestClient, key: Authenticator
) -> None:
    assert signs_in(client, key.shows(asked(house, client), verified=False)) == 401


def test_another_site_can_use_neither_the_passkey_nor_the_route(
    house: House, client: TestClient, key: Authenticator
) -> None:
    options = asked(house, client)
    key.origin = "https://lantern.example.net"
    assert signs_in(client, key.shows(options)) == 401
    assert signs_in(client, key.shows(options), "https://lantern.example.net") == 403


def test_an_unknown_passkey_and_a_removed_one_open_nothing(
    house: House, client: TestClient, ana: Desk, key: Authenticator
) -> None:
    assert signs_in(client, Authenticator(NAMED).shows(asked(house, client))) == 401
    [kept] = ana.get("/passkeys").json()
    assert ana.post(f"/passkeys/{kept['id']}/remove").status_code == 204
    assert signs_in(client, key.shows(asked(house, client))) == 401


def test_nobody_removes_the_passkey_of_somebody_else(
    house: House, client: TestClient, ana: Desk, key: Authenticator
) -> None:
    rosa = other(house, client, "rosa")
    [kept] = ana.get("/passkeys").json()
    assert rosa.get("/passkeys").json() == []
    assert rosa.post(f"/passkeys/{kept['id']}/remove").status_code == 404
    assert keeps(rosa, key).status_code == 409


@pytest.mark.parametrize("way", ["link", "leave"])
def test_a_new_link_or_leaving_ends_all_passkeys(
    house: House, client: TestClient, ana: Desk, key: Authenticator, way: str
) -> None:
    boss = other(house, client, "boss", "administrator")
    assert boss.post(f"/staff/{ana.id}/{way}").status_code in {200, 204}
    with house.kit.database.read() as session:
        assert session.scalar(select(Passkey.id)) is None
    assert signs_in(client, key.shows(asked(house, client))) == 401


def test_a_passkey_needs_a_name_and_a_place_with_a_name(house: House, client: TestClient) -> None:
    ana = desk(house, client, "ana")
    refused = ana.post("/passkeys/begin")
    assert refused.status_code == 400
    assert "localhost" in refused.json()["error"]
    options = ana.post("/passkeys/begin", **FROM_NAMED).json()
    made = Authenticator(NAMED).makes(options)
    assert ana.post("/passkeys", {"name": " ", "credential": made}, **FROM_NAMED).status_code == 400
    made["response"]["attestationObject"] = "AAAA"
    assert ana.post("/passkeys", {"name": "Phone", "credential": made}, **FROM_NAMED).status_code == 400


def test_an_account_has_no_more_than_eight(house: House, ana: Desk) -> None:
    made = []
    for _ in range(9):
        house.clock.pass_(seconds=1)
        made.append(keeps(ana, Authenticator(NAMED)).status_code)
    assert made == [200] * 8 + [409]
