"""Trains the screen's classifier from data/safety: `python -m bot.safety.train`.

Thresholds come from five-fold cross-validation: a crisis reply where at most MOST_FALSE of the
look-alikes pass, a gentle check-in where at most MOST_GENTLE do. Learn, boundary and small-talk
texts of data/nlu are further examples of what is no crisis (fast encoder only).
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.safety import encoders
from bot.safety.classifier import FILE, centred
from bot.safety.verdict import CODES

DATA = Path(__file__).resolve().parents[2] / "data"
QUIET_FAMILIES = ("marks", "healing", "smalltalk", "scope", "commands", "warning_signs", "professionals")
MOST_QUIET = 2_500
MOST_FALSE = 0.015
MOST_GENTLE = 0.05
_SEED = 7


def texts() -> list[tuple[str, str | None]]:
    """(text, code) of data/safety; code None for look-alikes and everyday texts."""
    rows: list[tuple[str, str | None]] = []
    for path in sorted((DATA / "safety").glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        groups = [held["texts"], *held.get("at", {}).values()]
        rows += [(str(text), held.get("code")) for group in groups for text in group]
    return rows


def quiet() -> list[str]:
    """Texts of data/nlu in which nobody is in danger, a fixed sample."""
    lines = [
        line.strip()[2:]
        for name in QUIET_FAMILIES
        for path in sorted((DATA / "nlu" / name).glob("*.yml"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("- ") and "intent:" not in line
    ]
    random.Random(_SEED).shuffle(lines)  # noqa: S311 (a reproducible sample)
    return lines[:MOST_QUIET]


def main() -> None:
    """Train, choose thresholds, write the model and print its figures."""
    rows = texts()
    said = [text for text, _ in rows]
    codes = np.array([code or "" for _, code in rows])
    vectors = encoders.encode_many(said)
    # Every training text is read by both encoders, also the few that are too long at run time.
    short = [n for n, held in enumerate(vectors) if "e5" in held]
    use = np.stack([held["use"] for held in vectors])
    e5 = np.stack([vectors[n]["e5"] for n in short])
    calm = np.stack(encoders.fast_many(quiet()))
    held: dict[str, Any] = {"codes": np.array([code for code in CODES if code in set(codes)])}
    probabilities = np.stack(
        [_folds(use, codes, calm), _spread(_folds(e5, codes[short], None), short, len(rows))]
    )
    score = np.nanmean(probabilities, axis=0)
    held |= _fit("use", use, codes, calm, held["codes"]) | _fit("e5", e5, codes[short], None, held["codes"])
    held |= _thresholds(score, codes != "")
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, **held)
    _report(score, codes, held)


def _logistic(y: Any) -> LogisticRegression:
    del y
    return LogisticRegression(C=8.0, max_iter=2000, class_weight="balanced")


def _centred(matrix: Any, mean: Any) -> Any:
    return np.stack([centred(row, mean) for row in matrix])


def _folds(matrix: Any, codes: Any, calm: Any | None) -> Any:
    """Out-of-fold probability of danger."""
    found = np.zeros(len(codes))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=_SEED).split(matrix, codes):
        weights = _fit("x", matrix[train], codes[train], calm, None)
        rows = _centred(matrix[test], weights["x_mean"])
        found[test] = 1 / (1 + np.exp(-(rows @ weights["x_w"] + weights["x_b"])))
    return found


def _spread(values: Any, at: list[int], size: int) -> Any:
    full = np.full(size, np.nan)
    full[at] = values
    return full


def _fit(name: str, matrix: Any, codes: Any, calm: Any | None, classes: Any | None) -> dict[str, Any]:
    everything = matrix if calm is None else np.vstack([matrix, calm])
    mean = everything.mean(axis=0)
    rows = _centred(everything, mean)
    danger = np.concatenate([codes != "", np.zeros(len(everything) - len(codes), bool)])
    model = _logistic(danger).fit(rows, danger)
    held = {f"{name}_mean": mean, f"{name}_w": model.coef_[0], f"{name}_b": model.intercept_[0]}
    if classes is not None:
        inside = codes != ""
        which = _logistic(codes).fit(rows[: len(codes)][inside], codes[inside])
        order = [list(which.classes_).index(code) for code in classes]
        held |= {f"{name}_cw": which.coef_[order].T, f"{name}_cb": which.intercept_[order]}
    return {key: np.asarray(value, dtype=np.float32) for key, value in held.items()}


def _thresholds(score: Any, danger: Any) -> dict[str, Any]:
    safe = np.sort(score[~danger])
    return {
        "crisis": np.float32(np.quantile(safe, 1 - MOST_FALSE)),
        "check_in": np.float32(np.quantile(safe, 1 - MOST_GENTLE)),
    }


def _report(score: Any, codes: Any, held: dict[str, Any]) -> None:
    danger = codes != ""
    for name in ("crisis", "check_in"):
        found = float((score[danger] >= held[name]).mean())
        false = float((score[~danger] >= held[name]).mean())
        print(f"{name}: threshold {held[name]:.3f}, found {found:.3f}, false {false:.3f}")  # noqa: T201
    print(f"{danger.sum()} texts of danger, {(~danger).sum()} look-alikes, five folds")  # noqa: T201


if __name__ == "__main__":
    main()
