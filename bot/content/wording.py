"""Words that nobody may receive, and every string that is held to them (`content/wording.yml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import yaml

from bot.content.helplines import Country
from bot.content.load import ROOT, Library
from bot.content.schema import LANGS, Guide, Lang, Passage, Step


def broken(text: str, lang: Lang) -> Iterator[str]:
    """Each rule that a text breaks, and what to write instead."""
    for rule, pattern, instead in _rules(lang):
        if found := pattern.search(text):
            yield f"'{found[0]}' ({rule.replace('_', ' ')}); write: {instead}"


def strings(library: Library) -> Iterator[tuple[str, Lang, str]]:
    """Every string that a person can be shown, with its file and language."""
    for passage in library.passages.values():
        yield from ((passage.path, passage.lang, text) for text in _passage(passage))
    for guide in library.guides.values():
        yield from ((guide.path, guide.lang, text) for text in _guide(guide))
    for phrases in library.phrases.values():
        said = (
            text for phrase in phrases.phrases.values() for text in (*phrase.say, *phrase.choices.values())
        )
        yield from ((phrases.path, phrases.lang, text) for text in (*said, *phrases.labels.values()))
    for policy in library.policy.values():
        words = (text for section in policy.sections for text in (section.title, section.text))
        yield from ((policy.path, policy.lang, text) for text in (policy.title, policy.device, *words))
    for country in library.countries.values():
        yield from ((country.path, lang, text) for lang, text in _country(country))


def _passage(passage: Passage) -> Iterator[str]:
    shown = (passage.title, passage.label, passage.sms, passage.body, passage.family, passage.professional)
    return (text for text in shown if text)


def _guide(guide: Guide) -> Iterator[str]:
    yield guide.title
    for step in guide.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[str]:
    yield from step.say
    yield from filter(None, (step.why, *(option.label for option in step.options)))


def _country(country: Country) -> Iterator[tuple[Lang, str]]:
    for lang in LANGS:
        yield lang, country.emergency.say[lang]
        yield from ((lang, line.say[lang]) for line in country.lines)


@lru_cache(maxsize=2)
def _rules(lang: Lang) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    lists = yaml.safe_load((ROOT / "wording.yml").read_text(encoding="utf-8"))
    return tuple(
        (rule, re.compile(pattern, re.IGNORECASE), instead)
        for rule, by_lang in lists.items()
        for pattern, instead in by_lang[lang].items()
    )
