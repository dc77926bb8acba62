"""Why entries were left out, and how many more there would be without one of the filters. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.matching.entry import Directory
from bot.matching.rank import filters
from bot.matching.wishes import Wishes

# What a person can loosen by changing an answer, and the question that it stands behind.
LOOSENED = {"mode": "mode", "language": "prefer", "excluded": "prefer"}


@dataclass(frozen=True)
class Explained:
    """Of `total` entries `fitting` may be shown; each filter left out so many, alone or with others.

    `only`: how many it left out alone, so how many more there would be without it.
    """

    total: int
    fitting: int
    left_out: dict[str, int]
    only: dict[str, int]

    @property
    def loosen(self) -> list[str]:
        """Questions whose answer keeps people out, the most helpful one first. A licence is none of them."""
        names = [name for name in self.only if name in LOOSENED]
        steps = (LOOSENED[name] for name in sorted(names, key=lambda name: -self.only[name]))
        return list(dict.fromkeys(steps))


def explain(directory: Directory, wished: Wishes) -> Explained:
    """What each hard filter does to a directory."""
    tests = filters(directory, wished)
    left_out: Counter[str] = Counter()
    only: Counter[str] = Counter()
    fitting = 0
    for row in directory.rows:
        failed = [name for name, test in tests.items() if not test(row.has)]
        left_out.update(failed)
        only.update(failed if len(failed) == 1 else [])
        fitting += not failed
    return Explained(len(directory.rows), fitting, dict(left_out), dict(only))
