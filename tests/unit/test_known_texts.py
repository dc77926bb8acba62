"""The texts that the encoder learnt from, as vectors: they are its own, and the nearest ones decide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import encoder
from encoder import known
from encoder.neighbours import Neighbours, unit
from encoder.training.texts import examples

DATA = Path(__file__).resolve().parents[2] / "data"


def test_the_vectors_that_ship_were_made_by_the_encoder_that_ships() -> None:
    held = known.read(encoder.KNOWN).by_key()
    texts = [one.text for one in examples(DATA)][::2500]
    fresh = encoder.load().query_many([encoder.plain(text)[:300] for text in texts])
    found = [
        (held[known.key(text)], row)
        for text, row in zip(texts, fresh, strict=True)
        if known.key(text) in held
    ]
    assert len(found) > len(texts) / 2
    assert all(float(unit(stored) @ row) > 0.999 for stored, row in found)


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    rows = unit(np.random.default_rng(1).normal(size=(5, encoder.SIZE)))
    known.write(tmp_path / "kept.npz", map(known.key, "abcde"), rows, ["S1", "", "none", "S1", "O1"])
    held = known.read(tmp_path / "kept.npz")
    assert held.codes == ["S1", "", "none", "S1", "O1"]
    assert held.keys == [known.key(text) for text in "abcde"]
    assert np.abs(held.rows - rows).max() < 0.001


def test_vectors_of_another_encoder_are_refused(tmp_path: Path) -> None:
    known.write(tmp_path / "other.npz", ["a"], np.ones((1, 3), np.float32), [""])
    with pytest.raises(ValueError, match="vectors of"):
        known.read(tmp_path / "other.npz")


def test_a_text_gets_the_label_of_the_texts_beside_it() -> None:
    dice = np.random.default_rng(2)
    centres = np.repeat(np.eye(3, 24, dtype=np.float32), 40, axis=0)
    rows = unit(centres + dice.normal(scale=0.1, size=centres.shape))
    near = Neighbours.learn(rows, np.repeat(np.arange(3), 40).tolist(), axes=8)
    shares = near.probabilities(unit(centres[50]), 3)
    assert shares.argmax() == 1
    assert shares.sum() == pytest.approx(1)
    again = Neighbours.restored(near.stored())
    assert again.probabilities(unit(centres[50]), 3) == pytest.approx(shares, abs=0.01)
