"""Channels: each translates a provider's messages to and from ours, and decides nothing.

A provider's channel is one module in this folder with three names: `NAME`, `Variables` (its
variables as a struct) and `connect(variables, url)`. Nothing else knows it; see
docs/add-a-channel.md. The website has no provider: its API is bot/routes.py.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType

from bot.channels.contract import Channel, Limits, configured

__all__ = ["Channel", "Channels", "Limits", "load", "providers"]


class Channels:
    """The providers that are switched on: by the path of their webhook, and by channel name."""

    def __init__(self, opened: Mapping[str, Channel] | None = None) -> None:
        self.by_path = dict(opened or {})
        self.by_name = {name: channel for channel in self.by_path.values() for name in channel.names}

    def close(self) -> None:
        """Give back all connections."""
        for channel in self.by_path.values():
            channel.provider.close()


def providers() -> Iterator[ModuleType]:
    """Every module of this folder that is a provider's channel."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        if hasattr(module, "Variables"):
            yield module


def load(variables: Mapping[str, str], url: str) -> Channels:
    """Open every channel that has a variable set. Raises SettingsError naming what it lacks."""
    opened: dict[str, Channel] = {}
    for module in providers():
        given = configured(module.NAME, module.Variables, variables)
        if given is not None:
            opened[module.NAME] = module.connect(given, url)
    return Channels(opened)
