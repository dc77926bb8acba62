"""Asks every part about a message and unites what they say; one broken part stops no other."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence

import msgspec

from bot.content import LANGS
from bot.safety import classifier, moods
from bot.safety.decide import decide
from bot.safety.fold import fold
from bot.safety.rules import Rules
from bot.safety.verdict import CODES, Context, ScreenDown, Signal, Verdict, usual_level

MOST = 20_000
"""Characters read of one message: the first and the last half of so many."""

RASA_SURE = 0.9
RASA_UNSURE = 0.7
"""Confidence from which Rasa's crisis intent opens a protocol, or is a reason to check in."""


def screen(text: str, context: Context | None = None) -> Verdict:
    """The verdict on one message. Raises ScreenDown when no part of the screen works."""
    context = context or Context()
    text = _shorten(text)
    found: list[Signal] = []
    failed: list[str] = []
    score = None
    for lang in LANGS:
        try:
            found += _lexicon(text, lang)
        except Exception:  # whatever breaks in one part, the others must still speak
            failed.append(f"lexicon.{lang}")
    try:
        score = classifier.score(text)
        if score.danger < classifier.CALM and any(signal.code for signal in found):
            score = max(score, classifier.closer(text), key=lambda one: one.danger)
    except Exception:  # a missing file, a broken library: all the same to the person
        failed.append("classifier")
    if score is None and len(failed) > len(LANGS):
        raise ScreenDown("no part of the screen works: show the emergency card and alert staff")
    if score is not None:
        found = _weighed(found, score)
        found += classifier.signals(score)
    return decide(tuple(found), moods.distress(found), context, tuple(failed))


def _weighed(found: Sequence[Signal], score: classifier.Score) -> list[Signal]:
    """The findings of the lexicon, weighed against what the whole message sounds like.

    In a message that sounds rather calm they ask first and open no protocol yet; in one that sounds
    entirely calm they say nothing: frightening words are then mostly a film, a leaflet or the past.
    Two rules that speak of the same protocol are believed sooner than one.
    """
    rules = Counter(signal.code for signal in found)
    agreed = {code for code, count in rules.items() if code and count > 1}
    weighed = []
    for signal in found:
        least = classifier.QUIET / 2 if signal.code in agreed else classifier.QUIET
        if signal.outright or (score.uneasy >= least and score.danger >= classifier.CALM):
            weighed.append(signal)
        elif score.uneasy >= least:
            hint = signal.code or signal.hint
            weighed.append(msgspec.structs.replace(signal, code=None, level=None, hint=hint))
    return weighed


def lexicon_only(text: str, context: Context | None = None) -> Verdict:
    """What the lexicon alone says, within a few milliseconds. Raises ScreenDown if it is broken."""
    text = _shorten(text)
    try:
        signals = tuple(signal for lang in LANGS for signal in _lexicon(text, lang))
    except Exception:  # a broken file, pattern or library: all the same to the caller
        raise ScreenDown("the lexicon does not work: run `lantern check`") from None
    return decide(signals, moods.distress(signals), context or Context(), ())


def unite(verdict: Verdict, code: str | None, confidence: float, context: Context | None = None) -> Verdict:
    """The verdict with Rasa's crisis intent as one more signal; it never lowers a verdict."""
    if code not in CODES or confidence < RASA_UNSURE:
        return verdict
    sure = confidence >= RASA_SURE
    signal = Signal("rasa", code if sure else None, usual_level(code) if sure else None, code, confidence)
    signals = (*verdict.signals, signal)
    return decide(signals, verdict.distress, context or Context(), verdict.failed)


def _lexicon(text: str, lang: str) -> tuple[Signal, ...]:
    return rules(lang).signals(fold(text))


@functools.cache
def rules(lang: str) -> Rules:
    """The rules of a language, read once."""
    return Rules(lang)


def _shorten(text: str) -> str:
    half = MOST // 2
    return text if len(text) <= MOST else f"{text[:half]}\n{text[-half:]}"
