"""Reads a lexicon's files: word sets, concepts, gates and rules; faults name the file and the rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from bot.content import ROOT, Lang, Level
from bot.errors import ContentError
from bot.safety.fold import plain
from bot.safety.patterns import Slot, compile_pattern
from bot.safety.verdict import CODES, usual_level

HOME = ROOT / "safety"
Scope = Literal["sentence", "near", "message"]


SUBJECT = "SUBJECT"
"""Named in `through`: the rule does not mind of whom its key is said."""


class Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Base of the file's values: an unknown or misspelled field is an error."""


class Rule(Strict, frozen=True, kw_only=True):
    """Concepts that mean something together.

    All of `all` must stand within `near` words of the first one ("A|B": one of them), in one
    sentence or, with scope `message`, anywhere. `unless` names concepts that forbid the rule in
    the sentence; `through` names gates that do not stop it. A rule without `code` is a reason
    to check in. `who: self` with a finding about someone else becomes protocol `other`, or
    nothing. `weak` rules are such a reason too, though they name the protocol it may be.
    `weight` decides between rules of one level. `outright`: words so plain that they open the
    protocol whatever the classifier makes of the message.
    """

    id: str
    code: str | None = None
    level: Level | None = None
    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    who: Literal["any", "self", "other"] = "any"
    other: str | None = None
    near: int = 14
    scope: Scope = "sentence"
    weak: bool = False
    outright: bool = False
    weight: float = 1.0
    must: tuple[str, ...]
    must_not: tuple[str, ...] = ()


class LexiconFile(Strict, frozen=True, kw_only=True):
    """All `content/safety/lexicon/*.<lang>.yml` together; word lists are single strings, split at spaces.

    `askers` open a question; `marked_askers` do where a question mark closes the sentence.
    """

    lang: Lang
    forms: dict[str, str] = {}
    sets: dict[str, str] = {}
    subjects: dict[Literal["self", "other", "someone", "thing", "generic"], str]
    negators: str
    not_negators: str = ""
    askers: str = ""
    marked_askers: str = ""
    gates: dict[str, Scope]
    steady: tuple[str, ...] = ()
    concepts: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]


class Lexicon(msgspec.Struct, frozen=True):
    """A lexicon file, its patterns compiled to slots by concept."""

    file: LexiconFile
    patterns: dict[str, tuple[tuple[Slot, ...], ...]]
    words: frozenset[str]
    starts: frozenset[str]


def read(lang: str, home: Path = HOME) -> Lexicon:
    """The lexicon of one language; raises ContentError or OSError."""
    paths = sorted((home / "lexicon").glob(f"*.{lang}.yml"))
    try:
        parts = [_yaml(path.read_text(encoding="utf-8")) for path in paths]
        return _compile(msgspec.convert(_joined(parts), LexiconFile, strict=False))
    except (yaml.YAMLError, msgspec.ValidationError, ContentError) as error:
        raise ContentError(f"{home}/lexicon/*.{lang}.yml: {error}") from None


def level_of(rule: Rule) -> Level | None:
    """The level a rule gives: its own, else the usual one of its code."""
    return rule.level or (usual_level(rule.code) if rule.code else None)


def _yaml(text: str) -> dict[str, Any]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return dict(yaml.load(text, Loader=loader))  # noqa: S506, this loader makes nothing but strings


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Files of one lexicon as one; a concept stands in one file alone."""
    whole: dict[str, Any] = {"concepts": {}, "rules": []}
    for part in parts:
        twice = whole["concepts"].keys() & part.get("concepts", {}).keys()
        if twice:
            raise ContentError(f"concept '{min(twice)}' stands in two files")
        whole["concepts"] |= part.pop("concepts", {})
        whole["rules"] += part.pop("rules", [])
        whole |= part
    return whole


def _compile(file: LexiconFile) -> Lexicon:
    sets = _sets(file)
    patterns: dict[str, tuple[tuple[Slot, ...], ...]] = {}
    for name, sources in file.concepts.items():
        found: list[tuple[Slot, ...]] = []
        for source in sources:
            if source.startswith("@"):
                if source[1:] not in patterns:
                    raise ContentError(f"concept '{name}': '{source}' must stand above it")
                found.extend(patterns[source[1:]])
            else:
                found.extend(compile_pattern(plain(source), sets))
        patterns[name] = tuple(dict.fromkeys(found))
    for rule in file.rules:
        _check(rule, file)
    starts = frozenset(
        start for rows in patterns.values() for row in rows for slot in row for start in slot.starts
    )
    return Lexicon(file, patterns, _words(file, patterns), starts)


def _sets(file: LexiconFile) -> dict[str, frozenset[str]]:
    sets: dict[str, frozenset[str]] = {}
    for name, words in file.sets.items():
        members: set[str] = set()
        for word in plain(words).split():
            if word.startswith("%") and word[1:] not in sets:
                raise ContentError(f"set '{name}': there is no set '{word[1:]}' above it")
            members |= sets[word[1:]] if word.startswith("%") else {word}
        sets[plain(name)] = frozenset(members)
    return sets


def _check(rule: Rule, file: LexiconFile) -> None:
    parts = [name for part in (*rule.all, *rule.unless) for name in part.split("|")]
    unknown = [name for name in parts if name not in file.concepts]
    unknown += [name for name in rule.through if name not in (*file.gates, SUBJECT)]
    unknown += [code for code in (rule.code, rule.other) if code and code not in CODES]
    if unknown:
        raise ContentError(f"rule '{rule.id}': there is no '{unknown[0]}'")


def _words(file: LexiconFile, patterns: dict[str, tuple[tuple[Slot, ...], ...]]) -> frozenset[str]:
    found = {word for rows in patterns.values() for slots in rows for slot in slots for word in slot.words}
    subjects = {word for words in file.subjects.values() for word in plain(words).split()}
    return frozenset(found | subjects | set(plain(f"{file.negators} {file.not_negators}").split()))
