"""What the answers of the questionnaire ask for: must-haves, exclusions and wishes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.content import LANGS, Lang, places

Answers = Mapping[str, Sequence[str]]
# An answer that names no wish.
_NO_WISH = frozenset({"none", "any", "unsure", "other", "later", "more"})
_STYLES = ("style_gentle", "style_direct")
# How soon, in days: who has room by then meets it in full, within the second number in half.
_SOON = {"now": (3, 7), "week": (7, 14)}


@dataclass(frozen=True)
class Wishes:
    """Features asked for, by kind. Places, modes and languages: any one of them will do."""

    places: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    soon: tuple[str, ...] = ()
    pay: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    style: tuple[str, ...] = ()


def wishes(answers: Answers, lang: Lang) -> Wishes:
    """The wishes behind answers; who named no language is shown people who speak the one of the chat."""
    prefer = _named(answers, "prefer")
    spoken = tuple(f"language/{one}" for one in prefer if one in LANGS)
    kept = [one for one in prefer if not one.startswith("not_") and one not in LANGS]
    times = _named(answers, "times")
    goals = [f"goals/{one}" for one in _named(answers, "goals")]
    if "opioids" in answers.get("substance", ()):
        goals.append("prefer/moud")
    urgency = next((one for one in times if one in _SOON), "")
    return Wishes(
        places=tuple(f"place/{code}" for code in _places(answers)),
        modes=_features(answers, "mode"),
        languages=spoken or (f"language/{lang}",),
        needs=tuple(_needs(answers)),
        excluded=tuple(_excluded(prefer)),
        goals=tuple(goals),
        times=tuple(f"times/{one}" for one in times if one not in _SOON),
        soon=tuple(f"soon/{days}" for days in _SOON.get(urgency, ())),
        pay=_features(answers, "pay"),
        plans=_features(answers, "plan"),
        fee=tuple(f"fee/{most}" for most in _named(answers, "budget")),
        prefer=tuple(f"prefer/{one}" for one in kept if one not in _STYLES),
        style=tuple(f"prefer/{one}" for one in kept if one in _STYLES),
    )


def _named(answers: Answers, step: str) -> list[str]:
    return [value for value in answers.get(step, ()) if value not in _NO_WISH]


def _features(answers: Answers, step: str) -> tuple[str, ...]:
    return tuple(f"{step}/{value}" for value in _named(answers, step))


def _places(answers: Answers) -> list[str]:
    """Where a licence must count: the state once it is known, never the whole country then."""
    said = [*answers.get("country", ()), *answers.get("state", ())]
    states = [code for code in said if "-" in code]
    return states or [code for code in said if not places.needs_state(code)]


def _needs(answers: Answers) -> list[str]:
    found = []
    if {"yes", "now", "unsure"} & set(answers.get("stopping", ())):
        found.append("needs/withdrawal")
    if "pregnant" in answers.get("health", ()):
        found.append("needs/pregnancy")
    return found


def _excluded(prefer: list[str]) -> list[str]:
    """What was ruled out. Whose gender is not known may be the one that was ruled out."""
    found = []
    for gender in ("man", "woman"):
        if f"not_{gender}" in prefer:
            found += [f"prefer/{gender}", "prefer/unknown_gender"]
    if "not_faith" in prefer:
        found.append("prefer/faith")
    return found
