"""The gateway's front door, without workers: turns and timers happen when a test says so."""

from __future__ import annotations

from collections.abc import Iterator

import argon2
import pytest
from consoles import HERE
from house import House
from starlette.testclient import TestClient

from bot import app
from bot.console import secrets


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser at the front door."""
    with TestClient(app.create(house.kit, work=False), base_url=HERE) as client:
        yield client


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashes with less work: the real cost is tested once, in test_console_sign_in.py."""
    monkeypatch.setattr(secrets, "_HASHER", argon2.PasswordHasher(1, 8, 1))
    secrets._nobody.cache_clear()
