"""Vectors of training texts from Lantern's own encoder, which takes 6 ms a text, kept to be used again.

Two files of one form: `encoder/vectors.npz` comes with the encoder, so that a first training need not
read every text anew; `vectors.npz` beside the models holds those of texts written since. Keyed by a
hash of the encoder's file and the text: they hold no text, and another encoder's vectors are never
taken for this one's. Only training reads them. `python -m engine.cache` writes the first anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

import encoder
from engine import encoders, text
from engine.encoders import SIZES, Vector

FILE = "vectors.npz"
_STEPS = 127
"""A number is stored as this many steps of the largest in its row; the cosine moves by under 0.0001."""


def models() -> Path:
    """The folder of trained models: LANTERN_MODELS, else models/ in the working folder."""
    return Path(os.environ.get("LANTERN_MODELS", "models"))


def vectors_of(texts: Sequence[str]) -> tuple[Vector, Vector]:
    """`use` and `e5` rows of the texts; `e5` is computed only of those never seen before."""
    keys = [_key(said) for said in texts]
    known = read(encoder.VECTORS) | read(models() / FILE)
    new = {key: said for key, said in zip(keys, texts) if key not in known}
    if new:
        found = dict(zip(new, encoders.e5(list(new.values()))))
        known.update(found)
        shipped = read(encoder.VECTORS)
        write(models() / FILE, {key: known[key] for key in dict.fromkeys(keys) if key not in shipped})
    return encoders.use(texts), np.stack([known[key] for key in keys])


def _key(said: str) -> str:
    return hashlib.sha256(encoder.fingerprint().encode() + text.plain(said).encode()).hexdigest()[:24]


def read(path: Path) -> dict[str, Vector]:
    """Vectors by key; none where the file is missing or of another size of vector."""
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as held:
        rows, largest = held["rows"], held["largest"].astype(np.float32)
        if rows.shape[1:] != (SIZES["e5"],):
            return {}
        return dict(zip(held["keys"].tolist(), rows * (largest / _STEPS)[:, None]))


def write(path: Path, known: Mapping[str, Vector]) -> None:
    """Keep vectors by key; the file is whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.stack(list(known.values())) if known else np.zeros((0, SIZES["e5"]), np.float32)
    largest = np.abs(rows).max(axis=1, initial=1e-9)
    stored = np.rint(rows / largest[:, None] * _STEPS).astype(np.int8)
    partial = path.with_name(f".{os.getpid()}.{path.name}")
    np.savez(partial, keys=np.array(list(known)), rows=stored, largest=largest.astype(np.float32))
    partial.replace(path)


def ship(texts: Iterable[str]) -> None:
    """Write the file that comes with the encoder: the vectors of these texts."""
    said = list(dict.fromkeys(texts))
    _, rows = vectors_of(said)
    write(encoder.VECTORS, dict(zip(map(_key, said), rows)))


def main() -> None:
    """Ship the vectors of all texts of data/nlu."""
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_nlu_importer_from_config(
        "config.yml", training_data_paths=["data/nlu"]
    )
    ship(one.get("text") for one in importer.get_nlu_data().intent_examples)


if __name__ == "__main__":
    main()
