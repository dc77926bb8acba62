"""The interface of directories that are kept elsewhere: an adapter turns their records into rows of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx
import msgspec

from bot.errors import BadInput
from bot.matching.entry import Entry
from bot.matching.fhir import PlanNet
from bot.matching.reading import Fault, checked

# A directory that never ends is a mistake of whoever answers.
MOST_PAGES = 2_000
SECONDS = 30.0
_LOCAL = ("http://127.0.0.1", "http://localhost")
_ACCEPT = {"Accept": "application/fhir+json"}


class Adapter(Protocol):
    """One kind of outside directory: pages go in, rows as `Entry` takes them come out."""

    def add(self, page: dict[str, Any]) -> str | None:
        """Take one page in; the address of the next page, or None. Raises BadInput for another kind."""

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every record as a row, numbered from 1."""


def read_fhir(where: str) -> tuple[list[Entry], list[Fault]]:
    """Entries of a FHIR R4 Bundle (Plan-Net): a file, or an https address whose pages are followed."""
    return _read(where, PlanNet())


def _read(where: str, adapter: Adapter) -> tuple[list[Entry], list[Fault]]:
    if where.startswith(("https://", *_LOCAL)):
        _fetch(where, adapter)
    else:
        adapter.add(_decoded(where, _bytes(where)))
    return checked(adapter.rows())


def _fetch(where: str, adapter: Adapter) -> None:
    """Follow the pages of a server; an address that is not https is not followed."""
    address: str | None = where
    followed: set[str] = set()
    with httpx.Client(timeout=SECONDS, headers=_ACCEPT) as client:
        while address is not None:
            if address in followed or len(followed) >= MOST_PAGES:
                raise BadInput(
                    f"the directory has more than {MOST_PAGES} pages, or they go round; ask for a part"
                )
            followed.add(address)
            link = adapter.add(_decoded(where, _page(client, address)))
            address = urljoin(address, link) if link else None
            if address and not _may_follow(address, where):
                raise BadInput("the next page of the directory has no https address; nothing was read")


def _page(client: httpx.Client, address: str) -> bytes:
    try:
        return client.get(address).raise_for_status().content
    except httpx.HTTPStatusError as error:
        raise BadInput(
            f"the directory answered with status {error.response.status_code}; try again"
        ) from None
    except httpx.HTTPError as error:
        raise BadInput(f"the directory did not answer ({type(error).__name__}); try again") from None


def _may_follow(address: str, first: str) -> bool:
    """https anywhere; a server on this machine may lead on to itself."""
    same = urlsplit(address)[:2] == urlsplit(first)[:2]
    return address.startswith("https://") or (same and address.startswith(_LOCAL))


def _bytes(where: str) -> bytes:
    try:
        return Path(where).read_bytes()
    except OSError as error:
        raise BadInput(f"{where}: cannot be read ({type(error).__name__})") from None


def _decoded(where: str, raw: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadInput(f"{where}: not a JSON object: {error}") from None
