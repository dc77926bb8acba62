"""The open risk of a conversation: opened, kept while another danger comes first, closed by the person."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from bot import handoff, safety
from bot.content import country_code
from bot.models import Conversation, GuideRun, Tally
from bot.safety.verdict import usual_level

CHECK = "check"
# Guides that belong to whatever danger is open: they are no danger of their own.
SHARED = frozenset({"common", CHECK})
# Somebody may watch the phone: nothing is sent there unasked.
WATCHED = frozenset({"K4", "K6"})
# Where two dangers are equally urgent, the body comes before the mood, and what was done before what is
# thought of: the smaller, the sooner. By code, else by family.
_FIRST: dict[str, int] = {
    "O1": 0,
    "O": 1,
    "M": 1,
    "S6": 2,
    "W": 2,
    "SH": 3,
    "S5": 4,
    "K5": 4,
    "K6": 4,
    "S4": 5,
}
_LAST = 6


def is_running(run: GuideRun | None) -> bool:
    """True if a protocol is open; a gentle question is none yet."""
    return run is not None and run.kind == "protocol" and run.guide != CHECK


def code_of(conversation: Conversation, run: GuideRun) -> str:
    """The danger that a run is about, also while it says what all protocols share."""
    if run.guide in SHARED:
        return conversation.risk_protocol or "S2"
    return run.guide


def opened(
    session: Session, conversation: Conversation, code: str, level: str, at: dt.datetime, *, tell: bool = True
) -> None:
    """Open the risk or raise it; staff are told of a new danger and of a higher level."""
    before = conversation.risk_level
    conversation.risk_level = min(before or level, level)
    conversation.risk_protocol = code
    conversation.risk_since = conversation.risk_since or at
    if code in WATCHED:
        conversation.remember(quiet=True)
    if code == "K4":
        young(conversation)
    if tell or before is None or conversation.risk_level < before:
        handoff.alert(session, "risk", at, conversation, level)


def young(conversation: Conversation) -> None:
    """A child writes, whatever it is about: nothing unasked to the phone, told more often what we are."""
    conversation.remember(minor=True, quiet=True)


def counted(session: Session, conversation: Conversation, kind: str, at: dt.datetime, code: str = "") -> None:
    """One more for the yearly report: a day, a protocol, a level, a country; nothing of the person."""
    level = conversation.risk_level or ""
    Tally.add(session, at.date(), kind, code, level, country_code(conversation.country))


def closed(conversation: Conversation) -> None:
    """The person said that they are safe, and nothing else is open."""
    conversation.risk_level = conversation.risk_protocol = conversation.risk_since = None
    conversation.remember(set_aside=None)


def is_quiet(conversation: Conversation) -> bool:
    """True if no follow-up may go to the phone: a child, violence, or worry about somebody near."""
    return bool(conversation.recall("quiet")) or conversation.risk_protocol == "K7"


def takes_over(code: str, level: str, running: str, running_level: str) -> bool:
    """True if a new danger comes before the one that is being dealt with."""
    if level != running_level:
        return level < running_level
    return level == "P0" and _rank(code) < _rank(running)


def may_replace(code: str, level: str, running: str, running_level: str) -> bool:
    """True if a danger as urgent as the open one may take its place, once words were no answer to it."""
    return code != running and level == running_level and (level != "P0" or _rank(code) <= _rank(running))


def set_aside(conversation: Conversation, code: str, level: str, for_code: str) -> None:
    """Keep a danger of another kind that has to wait: it is asked about before all is called safe."""
    if safety.family(code) == safety.family(for_code):
        return
    kept = dict(conversation.recall("set_aside", {}))
    family = safety.family(code)
    known = kept.get(family)
    kept[family] = [code, min(level, known[1])] if known else [code, level]
    conversation.remember(set_aside=kept)


def next_aside(conversation: Conversation, done: str) -> tuple[str, str] | None:
    """The most urgent danger that still waits, taken off the list; `done` has just been dealt with."""
    kept = dict(conversation.recall("set_aside", {}))
    kept.pop(safety.family(done), None)
    if not kept:
        conversation.remember(set_aside=None)
        return None
    family = min(kept, key=lambda name: (kept[name][1], _rank(kept[name][0])))
    code, level = kept.pop(family)
    conversation.remember(set_aside=kept or None)
    return code, level


def level_of(code: str, level: str | None) -> str:
    """A level for a danger: the one found, else the usual one of its protocol."""
    return level or usual_level(code)


def _rank(code: str) -> int:
    return _FIRST.get(code, _FIRST.get(safety.family(code), _LAST))
