"""Answers by number: the place in a list ("2", "1 and 3"), an age or a price, in figures or in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.content import Option, Step
from bot.guide.tongue import Tongue

_NUMBER = re.compile(r"^\W*(\d{1,3})\W*$")
_NUMBERS = re.compile(r"^\W*\d{1,2}(?:(?:\W|\band\b|\by\b)+\d{1,2})+\W*$")
_ANY_NUMBER = re.compile(r"(?<![\d.])(\d{1,3})(?![\d.])")


def chosen(step: Step, text: str, tongue: Tongue) -> tuple[str, ...]:
    """Options by their place in the list ("2", "1 and 3"), or by an age that lies in their range."""
    text = tongue.numbered(text) if any(option.numbers for option in step.options) else text
    shown = [option for option in step.options if not option.hidden]
    whole = _NUMBER.match(text)
    if whole and 0 < int(whole[1]) <= len(shown):
        return (shown[int(whole[1]) - 1].id,)
    if step.kind == "many" and _NUMBERS.match(text.casefold()):
        places = [int(found) for found in re.findall(r"\d+", text)]
        return tuple(dict.fromkeys(shown[place - 1].id for place in places if 0 < place <= len(shown)))
    return _by_range(step.options, [int(found) for found in _ANY_NUMBER.findall(text)])


def _by_range(options: Sequence[Option], numbers: Iterable[int]) -> tuple[str, ...]:
    ranged = [option for option in options if option.numbers]
    for number in numbers:
        for option in ranged:
            first, last = option.numbers or (0, 0)
            if first <= number <= last:
                return (option.id,)
    return ()
