"""What the screen says about one message: level, protocol, who is meant, and why."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.content import Level
from bot.errors import LanternError

Who = Literal["self", "other", "unknown"]
Part = Literal["lexicon", "classifier", "rasa", "context"]

CODES: tuple[str, ...] = (
    *("S1", "S2", "S3", "S4", "S5", "S6", "SH"),
    *("O1", "O2", "O3"),
    *("M1", "M2", "M3", "M3b", "M4", "M5", "M6", "M7", "M8", "M9"),
    *("W", "K3", "K4", "K5", "K6", "K7", "K8", "K9"),
)
"""Protocols of the clinical notes that the screen can open (boundaries are not among them)."""

LEVELS: tuple[Level, ...] = ("P0", "P1", "P2", "P3")
"""Most urgent first."""

USUAL: dict[str, Level] = {
    **dict.fromkeys(("S4", "S5", "S6", "O1", "O2", "M2", "M3", "M3b"), "P0"),
    **dict.fromkeys(("S1",), "P2"),
    **dict.fromkeys(("K9",), "P3"),
}
"""The level of a code where nothing says more; P1 where it is not listed."""


class ScreenDown(LanternError):
    """Every part of the screen failed: show the emergency card and alert staff."""


class Signal(msgspec.Struct, frozen=True):
    """One finding. `why` names a rule or a score's origin, never words of the message.

    A signal without `code` is a reason to ask one gentle question, no more; `hint` is the protocol
    that it would be, so that the question fits. One that is `outright` is weighed against nothing.
    """

    part: Part
    code: str | None
    level: Level | None
    why: str
    score: float = 1.0
    who: Who = "unknown"
    hint: str | None = None
    outright: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The decision on one message.

    `protocol` is set where a protocol is to be opened, whatever its level; `check_in` where one
    gentle question is right and no protocol. `distress` (0 to 1) is this message's mood, to be
    put in front of the next `Context`. `failed` names parts that could not run.
    """

    level: Level | None = None
    protocol: str | None = None
    who: Who = "unknown"
    signals: tuple[Signal, ...] = ()
    check_in: bool = False
    distress: float = 0.0
    failed: tuple[str, ...] = ()

    @property
    def crisis(self) -> bool:
        """A protocol's reply is due."""
        return self.protocol is not None


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the conversation already tells: language, mood of the last turns (newest first),
    level and protocol of a risk still open, and the last topic answered."""

    lang: str = "en"
    moods: tuple[float, ...] = ()
    open_risk: Level | None = None
    open_protocol: str | None = None
    last_topic: str | None = None


def family(code: str) -> str:
    """The family of a protocol: S, SH, O, M, W, or the K code itself."""
    if code in {"SH", "W"} or code.startswith("K"):
        return code
    return code[0]


def usual_level(code: str) -> Level:
    """The level of a protocol where nothing in the message says more."""
    return USUAL.get(code, "P1")


def urgency(level: Level | None) -> int:
    """0 for P0 up to 4 for no level: the smaller, the more urgent."""
    return LEVELS.index(level) if level else len(LEVELS)
