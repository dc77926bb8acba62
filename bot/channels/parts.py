"""A reply in the parts that a channel can take: split by its limit, choices as buttons or numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.contract import Button, Limits, Part
from bot.content import length, split


def parts(text: str, choices: Sequence[Button], limits: Limits, by_number: str) -> tuple[Part, ...]:
    """`text` and its choices as messages, in order; `by_number` is said under a numbered list.

    Buttons where all of them fit, else numbers: a person answers with either, or in words.
    """
    fits = len(choices) <= limits.buttons and all(length(one.label) <= limits.label for one in choices)
    if not choices:
        return tuple(Part(piece) for piece in split(text, limits.text))
    if fits:
        *first, last = split(text, limits.text) or (by_number,)
        return (*(Part(piece) for piece in first), Part(last, tuple(choices)))
    numbered = "\n".join(f"{number}. {one.label}" for number, one in enumerate(choices, 1))
    return tuple(Part(piece) for piece in split(f"{text}\n\n{numbered}\n{by_number}", limits.text))
