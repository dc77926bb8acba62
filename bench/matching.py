"""How long matching takes in a directory of 10,000 entries, everybody licensed in the same place.

    .venv/bin/python bench/matching.py

Prints medians and writes bench/results/matching.json. Beside it stands the plain way: filters and
weights on the entries themselves, without their bits.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot import matching
from bot.matching import Directory, Entry, Wishes

COUNT = 10_000
ROUNDS = 41
GOALS = ("stop", "cut_down", "safer", "cravings", "mood", "trauma", "family", "grief")
MODES = ("phone", "video", "chat", "in_person")
ANSWERS = {
    "country": ["US-OH"],
    "goals": ["stop", "trauma", "mood"],
    "substance": ["opioids"],
    "mode": ["video", "phone", "chat", "in_person"],
    "times": ["evening", "now"],
    "pay": ["medicaid", "insurance"],
    "plan": ["aetna"],
    "prefer": ["en", "woman", "lgbtq", "lived", "style_gentle"],
}


def directory(random_: random.Random) -> Directory:
    """Entries of which nearly all pass the filters: the slowest case."""

    def some(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(random_.sample(values, random_.randint(1, len(values))))

    return Directory(
        tuple(
            Entry(
                id=f"e{number}",
                name=f"Sample {number}",
                licensed=("US-OH",),
                goals=some(GOALS),  # type: ignore[arg-type]
                moud=random_.random() < 0.5,
                modes=some(MODES),  # type: ignore[arg-type]
                languages=("en",),
                times=some(("day", "evening", "weekend")),  # type: ignore[arg-type]
                wait_days=random_.randint(0, 30),
                payment=some(("medicaid", "insurance", "free")),  # type: ignore[arg-type]
                plans=some(("aetna", "cigna", "bcbs")),
                gender=random_.choice(["woman", "man"]),  # type: ignore[arg-type]
                identity=some(("lgbtq", "lived", "style_gentle")),  # type: ignore[arg-type]
                capacity=random_.randint(1, 5),
            )
            for number in range(COUNT)
        )
    )


def plainly(held: Directory, wished: Wishes) -> list[str]:
    """The same search on sets of words, made anew for every entry."""
    asked = {
        *wished.goals,
        *wished.times,
        *wished.soon,
        *wished.pay,
        *wished.plans,
        *wished.prefer,
        *wished.style,
    }
    ranked = []
    for entry in held.entries:
        has = set(entry.features())
        if (
            has & set(wished.places)
            and has & set(wished.modes)
            and has & set(wished.languages)
            and "open" in has
        ):
            ranked.append((-len(has & asked), -entry.capacity, entry.id))
    return [item[2] for item in sorted(ranked)[: matching.MOST_MATCHES]]


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median time of one round, in milliseconds of this process's own CPU time."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return statistics.median(times)


def main() -> None:
    """Measure, print, write."""
    held = directory(random.Random(11))
    wished = matching.wishes(ANSWERS, "en")
    start = time.process_time()
    _ = held.rows
    made = 1000 * (time.process_time() - start)
    found = median_ms(lambda: matching.find(held, wished), ROUNDS)
    told = median_ms(lambda: matching.explain(held, wished), 5)
    plain = median_ms(lambda: plainly(held, wished), 5)
    fitting = matching.explain(held, wished).fitting
    result = {
        "entries": COUNT,
        "fitting": fitting,
        "find_ms": round(found, 1),
        "most_ms": 50.0,
        "explain_ms": round(told, 1),
        "bits_once_ms": round(made, 1),
        "plain_ms": round(plain, 1),
        "ratio_plain_to_find": round(plain / found, 1),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "clock": "process CPU time, median",
    }
    print(json.dumps(result, indent=1))
    (Path(__file__).parent / "results" / "matching.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
