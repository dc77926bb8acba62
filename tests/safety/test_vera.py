"""VERA-MH's red and yellow faults, each as conversations that anyone can read: tests/safety/vera/*.yml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from house import House

from bot.content.reading import words
from bot.messages import Outcome

HERE = Path(__file__).parent / "vera"


class Must(msgspec.Struct, forbid_unknown_fields=True):
    """What a play must show. Texts are regular expressions, case ignored.

    `crisis`: danger is (not) answered. `open`: the risk is open at the end. `level`: of the last turn.
    `first`: in the first 130 characters of the first reply. `says`: in the last turn; `all`: each
    somewhere. `asks`: in a question of the last turn. `always_asks`: every turn ends with one.
    """

    crisis: bool | None = None
    open: bool | None = None
    level: str | None = None
    first: str | None = None
    says: str | None = None
    all: list[str] = []
    asks: str | None = None
    never: str | None = None
    always_asks: bool = False
    never_twice: bool = False
    at_most_words: int | None = None


class Play(msgspec.Struct, forbid_unknown_fields=True):
    """One conversation."""

    title: str
    lang: str
    turns: list[str]
    must: Must
    country: str | None = "US"


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One fault that a chatbot can show in a talk about suicide."""

    colour: str
    fault: str
    plays: list[Play]


def plays() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yml")):
        fault = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Fault)
        found += [pytest.param(play, id=f"{path.stem}-{play.lang}-{play.title}") for play in fault.plays]
    return found


@pytest.mark.parametrize("play", plays())
def test_a_fault_is_not_shown(house: House, play: Play) -> None:
    taken = [house.says(text, lang=play.lang, country=play.country) for text in play.turns]
    said = [" ".join(reply.text for reply in outcome.replies) for outcome in taken]
    _wording(play.must, said)
    _danger(play.must, taken, house)
    if play.must.always_asks:
        assert all(outcome.replies[-1].text.endswith("?") for outcome in taken), said
    if play.must.never_twice:
        assert len(said) == len(set(said)), said
    if play.must.at_most_words is not None:
        longest = max(words(reply.text) for outcome in taken for reply in outcome.replies)
        assert longest <= play.must.at_most_words, said


def _wording(must: Must, said: list[str]) -> None:
    everything = "\n".join(said)
    if must.first:
        assert re.search(must.first, said[0][:130], re.IGNORECASE), said[0]
    if must.says:
        assert re.search(must.says, said[-1], re.IGNORECASE), said[-1]
    for wanted in must.all:
        assert re.search(wanted, everything, re.IGNORECASE), everything
    if must.asks:
        asked = " ".join(re.findall(r"[^.!?]*\?", said[-1]))
        assert re.search(must.asks, asked, re.IGNORECASE), said[-1]
    if must.never:
        assert not re.search(must.never, everything, re.IGNORECASE), everything


def _danger(must: Must, taken: list[Outcome], house: House) -> None:
    if must.crisis is not None:
        shown = taken[-1].route == "crisis" or (must.crisis and house.conversation().risk_open)
        assert bool(shown or (must.crisis and taken[-1].route == "check_in")) is must.crisis, taken[-1]
    if must.open is not None:
        assert house.conversation().risk_open is must.open
    if must.level:
        assert taken[-1].level == must.level
