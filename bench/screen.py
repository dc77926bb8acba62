"""How long the screen takes on one core, by length of message, beside its lexicon alone.

The lexicon alone decides whether the emergency card may go out before the rest is done. Messages are
those of tests/safety, the longer ones joined from them. `make bench-screen` prints the table and writes
bench/results/screen.json.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from bench import measure
from bot import safety
from bot.cli.processes import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from sentences import messages

SHORT, MIDDLE, LONG = 80, 400, 10_000
REPEATS = 3
Screen = Callable[[str], object]


def main() -> None:
    """Measure on one core, print, write."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    texts = [message.text for message in messages()]
    asked = {
        "up to 80": [text for text in texts if len(text) <= SHORT],
        "up to 400": [text for text in _joined(texts, MIDDLE) if len(text) > SHORT],
        "10,000": [text[:LONG] for text in _joined(texts, LONG + MIDDLE)][:REPEATS],
    }
    sides: dict[str, Screen] = {"screen": safety.screen, "lexicon alone": safety.lexicon_only}
    figures = {name: {kind: _ms(side, held) for kind, held in asked.items()} for name, side in sides.items()}
    for name, rows in figures.items():
        for kind, row in rows.items():
            print(f"{name:14}{kind:>10}" + "".join(f"  {key} {value:.1f}" for key, value in row.items()))
    print(measure.write("screen", figures))


def _joined(texts: Iterable[str], most: int) -> list[str]:
    """Texts put together, in order, to texts of at most `most` characters."""
    found = [""]
    for text in texts:
        if len(found[-1]) + len(text) >= most:
            found.append("")
        found[-1] = f"{found[-1]} {text}".strip()
    return found


def _ms(side: Screen, texts: Sequence[str]) -> dict[str, float]:
    side(texts[0])  # models are loaded by the first message
    times = [_timed(side, text) for text in texts]
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: measure.percentile(times, share) for name, share in shares.items()} | {"of": len(times)}


def _timed(side: Screen, text: str) -> float:
    begun = time.perf_counter()
    side(text)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
