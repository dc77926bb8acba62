"""Hard filters that nothing outweighs, then points for wishes; at most three. Pure; names play no part."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

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
# With no wish at all nobody is nearer than anybody else.
_NEUTRAL = 50.0
_OWN = frozenset({"pay/sliding", "pay/self_pay"})
Test = Callable[[int], bool]
Fit = Callable[[int], float]


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
    fits = tuple(_fits(directory, wished))
    whole = sum(weight for weight, _ in fits)
    ranked = [
        (-_points(row.has, fits, whole), -row.entry.capacity, row)
        for row in directory.rows
        if all(test(row.has) for test in tests) and row.entry.id not in leave_out
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


def _fits(directory: Directory, wished: Wishes) -> Iterator[tuple[float, Fit]]:
    """How well an entry meets each named wish, from 0 to 1, with its weight."""
    mask = directory.mask
    for name, features in (("goals", wished.goals), ("prefer", wished.prefer), ("style", wished.style)):
        if features:
            yield WEIGHTS[name], _share(mask(features), len(features))
    if wished.times:
        yield WEIGHTS["times"], _any(mask(wished.times))
    if wished.soon:
        yield WEIGHTS["soon"], _share(mask(wished.soon), len(wished.soon))
    if wished.pay:
        yield WEIGHTS["pay"], _paid(directory, wished)
    if wished.modes:
        yield WEIGHTS["mode"], _ranked([mask([mode]) for mode in wished.modes])
    yield WEIGHTS["language"], _any(mask(wished.languages))


def _share(mask: int, of: int) -> Fit:
    return lambda has: (has & mask).bit_count() / of


def _any(mask: int) -> Fit:
    return lambda has: 1.0 if has & mask else 0.0


def _ranked(masks: list[int]) -> Fit:
    """The first of the modes that is offered: the one named first counts in full."""

    def fit(has: int) -> float:
        for place, mask in enumerate(masks):
            if has & mask:
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


def _points(has: int, fits: tuple[tuple[float, Fit], ...], whole: float) -> float:
    if not whole:
        return _NEUTRAL
    return _FULL * sum([weight * fit(has) for weight, fit in fits]) / whole


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
