"""The gateway's front door, without workers: turns and timers happen when a test says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from consoles import HERE
from house import House
from starlette.testclient import TestClient

from bot import app


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser at the front door."""
    with TestClient(app.create(house.kit, work=False), base_url=HERE) as client:
        yield client
