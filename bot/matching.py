"""Pure: answers + directory -> at most three matches, each with its reasons."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import pycountry
import yaml

from bot.content import Lang, Voice
from bot.errors import ContentError
from bot.messages import Reply

MOST_MATCHES = 3
# Weights of what can be traded (the rest are hard filters that nothing outweighs).
GOAL_POINTS = 30.0
MODE_POINTS = 10.0
_SEED = 20_260


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A therapist or programme: licences are countries or states (ISO 3166: `GB`, `US-OH`)."""

    id: str
    name: str
    about: dict[Lang, str]
    licensed: tuple[str, ...]
    goals: tuple[str, ...]
    modes: tuple[str, ...]
    languages: tuple[Lang, ...]
    capacity: int = 0


class Directory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All entries; `sample` ones are made up, and every card says so. Empty when none is loaded."""

    entries: tuple[Entry, ...] = ()
    sample: bool = False


@dataclass(frozen=True)
class Match:
    """One entry that fits, with its points and the wishes it meets."""

    entry: Entry
    points: float
    goals: tuple[str, ...]
    modes: tuple[str, ...]


def load(path: Path) -> Directory:
    """A directory file; an absent one is an empty directory. Raises ContentError naming the file."""
    if not path.exists():
        return Directory()
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Directory)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(f"{path}:1: {error}") from None


def find(directory: Directory, answers: dict[str, list[str]], lang: Lang) -> list[Match]:
    """The best matches, at most three, and never one that a hard filter rules out."""
    places = licence_places(" ".join(answers.get("country", ())))
    modes, goals = answers.get("mode", []), answers.get("goals", [])
    fitting = [
        _match(entry, goals, modes)
        for entry in directory.entries
        if _may_be_shown(entry, places, modes, lang)
    ]
    # Ties: more room first, then a draw that is the same for the same directory, not by name.
    draw = {entry.id: random.Random(f"{_SEED}{entry.id}").random() for entry in directory.entries}  # noqa: S311
    fitting.sort(key=lambda match: (-match.points, -match.entry.capacity, draw[match.entry.id]))
    return fitting[:MOST_MATCHES]


def replies(directory: Directory, answers: dict[str, list[str]], voice: Voice) -> tuple[Reply, ...]:
    """The matches in words with their reasons, or where to look instead."""
    matches = find(directory, answers, voice.lang)
    if not matches:
        return (voice.phrase("match_none"),)
    cards = tuple(_card(match, directory, voice) for match in matches)
    return (voice.phrase("match_intro"), *cards)


@lru_cache(maxsize=1024)
def licence_places(text: str) -> frozenset[str]:
    """Country and state codes named in a free text such as "I'm in Ohio, USA"."""
    words = " " + re.sub(r"[^\w]+", " ", text.casefold()).strip() + " "
    found = {code for name, code in _places() if f" {name} " in words}
    states = {code for code in found if "-" in code}
    countries = found - states
    named = {code for code in states if not countries or code.partition("-")[0] in countries}
    return frozenset(named | (countries if not named else set()))


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, str], ...]:
    """Names of countries, and of states where licences are a state's matter."""
    states = [
        (unit.name.casefold(), unit.code)
        for country in ("US", "CA", "AU")
        for unit in pycountry.subdivisions.get(country_code=country)
    ]
    countries = [(country.name.casefold(), country.alpha_2) for country in pycountry.countries]
    return (*states, *countries, *_ALSO)


_ALSO = (
    *((name, "US") for name in ("usa", "us", "united states", "america", "estados unidos", "eeuu")),
    *(
        (name, "GB")
        for name in ("uk", "england", "scotland", "wales", "britain", "great britain", "inglaterra")
    ),
    *((name, "ES") for name in ("españa", "espana")),
    *((name, "MX") for name in ("méxico", "mexico")),
    *((name, "CA") for name in ("canadá",)),
)


def _may_be_shown(entry: Entry, places: frozenset[str], modes: list[str], lang: Lang) -> bool:
    """The hard filters: a licence there, room, the language, a way to meet."""
    meets = not modes or set(modes) & set(entry.modes)
    return bool(places & set(entry.licensed) and entry.capacity > 0 and lang in entry.languages and meets)


def _match(entry: Entry, goals: list[str], modes: list[str]) -> Match:
    met = tuple(goal for goal in goals if goal in entry.goals)
    ways = tuple(mode for mode in modes if mode in entry.modes)
    points = GOAL_POINTS * len(met) / len(goals) if goals else GOAL_POINTS / 2
    points += MODE_POINTS * (1 - modes.index(ways[0]) / len(modes)) if ways else MODE_POINTS / 2
    return Match(entry, points, met, ways)


def _card(match: Match, directory: Directory, voice: Voice) -> Reply:
    entry = match.entry
    labels = _labels(voice)
    reasons = [labels.get(name, name) for name in (*match.goals, *(match.modes or entry.modes))]
    lines = [f"{entry.about[voice.lang]}.", f"{voice.label('because')}: {'; '.join(reasons)}."]
    if directory.sample:
        lines.append(voice.phrase("sample_notice").text)
    return Reply(text="\n\n".join(lines), lang=voice.lang, title=entry.name, content=f"directory/{entry.id}")


def _labels(voice: Voice) -> dict[str, str]:
    """The words of the questionnaire's own options."""
    guide = voice.library.guides.get(("therapist_match", voice.lang))
    steps = guide.steps if guide else ()
    return {o.id: o.label for step in steps if step.id in {"goals", "mode"} for o in step.options}
