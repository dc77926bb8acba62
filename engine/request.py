"""What the gateway asks: the body of a turn, checked strictly before anything else sees it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from engine import encoders, events, text

LARGEST = 1_000_000
"""Bytes of a body."""

_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_METADATA = ("country", "last_topic", "last_title", "risk")
_FIELDS = frozenset({"id", "text", "lang", "vectors", "metadata", "events"})


class BadRequest(ValueError):
    """The body breaks the protocol; `code` names the rule, without any text of the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Ask:
    """One turn as the gateway asks for it. `said` is free text, never a command."""

    id: str
    said: str
    lang: str
    vectors: dict[str, Any]
    metadata: dict[str, Any]
    events: list[Any]


def parse(body: bytes) -> Ask:
    """The turn that a body asks for.

    Raises:
        BadRequest: when a field is missing, unknown, of a wrong type or too large.
    """
    data = _decode(body)
    _must(not (data.keys() - _FIELDS), "unknown_field")
    return Ask(
        id=_identifier(data.get("id")),
        said=_said(data.get("text")),
        lang=_lang(data.get("lang")),
        vectors=_vectors(data.get("vectors")),
        metadata=_metadata(data.get("metadata")),
        events=_events(data.get("events")),
    )


def _must(holds: bool, code: str) -> None:
    if not holds:
        raise BadRequest(code)


def _decode(body: bytes) -> dict[str, Any]:
    _must(len(body) <= LARGEST, "too_large")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise BadRequest("not_json") from fault
    _must(isinstance(data, dict), "not_an_object")
    return dict(data)


def _clean(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def _identifier(value: Any) -> str:
    _must(isinstance(value, str) and bool(_ID.fullmatch(value)), "bad_id")
    return str(value)


def _said(value: Any) -> str:
    _must(isinstance(value, str), "bad_text")
    _must(len(value) <= text.LONGEST, "text_too_long")
    _must(_clean(value), "bad_character")
    said = text.neutral(value)
    _must(bool(said), "empty_text")
    return said


def _lang(value: Any) -> str:
    _must(value in ("en", "es"), "bad_lang")
    return str(value)


def _metadata(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    _must(isinstance(value, dict), "bad_metadata")
    _must(not (value.keys() - set(_METADATA)), "unknown_metadata")
    for item in value.values():
        short = isinstance(item, str) and len(item) <= 64 and _clean(item)
        _must(item is None or isinstance(item, bool) or short, "bad_metadata")
    return dict(value)


def _vectors(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    _must(isinstance(value, dict), "bad_vectors")
    try:
        return dict(encoders.decode(value))
    except ValueError as fault:
        raise BadRequest("bad_vectors") from fault


def _events(value: Any) -> list[Any]:
    if value is None:
        return []
    _must(isinstance(value, list) and len(value) <= events.MOST, "bad_events")
    _must(all(isinstance(item, dict) for item in value), "bad_events")
    try:
        return events.read(value)
    except events.EventFault as fault:
        raise BadRequest("bad_events") from fault
