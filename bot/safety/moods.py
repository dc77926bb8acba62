"""How low a message sounds, from 0 to 1: carried over turns, it colours a neutral question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.safety.verdict import Signal, urgency


def distress(signals: Sequence[Signal]) -> float:
    """The message's mood from what the parts found."""
    coded = [signal for signal in signals if signal.code and signal.code != "K8"]
    if coded:
        return 1.0 if min(urgency(signal.level) for signal in coded) < 2 else 0.8
    return max((signal.score for signal in signals), default=0.0) * 0.6
