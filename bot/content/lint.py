"""Holds content to its rules: reading grade, length, words, sources, dates, parity. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content import helplines, reading, wording
from bot.content.grammar import Grammar
from bot.content.load import Library
from bot.content.render import Voice
from bot.content.schema import LANGS, Guide, Lang, Passage, Phrases

MOST_WORDS = 90
MOST_MEAN_SENTENCE = 12.0
MOST_LABEL = 20
MOST_CRISIS_WORDS = 60
GRADE = 6.0
CRISIS_GRADE = 4.0


@dataclass(frozen=True)
class Fault:
    """One broken rule. `due` faults are dates that have passed: warnings unless asked for."""

    path: str
    line: int
    message: str
    due: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def check(library: Library, today: dt.date) -> list[Fault]:
    """Every fault of the content, in the order of files."""
    found: list[Fault] = []
    for passage in library.passages.values():
        found += _passage(passage, library, today)
    for guide in library.guides.values():
        found += _guide(guide, library)
    for phrases in library.phrases.values():
        found += _phrases(phrases, library)
    for grammar in library.grammar.values():
        found += _grammar(grammar, library)
    found += _helplines(library, today)
    for path, lang, text in wording.strings(library):
        found += [_at(path, text, message) for message in wording.broken(text, lang)]
    return sorted(found, key=lambda fault: (fault.path, fault.line))


def _passage(passage: Passage, library: Library, today: dt.date) -> Iterator[Fault]:
    path = passage.path
    for text in filter(None, (passage.body, passage.family, passage.professional)):
        for message in _readable(text, passage.lang, GRADE):
            yield _at(path, text, message)
        if (count := reading.words(text)) > MOST_WORDS:
            yield _at(path, text, f"{count} words; at most {MOST_WORDS}: move a part to a follow-up")
    yield from _passage_fields(passage, library, today)


def _passage_fields(passage: Passage, library: Library, today: dt.date) -> Iterator[Fault]:
    path = passage.path
    if not passage.sources:
        yield Fault(path, 1, "no sources; add at least one with title, url and seen_on")
    if len(passage.label) > MOST_LABEL:
        yield _at(path, passage.label, f"label has {len(passage.label)} characters; at most {MOST_LABEL}")
    if odd := reading.outside_gsm(passage.sms):
        yield _at(path, passage.sms, f"sms holds {odd!r}, which cuts a part from 160 to 70 characters")
    for country in library.countries:
        said = Voice(library, passage.lang, country, _moment(today)).brief(passage.sms)
        if (length := reading.gsm_length(said)) > reading.GSM_SINGLE:
            message = f"sms has {length} characters in {country}; at most {reading.GSM_SINGLE}"
            yield _at(path, passage.sms, message)
    for name in passage.follow_ups:
        if (name, passage.lang) not in library.passages:
            yield _at(path, name, f"follow-up '{name}' does not exist in {passage.lang}")
    if passage.review_due < today:
        yield _at(path, "review_due", f"review was due on {passage.review_due}", due=True)
    yield from _other_language(path, (passage.id, passage.lang), library.passages)


def _moment(today: dt.date) -> dt.datetime:
    return dt.datetime.combine(today, dt.time(12), dt.UTC)


def _guide(guide: Guide, library: Library) -> Iterator[Fault]:
    limit = CRISIS_GRADE if guide.kind == "protocol" else GRADE
    ids = {step.id for step in guide.steps}
    for step in guide.steps:
        for text in step.say:
            # One short question has no meaningful grade of its own; a step's wordings are read alike.
            for message in _readable(text, guide.lang, limit):
                yield _at(guide.path, text, f"step '{step.id}': {message}")
        targets = [step.next, step.other, step.silence.next if step.silence else None]
        for target in filter(None, [*targets, *(option.next for option in step.options)]):
            if not _exists(target, ids, guide, library):
                yield _at(guide.path, target, f"step '{step.id}' leads to '{target}', which does not exist")
    for option in guide.anytime:
        if option.next and not _exists(option.next, ids, guide, library):
            yield _at(guide.path, option.id, f"anytime leads to '{option.next}', which does not exist")
    for target in guide.start.values():
        if target not in ids:
            yield _at(guide.path, target, f"start leads to '{target}', which does not exist")
    yield from _other_language(guide.path, (guide.id, guide.lang), library.guides)
    yield from _first_reply(guide)


def _first_reply(guide: Guide) -> Iterator[Fault]:
    """In danger the number comes within the first 100 characters, in at most 60 words."""
    if guide.kind != "protocol" or guide.id == "common" or guide.level == "P3":
        return
    starts = set(guide.start.values()) or {guide.steps[0].id}
    for step in guide.steps:
        for text in step.say if step.id in starts else ():
            if "{" not in text[:100]:
                yield _at(guide.path, text, f"step '{step.id}': no number in the first 100 characters")
            if (count := reading.words(text)) > MOST_CRISIS_WORDS:
                yield _at(guide.path, text, f"step '{step.id}': {count} words; at most {MOST_CRISIS_WORDS}")


def _exists(target: str, ids: set[str], guide: Guide, library: Library) -> bool:
    name, _, step = target.rpartition("/")
    if not name:
        return target in ids
    other = library.guides.get((name, guide.lang))
    return other is not None and other.step(step) is not None


def _phrases(phrases: Phrases, library: Library) -> Iterator[Fault]:
    for name, phrase in phrases.phrases.items():
        if len(phrase.say) < 2:
            yield _at(phrases.path, f"{name}:", f"phrase '{name}' needs a second wording")
        for text in phrase.say:
            for message in _readable(text, phrases.lang, GRADE):
                yield _at(phrases.path, text, f"phrase '{name}': {message}")
    for lang, other in library.phrases.items():
        for name in sorted(other.phrases.keys() - phrases.phrases.keys()):
            yield Fault(phrases.path, 1, f"phrase '{name}' stands only in {lang}")


def _grammar(grammar: Grammar, library: Library) -> Iterator[Fault]:
    """Every kind of question is known in every language, and no words mean both yes and no."""
    ids = [frame.id for frame in grammar.frames]
    for other in library.grammar.values():
        for name in (frame.id for frame in other.frames if frame.id not in ids):
            yield Fault(grammar.path, 1, f"frame '{name}' stands only in {other.lang}")
    for frame in grammar.frames:
        if not frame.asks or ids.count(frame.id) > 1:
            yield _at(grammar.path, f"id: {frame.id}", f"frame '{frame.id}': say once, with `asks`")
        for words in sorted(set(frame.yes) & set(frame.no)):
            yield _at(grammar.path, f"id: {frame.id}", f"frame '{frame.id}': '{words}' means both yes and no")
    missing = [lang for lang in LANGS if lang not in library.grammar]
    for lang in missing:
        yield Fault(grammar.path, 1, f"no answers in {lang}; write content/answers/{lang}.yml")


def _helplines(library: Library, today: dt.date) -> Iterator[Fault]:
    for country in library.countries.values():
        for line in country.lines:
            if line.status == "verified" and not (line.verified_on and line.verified_by):
                yield _at(country.path, line.id, f"'{line.id}' is verified: say verified_on and verified_by")
            if line.status == "seen" and not line.seen_on:
                yield _at(country.path, line.id, f"'{line.id}' is seen: say seen_on")
    for country, line in helplines.due(library.countries, today):
        message = f"'{line.id}' must be checked again by {line.expires}"
        yield _at(country.path, line.id, message, due=True)


def _readable(text: str, lang: Lang, limit: float) -> Iterator[str]:
    if (grade := reading.grade(text, lang)) > limit:
        yield f"reading grade {grade:.1f}; at most {limit:.0f}: shorter sentences, plainer words"
    if (mean := reading.mean_sentence(text)) > MOST_MEAN_SENTENCE:
        yield f"{mean:.0f} words a sentence; at most {MOST_MEAN_SENTENCE:.0f} on average"


def _other_language(
    path: str, key: tuple[str, Lang], held: Mapping[tuple[str, Lang], object]
) -> Iterator[Fault]:
    for lang in LANGS:
        if (key[0], lang) not in held:
            yield Fault(path, 1, f"'{key[0]}' has no {lang} version; write it beside this file")


def _at(path: str, text: str, message: str, *, due: bool = False) -> Fault:
    """A fault at the line where a text begins."""
    first = text.strip().splitlines()[0][:40] if text.strip() else ""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    line = next((n for n, content in enumerate(lines, 1) if first and first in content), 1)
    return Fault(path, line, message, due)
