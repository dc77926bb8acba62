"""The encoder: pieces of a text, and the shipped graph held against the same computation in plain NumPy."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest

import encoder
from encoder import packed
from encoder.packed import Array, Packed
from encoder.pieces import Pieces

TEXTS = (
    "how do i know if its infected",
    "¿Cuánto tardan en borrarse las marcas? 😞",
    "he is blue and wont wake up " * 12,
    "日本語",
    "",
)


def unit(rows: Array) -> Array:
    found: Array = rows / np.linalg.norm(rows)
    return found


def plainly(model: Packed, text: str) -> Array:
    """The vector of a text by the arithmetic of the published model, one step after another."""
    ids = Pieces(model).cut(text, model.sizes.positions)
    wide = model.sizes.hidden
    places = model.tensors["emb.pos"].reshape(-1, wide)[: len(ids)]
    kind = model.tensors["emb.type"].reshape(-1, wide)[0]
    rows = level(model, "emb.ln", model.blocks["emb.word"].floats()[ids] + places + kind)
    for layer in range(model.sizes.layers):
        query, key, value = (
            linear(model, f"l{layer}.{name}", rows).reshape(len(ids), model.sizes.heads, -1).swapaxes(0, 1)
            for name in "qkv"
        )
        likeness = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1]))
        seen = (likeness / likeness.sum(-1, keepdims=True)) @ value
        seen = linear(model, f"l{layer}.ao", seen.swapaxes(0, 1).reshape(len(ids), wide))
        rows = level(model, f"l{layer}.aln", rows + seen)
        thought = linear(model, f"l{layer}.fi", rows)
        thought = thought * (1 + np.vectorize(math.erf)(thought / math.sqrt(2))) / 2
        rows = level(model, f"l{layer}.oln", rows + linear(model, f"l{layer}.fo", thought))
    return unit(rows.mean(0))


def linear(model: Packed, name: str, rows: Array) -> Array:
    found: Array = rows @ model.blocks[f"{name}.w"].floats().T + model.tensors[f"{name}.b"]
    return found


def level(model: Packed, name: str, rows: Array) -> Array:
    apart = rows - rows.mean(-1, keepdims=True)
    even = apart / np.sqrt((apart**2).mean(-1, keepdims=True) + model.epsilon)
    found: Array = even * model.tensors[f"{name}.w"] + model.tensors[f"{name}.b"]
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_the_graph_computes_what_the_published_arithmetic_does(text: str) -> None:
    found = encoder.load().query(text)
    assert found.shape == (encoder.SIZE,)
    assert float(np.linalg.norm(found)) == pytest.approx(1, abs=1e-4)
    assert float(found @ plainly(packed.read(encoder.FILE), text)) > 0.999


def test_a_vector_does_not_depend_on_what_is_computed_beside_it() -> None:
    model = encoder.load()
    alone = [model.query(text) for text in TEXTS]
    together = model.query_many(TEXTS, workers=3)
    assert np.array_equal(together, np.stack(alone))
    assert model.query_many([]).shape == (0, encoder.SIZE)


def test_threads_may_ask_at_once() -> None:
    model, found = encoder.load(), {}

    def ask(place: int) -> None:
        found[place] = model.query(TEXTS[place % len(TEXTS)])

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[place], model.query(TEXTS[place % len(TEXTS)])) for place in range(20))


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"PK\x03\x04" * 9)
    with pytest.raises(ValueError, match=r"other\.bin is no packed model"):
        packed.read(path)


def test_pieces_cover_the_text_and_end_where_the_model_ends() -> None:
    pieces = Pieces(packed.read(encoder.FILE))
    ids = pieces.cut("brazo rojo", most=512)
    assert (ids[0], ids[-1]) == (pieces.begin, pieces.end)
    assert "".join(pieces.texts[one] for one in ids[1:-1]).replace("\u2581", " ") == " query: brazo rojo"
    assert len(pieces.cut("a b c " * 900, most=512)) == 512
