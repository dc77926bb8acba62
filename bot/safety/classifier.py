"""The screen's second part: a linear model on sentence vectors. See bot/safety/model/CARD.md."""

from __future__ import annotations

from bot.safety.verdict import Signal


def signals(text: str, lang: str) -> tuple[Signal, ...]:
    """Findings of the classifier; raises what a missing encoder or model raises."""
    raise FileNotFoundError("bot/safety/model: run `python -m bot.safety.train`")
