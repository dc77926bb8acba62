"""What every channel keeps to: what it takes in, what it gives out, and what it must be told."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import parse_qsl

import msgspec

from bot.channels.http import Provider
from bot.errors import BadInput, NotAllowed, SettingsError
from bot.messages import Arrival, Value

PREFIX = "LANTERN_"
Config = TypeVar("Config", bound=msgspec.Struct)


class Request(Value, frozen=True, kw_only=True):
    """A provider's request as it came, with the public address it was sent to. Nothing in it is trusted."""

    method: str
    url: str
    at: dt.datetime
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises BadInput."""
        try:
            # The standard library reads lone surrogates, which some providers pass on; `cleaned` drops them.
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadInput("the body is not valid JSON") from None
        if not isinstance(body, dict):
            raise BadInput("send a JSON object")
        return body

    def form(self) -> list[tuple[str, str]]:
        """The body as form fields, blank ones kept: a signature covers them too."""
        try:
            return parse_qsl(self.body.decode("utf-8"), keep_blank_values=True, max_num_fields=500)
        except ValueError:
            raise BadInput("the body is not a valid form") from None


class Receipt(Value, frozen=True, kw_only=True):
    """What a provider reports about a message that it took earlier. `code` is the provider's own."""

    channel: str
    provider_id: str
    state: Literal["sent", "delivered", "refused"]
    code: str = ""
    # Nothing reaches the person until they write again.
    unreachable: bool = False


class Received(Value, frozen=True, kw_only=True):
    """A verified request, translated. `answer` is what the provider wants to hear back."""

    arrivals: tuple[Arrival, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    answer: bytes = b""
    media_type: str = "text/plain"


class Button(Value, frozen=True):
    """A choice as a button: pressing it sends `id` back."""

    id: str
    label: str


class Part(Value, frozen=True):
    """One message as a provider takes it."""

    text: str
    buttons: tuple[Button, ...] = ()


class Outgoing(Value, frozen=True, kw_only=True):
    """A part on its way. `key` is the same on every try; `human`: a counsellor wrote it."""

    channel: str
    address: str
    part: Part
    key: str
    human: bool = False
    late: bool = False


class Limits(Value, frozen=True, kw_only=True):
    """What fits into one message: UTF-16 units, buttons and letters on one; `window`: hours to answer."""

    text: int
    buttons: int = 0
    label: int = 0
    short: bool = False
    window: float | None = None


class Channel(Protocol):
    """One provider. It translates and decides nothing; it never sees a conversation."""

    # Names in `Arrival.channel`; most providers have one.
    names: tuple[str, ...]
    # Its HTTP API, given back at the end.
    provider: Provider

    def limits(self, name: str) -> Limits:
        """What fits into one message."""
        ...

    def receive(self, request: Request) -> Received:
        """Verify, then translate, the whole batch. Raises NotAllowed before anything is parsed."""
        ...

    def send(self, outgoing: Outgoing) -> str:
        """Hand one part to the provider and return its id there. Raises Refused or TryLater."""
        ...


def configured(name: str, kind: type[Config], variables: Mapping[str, str]) -> Config | None:
    """A channel's variables, `LANTERN_<NAME>_<FIELD>`; None when not one of them is set, or all are empty.

    Raises SettingsError naming what is missing, and the way out.
    """
    fields = {f"{PREFIX}{name.upper()}_{f.name.upper()}": f for f in msgspec.structs.fields(kind)}
    given = {variable: value for variable in fields if (value := variables.get(variable, "").strip())}
    if not given:
        return None
    missing = [variable for variable, field in fields.items() if field.required and variable not in given]
    if missing:
        others = ", ".join(sorted(given))
        raise SettingsError(
            f"{name} is half set up: set {', '.join(missing)}, or remove {others} to leave {name} off"
        )
    return kind(**{fields[variable].name: value for variable, value in given.items()})


def refuse(name: str, variable: str) -> NotAllowed:
    """The one answer to every bad signature: it does not say what was wrong with it."""
    return NotAllowed(f"this request is not signed by {name}; check {PREFIX}{variable}")


def inside(content: object, *names: str) -> dict[str, Any]:
    """The object under `names`, one within the other; an empty one where anything else stands."""
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else {}


def cleaned(text: object) -> str:
    """A provider's text without what no person types: NUL, controls, lone surrogates, bidi overrides."""
    if not isinstance(text, str):
        return ""
    return "".join(letter for letter in text if _is_kept(letter)).strip()


def _is_kept(letter: str) -> bool:
    if letter in "\n\t":
        return True
    # U+202A..E and U+2066..9 turn the reading direction around and can hide words from a reader.
    if "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069":
        return False
    return unicodedata.category(letter) not in {"Cc", "Cs"}
