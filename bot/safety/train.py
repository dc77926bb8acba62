"""Trains what decides which parts of a long message are read first: `python -m bot.safety.train`.

A linear model on the fast encoder's vectors: danger or not, from data/safety. It opens no protocol.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

from bot.safety import encoders
from bot.safety.classifier import TRIAGE

DATA = Path(__file__).resolve().parents[2] / "data" / "safety"


def texts() -> list[tuple[str, bool]]:
    """(text, danger) of data/safety."""
    rows = []
    for path in sorted(DATA.glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        for group in (held["texts"], *held.get("at", {}).values()):
            rows += [(str(text), "code" in held) for text in group]
    return rows


def main() -> None:
    """Train and write the weights."""
    rows = texts()
    vectors = np.stack(encoders.fast_many([text for text, _ in rows]))
    model = LogisticRegression(C=8.0, max_iter=2000, class_weight="balanced")
    model.fit(vectors, [danger for _, danger in rows])
    weights = model.coef_[0].astype(np.float32)
    np.savez_compressed(TRIAGE, weights=weights, bias=np.float32(model.intercept_[0]))
    print(f"{TRIAGE}: learnt from {len(rows)} texts")


if __name__ == "__main__":
    main()
