"""Right answers on the sentences of tests/content, beside keyword search (BM25) over the passages.

Nothing is trained on these sentences. With `--clinc FILE` (CLINC150 small, never part of this project)
the classifier is also measured in a domain that it was not made for. `make bench-understanding`
prints the table and writes bench/results/understanding.json.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import asking, measure
from bot import content
from bot.cli import dry
from bot.cli.processes import ROOT
from bot.stage import Kit

sys.path.insert(0, str(ROOT / "tests"))
from sentences import UNKNOWN, Sentence, questions, rightly

LOSS = 0.05
"""Share of in-scope texts that may be refused when out-of-scope recall is read off (CLINC150)."""


class Keywords:
    """BM25 over the passages of one language: the simple rival."""

    def __init__(self, library: content.Library, lang: content.Lang) -> None:
        held = {key[0]: passage for key, passage in library.passages.items() if key[1] == lang}
        self._counts = {topic: Counter(_words(f"{p.title} {p.body}")) for topic, p in held.items()}
        self._mean = measure.mean([count.total() for count in self._counts.values()])
        self._in = Counter(word for count in self._counts.values() for word in count)

    def best(self, text: str) -> str:
        """The topic whose passage fits best."""
        return max(self._counts, key=lambda topic: self._score(_words(text), self._counts[topic]))

    def _score(self, words: Sequence[str], count: Counter[str]) -> float:
        total = 0.0
        for word in words:
            rare = math.log(1 + (len(self._counts) - self._in[word] + 0.5) / (self._in[word] + 0.5))
            weight = count[word] + 1.2 * (0.25 + 0.75 * count.total() / self._mean)
            total += rare * count[word] * 2.2 / weight
        return total


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument("--clinc", type=Path, help="clinc150_small.json")
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    with dry.kit() as kit:
        for lang in content.LANGS:
            held = [sentence for sentence in questions() if sentence.lang == lang]
            figures[lang] = _ours(kit, held)
            rival = Keywords(kit.library, lang)
            asked = [s for s in held if s.kind == "topic"]
            figures[lang]["topic by keywords"] = measure.mean([rival.best(s.text) in s.topics for s in asked])
    if arguments.clinc:
        figures["clinc150 small"] = _clinc(json.loads(arguments.clinc.read_text(encoding="utf-8")))
    for name, rows in figures.items():
        print(name, *(f"  {key:28}{value:.3f}" for key, value in rows.items()), sep="\n")
    print(measure.write("understanding", figures))


def _ours(kit: Kit, held: Sequence[Sentence]) -> dict[str, float]:
    right: dict[str, list[bool]] = {}
    times = []
    for sentence in held:
        begun = time.perf_counter()
        understood = asking.understood(kit, sentence.text, sentence.lang)
        times.append((time.perf_counter() - begun) * 1000)
        right.setdefault(sentence.kind, []).append(rightly(sentence, understood))
        if sentence.kind == "topic":
            right.setdefault("topic refused", []).append(understood.intent in UNKNOWN)
    figures = {kind: measure.mean(found) for kind, found in right.items()}
    return figures | {"ms p50": measure.percentile(times, 0.5), "ms p95": measure.percentile(times, 0.95)}


def _clinc(held: dict[str, list[list[str]]]) -> dict[str, float]:
    """Our classifier (both encoders, logistic regression) on CLINC150 small."""
    from engine import encoders, fit

    begun = time.monotonic()
    model = fit.fit([(text, label) for text, label in held["train"] + held["oos_train"]])
    training = time.monotonic() - begun
    refused = model.index["oos"]

    def read(rows: Sequence[Sequence[str]]) -> Any:
        return model.probabilities([encoders.encode(text) for text, _ in rows])

    inside, outside = read(held["test"]), read(held["oos_test"])
    labels = np.array([model.index[label] for _, label in held["test"]])
    sure: Callable[[Any], Any] = lambda rows: np.delete(rows, refused, axis=1).max(axis=1) - rows[:, refused]  # noqa: E731
    limit = np.quantile(sure(inside), LOSS)
    better = sure(inside)[:, None] > sure(outside)[None, :]
    return {
        "in-scope accuracy": float(
            (np.delete(inside, refused, axis=1).argmax(1) == _skip(labels, refused)).mean()
        ),
        "out-of-scope recall": float((sure(outside) < limit).mean()),
        "AUROC": float(better.mean()),
        "training s": training,
    }


def _skip(labels: Any, refused: int) -> Any:
    return labels - (labels > refused)


if __name__ == "__main__":
    main()
