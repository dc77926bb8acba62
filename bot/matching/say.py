"""Matches in words: each with its reasons, what it lacks, what is not known; or why there are none. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.content import Voice
from bot.matching.entry import Directory, Entry
from bot.matching.explain import Explained
from bot.matching.rank import Match
from bot.messages import Effect, Offer, Reply

# The order in which reasons are given, and the label that says how each kind is put.
_KINDS = ("needs", "goals", "moud", "mode", "times", "soon", "plan", "pay", "fee", "language", "prefer")
# Labels of these questions begin with a capital letter only because they stand alone.
_LOWERED = frozenset({"goals", "mode", "times"})
# An entry that was checked longer ago than this is shown with its date.
_OLD_DAYS = 365


def card(match: Match, directory: Directory, voice: Voice) -> Reply:
    """One match: who it is, why it is shown, what is missing or unknown, how to get in touch."""
    entry = match.entry
    lines = [_about(entry, voice)]
    if reasons := _reasons(match, voice):
        lines.append(f"{voice.label('because')}: {reasons}.")
    unknown = [feature for feature in match.unmet if _is_unknown(entry, feature)]
    missing = [_word(feature, voice) for feature in match.unmet if feature not in unknown]
    if missing:
        lines.append(f"{voice.label('not_met')}: {'; '.join(dict.fromkeys(missing))}.")
    if open_points := _unknowns(entry, unknown, voice):
        lines.append(f"{voice.label('not_known')}: {open_points}.")
    lines += _notes(entry, directory, voice)
    offer = Offer(f"{voice.label('ask_for')} {entry.name}", Effect("verb", f"ask:{entry.id}"))
    return Reply(
        text="\n\n".join(lines),
        lang=voice.lang,
        title=entry.name,
        content=f"directory/{entry.id}"[:80],
        offers=(offer,),
    )


def none_found(explained: Explained, voice: Voice) -> Reply:
    """That nobody fits, why, and which answers could be loosened."""
    name = "match_none" if explained.total else "match_no_directory"
    if explained.total and not explained.loosen:
        name = "match_none_here"
    said = voice.phrase(name)
    guide = voice.library.guides.get(("therapist_match", voice.lang))
    loosened = [step for name in explained.loosen if guide and (step := guide.step(name))]
    offers = tuple(
        Offer(f"{voice.label('change')}: {step.short}", Effect("verb", f"change:{step.id}"))
        for step in loosened
    )
    return Reply(
        text=said.text,
        lang=voice.lang,
        content=said.content,
        version=said.version,
        offers=(*offers, *said.offers),
    )


def _about(entry: Entry, voice: Voice) -> str:
    about = entry.about.get(voice.lang) or next(iter(entry.about.values()), "")
    return f"{about[:1].upper()}{about[1:]}." if about else f"{voice.label(f'kind_{entry.kind}')}."


def _reasons(match: Match, voice: Voice) -> str:
    """What is met, grouped by kind: "works with: trauma; by video; takes Medicaid; speaks Spanish"."""
    parts = []
    for kind in _KINDS:
        words = [_word(feature, voice, reason=True) for feature in match.met if _kind(feature) == kind]
        if words:
            parts.append(voice.label(f"match_{kind}").format(", ".join(dict.fromkeys(words))))
    if match.entry.interpreter and not any(_kind(feature) == "language" for feature in match.met):
        parts.append(voice.label("interpreter"))
    return "; ".join(parts)


def _kind(feature: str) -> str:
    return "moud" if feature == "prefer/moud" else feature.partition("/")[0]


def _word(feature: str, voice: Voice, *, reason: bool = False) -> str:
    """A feature in words: our own for reasons where there are any, else the questionnaire's label."""
    step_id, _, option_id = feature.partition("/")
    name = feature.replace("/", "_")
    own = [f"reason_{name}", name] if reason else [name]
    if said := next((label for key in own if (label := voice.label(key)) != key), ""):
        return said
    guide = voice.library.guides.get(("therapist_match", voice.lang))
    step = guide.step(step_id) if guide else None
    option = next((one for one in step.options if one.id == option_id), None) if step else None
    if option is None:
        return option_id
    return option.label.lower() if step_id in _LOWERED else option.label


def _is_unknown(entry: Entry, feature: str) -> bool:
    """True where the entry says nothing at all about this kind of thing."""
    kind, _, value = feature.partition("/")
    silent = {
        "times": not entry.times,
        "soon": entry.wait_days is None,
        "pay": not entry.payment,
        "plan": not entry.plans,
        "fee": entry.fee is None,
    }
    if kind == "prefer":
        return {"moud": entry.moud is None, "woman": not entry.gender, "man": not entry.gender}.get(
            value, not entry.identity
        )
    return silent.get(kind, False)


def _unknowns(entry: Entry, features: Sequence[str], voice: Voice) -> str:
    kinds = dict.fromkeys(_kind(feature) for feature in features)
    words = [voice.label(f"unknown_{kind}") for kind in kinds if kind not in {"prefer", "moud"}]
    words += [_word(feature, voice) for feature in features if _kind(feature) in {"prefer", "moud"}]
    return "; ".join(words)


def _notes(entry: Entry, directory: Directory, voice: Voice) -> list[str]:
    """How to get in touch, ties of our own, the age of what is said, and whether it is made up."""
    contact = " ".join(filter(None, (entry.phone, entry.website)))
    notes = [contact] if contact else []
    if entry.affiliated:
        notes.append(voice.label("affiliated"))
    if entry.verified_on is None:
        notes.append(voice.label("not_verified"))
    elif voice.at.date() - entry.verified_on > dt.timedelta(days=_OLD_DAYS):
        notes.append(voice.label("verified_on").format(entry.verified_on.isoformat()))
    if directory.sample:
        notes.append(voice.phrase("sample_notice").text)
    return notes
