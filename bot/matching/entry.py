"""A therapist or programme as the directory holds it, and a directory ready to be searched. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from bot.content import Lang

Goal = Literal["stop", "cut_down", "safer", "cravings", "mood", "trauma", "family", "grief"]
Mode = Literal["phone", "video", "chat", "in_person"]
Time = Literal["day", "evening", "weekend"]
Payment = Literal["medicaid", "medicare", "insurance", "sliding", "self_pay", "free"]
# Dangers in which the rest must fit too: nobody without this competence is shown.
Need = Literal["withdrawal", "pregnancy"]
Identity = Literal[
    "lgbtq",
    "faith",
    "not_faith",
    "lived",
    "access",
    "culture_black",
    "culture_latino",
    "culture_native",
    "style_gentle",
    "style_direct",
]
Gender = Literal["woman", "man", "nonbinary", "team", ""]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
# Room within so many days: how soon somebody could begin.
SOON_DAYS = (3, 7, 14)
# A visit for at most so much, in the money of the place: the bands that the questionnaire asks for.
FEES = (40, 80, 150)


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A therapist or programme. What is left out is not known, and never counts as a yes.

    `licensed`: country, or state where licences are a state's matter (ISO 3166: `GB`, `US-OH`).
    `capacity`: how many people may begin now; `paused`: nobody for now. `wait_days`: until the first
    talk. `fee`: the lowest price of a visit, in the money of the place. `moud`: works alongside
    medication for opioid use disorder. `send_to`: where a request goes, such as an e-mail
    address; without it a person is asked to get in touch themselves by `phone` or `website`.
    """

    id: Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    about: dict[Lang, Annotated[str, msgspec.Meta(max_length=200)]] = {}
    kind: Literal["therapist", "programme"] = "therapist"
    licensed: tuple[Code, ...] = ()
    ages: tuple[Literal["adult", "minor"], ...] = ("adult",)
    goals: tuple[Goal, ...] = ()
    needs: tuple[Need, ...] = ()
    moud: bool | None = None
    modes: tuple[Mode, ...] = ()
    languages: tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$")], ...] = ()
    interpreter: bool = False
    times: tuple[Time, ...] = ()
    wait_days: Annotated[int, msgspec.Meta(ge=0, le=730)] | None = None
    payment: tuple[Payment, ...] = ()
    plans: tuple[str, ...] = ()
    fee: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    gender: Gender = ""
    identity: tuple[Identity, ...] = ()
    capacity: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    paused: bool = False
    verified_on: dt.date | None = None
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    website: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^(https://.*)?$")] = ""
    send_to: Annotated[str, msgspec.Meta(max_length=200)] = ""
    affiliated: bool = False

    def features(self) -> Iterator[str]:
        """What it has, as `step/option` of the questionnaire where there is such an option."""
        for step, values in (
            ("place", self.licensed),
            ("goals", self.goals),
            ("needs", self.needs),
            ("mode", self.modes),
            ("language", self.languages),
            ("times", self.times),
            ("pay", self.payment),
            ("plan", self.plans),
            ("prefer", self.identity),
            ("age", self.ages),
        ):
            yield from (f"{step}/{value}" for value in values)
        yield f"prefer/{self.gender or 'unknown_gender'}"
        yield from (["prefer/moud"] if self.moud else [])
        yield from (["open"] if self.capacity > 0 and not self.paused else [])
        yield from (["interpreter"] if self.interpreter else [])
        if self.wait_days is not None:
            yield from (f"soon/{days}" for days in SOON_DAYS if self.wait_days <= days)
        if self.fee is not None:
            yield from (f"fee/{most}" for most in FEES if self.fee <= most)


@dataclass(frozen=True)
class Row:
    """An entry and its features as bits of one number, so that thousands are compared in no time."""

    entry: Entry
    has: int


@dataclass(frozen=True)
class Directory:
    """All entries; `sample` ones are made up, and every card says so. Empty when none is loaded."""

    entries: tuple[Entry, ...] = ()
    sample: bool = False
    _bits: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The entries with their bits, made once."""
        return tuple(Row(entry, self._learned(entry.features())) for entry in self.entries)

    def mask(self, features: Iterable[str]) -> int:
        """The bits of features; one that no entry has stands for nothing anybody could meet."""
        self.rows  # noqa: B018 (the bits are numbered with the rows)
        known = (self._bits.get(feature, 0) for feature in features)
        mask = 0
        for bit in known:
            mask |= bit
        return mask

    def find(self, entry_id: str) -> Entry | None:
        """The entry with this id."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)

    def _learned(self, features: Iterable[str]) -> int:
        has = 0
        for feature in features:
            has |= self._bits.setdefault(feature, 1 << len(self._bits))
        return has
