"""The screen's second part: linear models on sentence vectors. See bot/safety/model/CARD.md.

Two encoders are read side by side, each with a model for "in danger or not" and one for the
protocol; short texts use both, longer ones the fast encoder alone, whole and sentence by sentence.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.safety import encoders
from bot.safety.verdict import Signal, usual_level

FILE = Path(__file__).parent / "model" / "screen.npz"
MOST_SENTENCES = 200
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+")

Row = npt.NDArray[np.float32]


class Model:
    """Weights of both encoders and the two thresholds."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self.held = held
        self.codes = [str(code) for code in held["codes"]]
        self.crisis = float(held["crisis"])
        self.check_in = float(held["check_in"])

    def score(self, vectors: encoders.Vectors) -> tuple[float, str]:
        """Probability of danger (mean of the encoders) and the likeliest protocol."""
        logits, danger = np.zeros(len(self.codes)), []
        for name, vector in vectors.items():
            row = centred(vector, self.held[f"{name}_mean"])
            danger.append(_sigmoid(float(row @ self.held[f"{name}_w"] + self.held[f"{name}_b"])))
            logits += row @ self.held[f"{name}_cw"] + self.held[f"{name}_cb"]
        return float(np.mean(danger)), self.codes[int(np.argmax(logits))]


def signals(text: str, lang: str) -> tuple[Signal, ...]:
    """Findings of the classifier; raises what a missing encoder or model raises."""
    del lang  # both encoders read both languages
    model = load()
    scored = [model.score(vectors) for vectors in _read(text)]
    score, code = max(scored)
    if score >= model.crisis:
        return (Signal("classifier", code, usual_level(code), "score", score),)
    if score >= model.check_in:
        return (Signal("classifier", None, None, "score", score, hint=code),)
    return ()


def centred(vector: Row, mean: Row) -> Row:
    """A unit vector without what all texts share (E5's vectors lie in a narrow cone)."""
    moved = vector - mean
    return np.asarray(moved / (np.linalg.norm(moved) or 1.0), dtype=np.float32)


@functools.cache
def load() -> Model:
    """The trained model. Raises FileNotFoundError saying how to make it."""
    if not FILE.exists():
        raise FileNotFoundError(f"{FILE}: run `python -m bot.safety.train`")
    with np.load(FILE, allow_pickle=False) as held:
        return Model(dict(held))


def _read(text: str) -> list[encoders.Vectors]:
    """The whole text, and each sentence of a longer one."""
    whole = [encoders.encode(text)]
    parts = [part for part in _SENTENCE.split(text) if len(part) > 3]
    if len(parts) < 2:
        return whole
    return whole + [{"use": vector} for vector in encoders.fast_many(parts[:MOST_SENTENCES])]


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
