"""The screen's second part: what Lantern's encoder makes of a message. See encoder/CARD.md.

A head on the vector of a text and the texts nearest to it say together which protocol it calls for, if
any; another head says how urgent it is. A long message is read in parts; those that the fast encoder
finds most alarming are read finely.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

import encoder
from bot.content import Level
from bot.safety import encoders
from bot.safety.verdict import Signal
from encoder import known
from encoder.neighbours import Neighbours

CRISIS = 0.98
"""Probability of danger from which a protocol opens."""
CHECK_IN = 0.7
"""Probability of danger or low mood from which one gentle question is asked."""

CALM = 0.6
"""Probability of danger below which words of danger alone lead to a question, not to a protocol."""
QUIET = 0.2
"""Probability of danger or low mood below which words of danger alone are a film, a leaflet, a joke.
Where two rules of one protocol agree, half of it."""

TRIAGE = Path(__file__).parent / "model" / "triage.npz"
AXES = 128
"""Directions of the vectors that are compared with those of the known texts."""

LONGEST_PART = 200
MOST_PARTS = 6
_CALM, _LOW = "none", "check_in"
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+|(?<=,)\s+")

Row = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """What one text sounds like: probability of danger, of danger or low mood, likeliest protocol."""

    danger: float
    uneasy: float
    code: str
    level: Level


class Heads:
    """Two linear heads on the encoder's vectors, and the labelled texts that it learnt from."""

    def __init__(self, path: Path = encoder.HEADS) -> None:
        with np.load(path, allow_pickle=False) as held:
            self.codes = [str(code) for code in held["codes"]]
            self.levels: list[Level] = [_level(name) for name in held["levels"]]
            self._code, self._level = ((held[f"{name}_w"], held[f"{name}_b"]) for name in ("code", "level"))
        self._near = _neighbours(self.codes)
        self._dangers = [at for at, code in enumerate(self.codes) if code not in {_CALM, _LOW}]

    def score(self, vector: Row) -> Score:
        """The score of one text from its vector."""
        shares = _softmax(vector @ self._code[0] + self._code[1])
        if self._near:  # without the known texts the head decides alone
            beside = self._near.probabilities(vector, len(self.codes))
            shares = np.asarray((shares + beside) / 2, np.float32)
        danger = float(shares[self._dangers].sum())
        best = max(self._dangers, key=lambda at: shares[at])
        level = self.levels[int(np.argmax(vector @ self._level[0] + self._level[1]))]
        return Score(danger, 1 - float(shares[self.codes.index(_CALM)]), self.codes[best], level)


def _neighbours(codes: Sequence[str]) -> Neighbours | None:
    """The texts of `data/` that have a code, as the encoder reads them."""
    held = known.read(encoder.KNOWN)
    chosen = [at for at, code in enumerate(held.codes) if code in codes]
    if not chosen:
        return None
    return Neighbours.learn(held.rows[chosen], [codes.index(held.codes[at]) for at in chosen], AXES)


def score(text: str) -> Score:
    """What a message sounds like: the most alarming of its parts. Raises what a missing model raises."""
    return _worst(_read(text))


def closer(text: str) -> Score:
    """What the most alarming sentence of a message sounds like, read by itself.

    For a message in which the lexicon found danger and the whole sounds calm: a calm sentence beside
    an alarming one must not drown it.
    """
    sentences = [part for part in _END.split(text) if part.strip()]
    return _worst(encoders.fine_many(sentences[:MOST_PARTS]))


def _worst(vectors: Sequence[Row]) -> Score:
    scores = [heads().score(vector) for vector in vectors]
    worst = max(scores, key=lambda one: one.danger)
    return replace(worst, uneasy=max(one.uneasy for one in scores))


def signals(score: Score) -> tuple[Signal, ...]:
    """The finding that a score amounts to, if any."""
    if score.danger >= CRISIS:
        return (Signal("classifier", score.code, score.level, "score", score.danger),)
    if score.uneasy >= CHECK_IN:
        return (Signal("classifier", None, None, "score", score.uneasy, hint=score.code),)
    return ()


@functools.cache
def heads() -> Heads:
    """The heads, read once. Raises FileNotFoundError where they are missing."""
    return Heads()


def _read(text: str) -> list[Row]:
    """The vector of a text; of a long one, those of its most alarming parts."""
    whole = encoders.encode(text)
    if "e5" in whole:
        return [whole["e5"]]
    return encoders.fine_many(_most_alarming(_parts(text)))


def _parts(text: str) -> list[str]:
    """Sentences put together to parts of at most LONGEST_PART characters, as far as they are shorter."""
    parts = [""]
    for sentence in _SENTENCE.split(text):
        for start in range(0, len(sentence), LONGEST_PART):
            piece = sentence[start : start + LONGEST_PART]
            if len(parts[-1]) + len(piece) >= LONGEST_PART:
                parts.append("")
            parts[-1] = f"{parts[-1]} {piece}".strip()
    return [part for part in parts if part]


def _most_alarming(parts: Sequence[str]) -> list[str]:
    if len(parts) <= MOST_PARTS:
        return list(parts)
    weights, bias = _triage()
    alarm = np.stack(encoders.fast_many(parts)) @ weights + bias
    return [parts[at] for at in np.argsort(-alarm)[:MOST_PARTS]]


@functools.cache
def _triage() -> tuple[Row, float]:
    """A linear model on the fast encoder's vectors (bot/safety/train.py): which part to read first."""
    with np.load(TRIAGE, allow_pickle=False) as held:
        return held["weights"], float(held["bias"])


def _level(name: str) -> Level:
    known: dict[str, Level] = {"P0": "P0", "P1": "P1", "P2": "P2", "P3": "P3"}
    return known[str(name)]


def _softmax(scores: Row) -> Row:
    raised = np.exp(scores - np.max(scores))
    shares: Row = (raised / raised.sum()).astype(np.float32)
    return shares
