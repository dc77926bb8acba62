"""A street on which people write on every channel; the providers are a local server."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from house import House, topic
from providers import PUBLIC, Providers
from starlette.testclient import TestClient

from bot import app, channels

sys.path.insert(0, str(Path(__file__).parent))

from street import Street


@pytest.fixture
def providers() -> Iterator[Providers]:
    """All four providers."""
    opened = Providers()
    yield opened
    opened.close()


@pytest.fixture
def street(house: House, providers: Providers) -> Iterator[Street]:
    """A house with every channel switched on."""
    house.engine.answer = topic("abscess")
    house.kit = dataclasses.replace(
        house.kit,
        settings=msgspec.structs.replace(house.kit.settings, public_url=PUBLIC),
        channels=channels.load(providers.variables(), PUBLIC),
    )
    with TestClient(app.create(house.kit, work=False), base_url=PUBLIC) as client:
        yield Street(house, providers, client)
