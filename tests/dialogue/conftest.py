"""One real Rasa with its actions for the whole run, on free ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.processes import Engine, free_port
from bot.settings import Settings, with_secrets


@pytest.fixture(scope="session")
def engine_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the engine under test."""
    folder = Path(tmp_path_factory.mktemp("engine"))
    return with_secrets(Settings(var=folder, rasa_port=free_port(), actions_port=free_port()))


@pytest.fixture(scope="session")
def running(engine_settings: Settings) -> Iterator[Engine]:
    """The engine, trained if data changed, started once."""
    with Engine(engine_settings) as engine:
        yield engine
