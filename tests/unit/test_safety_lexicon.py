"""Every rule of the lexicon finds what it must, and lets be what it must not find."""

from __future__ import annotations

import pytest

from bot.content import LANGS
from bot.safety.fold import fold
from bot.safety.screening import rules

MUST = [
    pytest.param(lang, rule.id, text, id=f"{lang}-{rule.id}-{at}")
    for lang in LANGS
    for rule in rules(lang).file.rules
    for at, text in enumerate(rule.must)
]
MUST_NOT = [
    pytest.param(lang, text, id=f"{lang}-{rule.id}-{at}")
    for lang in LANGS
    for rule in rules(lang).file.rules
    for at, text in enumerate(rule.must_not)
]


@pytest.mark.parametrize(("lang", "rule", "text"), MUST)
def test_a_rule_finds_what_it_must(lang: str, rule: str, text: str) -> None:
    assert rule in {signal.why for signal in rules(lang).signals(fold(text))}


@pytest.mark.parametrize(("lang", "text"), MUST_NOT)
def test_no_rule_opens_a_protocol_for_what_it_must_not_find(lang: str, text: str) -> None:
    assert [signal.why for signal in rules(lang).signals(fold(text)) if signal.code] == []
