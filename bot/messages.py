"""Values that cross layers: what arrives, what a choice does, what is said in reply."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

Author = Literal["contact", "bot", "safety", "notice", "counsellor"]
Route = Literal[
    "answer", "crisis", "check_in", "handoff", "match", "boundary", "smalltalk", "command", "fallback"
]
# `deleted`: a message was taken back; `left`: the person blocked us; `group`: not a private chat.
ArrivalKind = Literal["text", "choice", "media", "edited", "reaction", "deleted", "left", "group", "unknown"]
EffectKind = Literal["passage", "answer", "verb"]


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of immutable values."""


class Arrival(Value, frozen=True, kw_only=True):
    """One message from a person, normalised by its channel.

    `address` is the provider's id of the person, `provider_id` the provider's id of the message;
    the pair (channel, provider_id) is unique. `country` comes from a phone prefix or the site.
    """

    channel: str
    address: str
    provider_id: str
    at: dt.datetime
    text: str = ""
    kind: ArrivalKind = "text"
    choice: str | None = None
    lang: str | None = None
    country: str | None = None
    country_source: Literal["said", "phone", "site"] | None = None
    site: str = ""
    # The provider has already answered this itself (a carrier's STOP, HELP or START).
    handled: bool = False


class Effect(Value, frozen=True):
    """What choosing a choice does: show a passage, answer a guide's step, or carry out a verb."""

    kind: EffectKind
    value: str


# The page is left at once, by the widget itself; offered on websites only.
QUICK_EXIT = Effect("verb", "quick_exit")


class Offer(Value, frozen=True):
    """A choice to be offered: its label and its effect, stored when the reply is stored."""

    label: str
    effect: Effect


class SourceLine(Value, frozen=True):
    """A source as shown to a person."""

    title: str
    url: str


class Progress(Value, frozen=True):
    """Where a questionnaire stands: question `at` of `of`."""

    at: int
    of: int


class Reply(Value, frozen=True, kw_only=True):
    """One reply, not yet addressed to a channel. `passage`, `content` and `version` name its file."""

    text: str
    # The same in one text message, where the channel is short of room.
    short: str = ""
    author: Author = "bot"
    lang: str = "en"
    title: str = ""
    passage: str | None = None
    content: str = ""
    version: str = ""
    sources: tuple[SourceLine, ...] = ()
    offers: tuple[Offer, ...] = ()
    progress: Progress | None = None
    reviewed: dict[str, str] | None = None
    feedback: bool = False


class Understood(Value, frozen=True, kw_only=True):
    """What the engine made of a text. `near` are the three nearest topics, best first."""

    intent: str = "nlu_fallback"
    confidence: float = 0.0
    topics: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    ranking: tuple[dict[str, Any], ...] = ()
    crisis: dict[str, Any] | None = None


class Answered(Value, frozen=True, kw_only=True):
    """The engine's answer: replies as data, events to keep, and what it understood."""

    replies: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    understood: Understood = Understood()


class Outcome(Value, frozen=True, kw_only=True):
    """What one turn decided: its route, what it recognised, and the replies it queued."""

    route: Route
    replies: tuple[Reply, ...] = ()
    topics: tuple[str, ...] = ()
    protocol: str | None = None
    level: str | None = None
    boundary: str | None = None
