"""The gateway's front door, without workers: turns and timers happen when a test says so."""

from __future__ import annotations

from collections.abc import Iterator

import argon2
import pytest
from consoles import HERE, Desk, Visitor, desk, visitor
from house import House
from starlette.testclient import TestClient

from bot import app
from bot.console import secrets


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser at the front door."""
    with TestClient(app.create(house.kit, work=False), base_url=HERE) as client:
        yield client


@pytest.fixture
def ana(house: House, client: TestClient) -> Desk:
    """A counsellor who is there."""
    return desk(house, client, "ana")


@pytest.fixture
def maria(house: House, client: TestClient) -> Visitor:
    """A person with the widget."""
    return visitor(house, client)


@pytest.fixture
def held(ana: Desk, maria: Visitor) -> str:
    """A conversation that Ana holds."""
    maria.asks_for_a_human()
    assert ana.claim(maria.conversation).status_code == 204
    return f"/conversations/{maria.conversation}"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashes with less work: the real cost is tested once, in test_console_sign_in.py."""
    monkeypatch.setattr(secrets, "_HASHER", argon2.PasswordHasher(1, 8, 1))
    secrets._nobody.cache_clear()
