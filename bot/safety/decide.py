"""From signals to one verdict: the most urgent protocol, a check-in, or nothing."""

from __future__ import annotations

from bot.safety.verdict import CODES, Context, Signal, Verdict, Who, family, urgency

DISTRESSED = 0.3
"""Mood of the last turns from which a neutral question about a method is asked about directly."""
METHOD = "method_thought"
"""The lexicon's rule that finds such a question."""


def decide(
    signals: tuple[Signal, ...], distress: float, context: Context, failed: tuple[str, ...]
) -> Verdict:
    """The verdict that all signals together give in this context."""
    signals = (*signals, *_from_context(signals, distress, context))
    coded = [signal for signal in signals if signal.code]
    if not coded:
        unsure = bool(signals)
        return Verdict(signals=signals, check_in=unsure, distress=distress, failed=failed)
    best = min(coded, key=lambda signal: _rank(signal, coded))
    return Verdict(
        level=best.level,
        protocol=best.code,
        who=_who(best, coded),
        signals=signals,
        distress=distress,
        failed=failed,
    )


def _rank(signal: Signal, coded: list[Signal]) -> tuple[int, float, int]:
    """Most urgent first, then what most signals agree on, then the order of CODES."""
    agreed: dict[str | None, float] = dict.fromkeys((other.code for other in coded), 0.0)
    for other in coded:
        for code in agreed:
            if code and other.code and family(code) == family(other.code):
                agreed[code] += other.score
    return urgency(signal.level), -(signal.score + agreed[signal.code]), CODES.index(signal.code or "K9")


def _who(best: Signal, coded: list[Signal]) -> Who:
    if best.who != "unknown":
        return best.who
    named = [signal.who for signal in coded if signal.who != "unknown"]
    return named[0] if named else "unknown"


def _from_context(signals: tuple[Signal, ...], distress: float, context: Context) -> tuple[Signal, ...]:
    """A method asked about after distress is asked about directly (clinical notes, 3.1)."""
    low = max((*context.moods[:4], distress), default=0.0)
    asked = any(signal.why == METHOD for signal in signals)
    if asked and (low >= DISTRESSED or context.open_risk):
        return (Signal("context", "S3", "P1", "method_after_distress"),)
    return ()
