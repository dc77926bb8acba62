"""Hard filters that nothing outweighs, then points for wishes; at most three. Pure; names play no part."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from bot.matching.entry import Directory, Entry, Row
from bot.matching.wishes import Wishes

MOST_MATCHES = 3
# What each wish weighs; one that was not named weighs nothing, and the others count for the whole.
WEIGHTS = {
    "goals": 30.0,
    "times": 10.0,
    "soon": 10.0,
    "pay": 15.0,
    "mode": 10.0,
    "prefer": 15.0,
    "language": 5.0,
    "style": 5.0,
}
_FULL = 100.0
_OWN = frozenset({"pay/sliding", "pay/self_pay"})
Test = Callable[[int], bool]
Fit = Callable[[int], float]
Weighed = tuple[float, int, Fit]


@dataclass(frozen=True)
class Match:
    """One entry that fits, with its points and the features asked for that it has or lacks."""

    entry: Entry
    points: float
    met: tuple[str, ...]
    unmet: tuple[str, ...]


def find(
    directory: Directory,
    wished: Wishes,
    *,
    seed: int = 0,
    most: int = MOST_MATCHES,
    leave_out: Collection[str] = (),
) -> list[Match]:
    """The best matches, never one that a filter rules out.

    Ties: more room first, then a draw by `seed` and id, the same for the same seed.
    """
    tests = tuple(filters(directory, wished).values())
    scores = _scores(tuple(_fits(directory, wished)))
    asked, passes = _asked(directory, wished), cache(lambda has: all(test(has) for test in tests))
    ranked = [
        (-_points(row.has, scores), -row.entry.capacity, row)
        for row in directory.rows
        if passes(row.has & asked) and row.entry.id not in leave_out
    ]
    if len(ranked) > most:
        # Only those who are as good as the last one shown take part in the draw.
        last = heapq.nsmallest(most, ((points, room) for points, room, _ in ranked))[-1]
        ranked = [item for item in ranked if item[:2] <= last]
    ranked.sort(key=lambda item: (*item[:2], _draw(item[2].entry.id, seed)))
    return [_match(directory, wished, row, -points) for points, _, row in ranked[:most]]


def filters(directory: Directory, wished: Wishes) -> dict[str, Test]:
    """The hard filters by name; each is true for an entry that may be shown."""
    mask = directory.mask
    adult, is_open, interpreter = mask(["age/adult"]), mask(["open"]), mask(["interpreter"])
    place, mode, spoken = mask(wished.places), mask(wished.modes), mask(wished.languages)
    needs, known_needs = mask(wished.needs), all(mask([need]) for need in wished.needs)
    excluded = mask(wished.excluded)
    tests: dict[str, Test] = {
        # A licence that is not known is none.
        "place": lambda has: bool(has & place),
        "age": lambda has: bool(has & adult),
        "open": lambda has: bool(has & is_open),
        "language": lambda has: bool(has & (spoken | interpreter)),
    }
    if wished.modes:
        tests["mode"] = lambda has: bool(has & mode)
    if wished.needs:
        tests["needs"] = lambda has: known_needs and has & needs == needs
    if wished.excluded:
        tests["excluded"] = lambda has: not has & excluded
    return tests


def _asked(directory: Directory, wished: Wishes) -> int:
    """The bits that the filters look at. Few patterns of them exist, so each is judged once."""
    people = ("age/adult", "open", "interpreter")
    wants = (*wished.places, *wished.modes, *wished.languages, *wished.needs, *wished.excluded)
    return directory.mask((*people, *wants))


def _fits(directory: Directory, wished: Wishes) -> Iterator[Weighed]:
    """How well an entry meets each named wish, from 0 to 1: its weight, the bits it looks at, the fit."""
    mask = directory.mask
    for name, features in (("goals", wished.goals), ("prefer", wished.prefer), ("style", wished.style)):
        if features:
            yield WEIGHTS[name], mask(features), _share(len(features))
    if wished.times:
        yield WEIGHTS["times"], mask(wished.times), _any
    if wished.soon:
        yield WEIGHTS["soon"], mask(wished.soon), _share(len(wished.soon))
    if wished.pay:
        yield WEIGHTS["pay"], mask((*wished.pay, *wished.plans, *wished.fee)), _paid(directory, wished)
    if wished.modes:
        yield WEIGHTS["mode"], mask(wished.modes), _ranked([mask([mode]) for mode in wished.modes])
    yield WEIGHTS["language"], mask(wished.languages), _any


def _share(of: int) -> Fit:
    return lambda bits: bits.bit_count() / of


def _any(bits: int) -> float:
    return 1.0 if bits else 0.0


def _ranked(masks: list[int]) -> Fit:
    """The first of the modes that is offered: the one named first counts in full."""

    def fit(bits: int) -> float:
        for place, mask in enumerate(masks):
            if bits & mask:
                return 1.0 - place / len(masks)
        return 0.0

    return fit


def _paid(directory: Directory, wished: Wishes) -> Fit:
    """A way to pay that is taken. Half: some insurance but not known the plan; not known within the price."""
    asked_more = {"pay/insurance": wished.plans, "pay/sliding": wished.fee, "pay/self_pay": wished.fee}
    mask = directory.mask
    full = mask([*wished.plans, *(way for way in wished.pay if not asked_more.get(way))])
    own, fee = mask(way for way in wished.pay if way in _OWN and wished.fee), mask(wished.fee)
    some = mask(wished.pay)
    return lambda has: 1.0 if has & full or (has & own and has & fee) else 0.5 if has & some else 0.0


def _scores(fits: tuple[Weighed, ...]) -> tuple[tuple[int, Fit], ...]:
    """The points of the fits in two groups: the bits that each looks at, and the points for them.

    Few patterns of a group's bits exist, so its points are worked out once for each pattern, not for
    each entry. Rounded, so that two who deserve the same tie whatever the order of the sum.
    """
    whole = sum(weight for weight, _, _ in fits)
    groups = (fits[: len(fits) // 2], fits[len(fits) // 2 :])
    return tuple(_score(group, _FULL / whole) for group in groups if group)


def _score(group: tuple[Weighed, ...], scale: float) -> tuple[int, Fit]:
    bits = reduce(or_, (mask for _, mask, _ in group))
    worth = cache(lambda has: round(scale * sum(weight * fit(has & mask) for weight, mask, fit in group), 6))
    return bits, worth


def _points(has: int, scores: tuple[tuple[int, Fit], ...]) -> float:
    return sum([worth(has & bits) for bits, worth in scores])


def _draw(entry_id: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}/{entry_id}".encode(), digest_size=8).digest()


def _match(directory: Directory, wished: Wishes, row: Row, points: float) -> Match:
    """What is met and what is not. Of ways to meet, to pay and the like one is enough."""
    each = (*wished.needs, *wished.goals, *wished.prefer, *wished.style)
    met = [feature for feature in each if row.has & directory.mask([feature])]
    unmet = [feature for feature in each if feature not in met]
    paid = tuple(way for way in wished.pay if not (wished.plans and way == "pay/insurance"))
    groups = (
        wished.modes,
        wished.times,
        wished.soon[:1],
        wished.languages,
        (*wished.plans, *paid),
        wished.fee,
    )
    for group in groups:
        found = [feature for feature in group if row.has & directory.mask([feature])]
        met += found
        unmet += [] if found else group
    return Match(row.entry, points, tuple(met), tuple(unmet))
