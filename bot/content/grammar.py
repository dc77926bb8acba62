"""The shape of `content/answers`: the small words that decide what an answer means."""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.content.schema import Lang, Strict


class Frame(Strict, frozen=True, kw_only=True):
    """A kind of question and the words that answer it: "are they breathing" - "gasping" means no.

    `asks`: words of a question by which the frame is known. `careful`: the answer that wins when a
    text says both. `now`: it asks about this moment, so that "was" is no answer. `others`: words
    for further options of a step, by their id.
    """

    id: str
    asks: tuple[str, ...]
    unless: tuple[str, ...] = ()
    careful: Literal["yes", "no", ""] = ""
    now: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    others: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Grammar(Strict, frozen=True, kw_only=True):
    """The small words of a language that decide what an answer means (`content/answers`).

    `says`: words that stand for others ("anything but": "not").
    `nods` agree to do something ("ok") and tell nothing about how things stand.
    `requests` ask something of us ("find me a", "talk to a real person") and answer nothing.
    `signs` of a body: "no fever" denies a sign, not what was asked ("can you go?").
    `conditions` beside a yes take it back where much hangs on it ("yes, if nobody hears of it").
    `often` say how much or how often ("mostly", "a bit of") and change no answer.
    `no_apart`: a "no" before who or what is spoken of stands for itself ("no he is outside").
    """

    lang: Lang
    spell: dict[str, str] = msgspec.field(default_factory=dict)
    says: dict[str, str] = msgspec.field(default_factory=dict)
    more: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    nods: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    negators: tuple[str, ...] = ()
    no_apart: bool = False
    contrast: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    unreal: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    speakers: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    auxiliaries: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    version: str = ""
    path: str = ""
