"""The encoder at work: word pieces in, one vector out, computed by ONNX Runtime on the processor.

`graph.onnx` says how a vector is computed (made by `encoder/training/graph.py`); the weights come from the
packed file and stay in 4 bits. Rows of the table of word pieces are unpacked as a text needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from encoder import packed
from encoder.packed import Array, Packed
from encoder.pieces import Pieces

# The four matrices of a layer, and which tensors of the packed file stand in each, one below the other.
MATRICES = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}
LEVELS = ("aln", "oln")
_FAULTS_ONLY = 3
Values = dict[str, NDArray[np.uint8] | Array]


class Encoder:
    """A packed model loaded; may be asked from several threads at once."""

    def __init__(self, path: Path, graph: Path) -> None:
        model = packed.read(path)
        self._pieces = Pieces(model)
        self._words = model.blocks["emb.word"]
        kind = model.tensors["emb.type"].reshape(-1, model.sizes.hidden)[0]
        self._places = model.tensors["emb.pos"].reshape(-1, model.sizes.hidden) + kind
        self._session = _session(graph, weights(model))

    def query(self, text: str) -> Array:
        """The vector of a text, of length one; what lies beyond the model's positions is not read."""
        ids = self._pieces.cut(text, len(self._places))
        rows = self._words.rows(ids) + self._places[: len(ids)]
        vector: Array = self._session.run(None, {"rows": rows})[0]
        return vector

    def query_many(self, texts: Sequence[str], workers: int = 1) -> Array:
        """One vector a row for each text, computed in as many threads."""
        rows = np.zeros((len(texts), self._places.shape[1]), np.float32)
        with ThreadPoolExecutor(workers) as pool:
            for at, vector in enumerate(pool.map(self.query, texts)):
                rows[at] = vector
        return rows


def weights(model: Packed) -> Values:
    """The values that the graph leaves open, by name, as ONNX Runtime's `MatMulNBits` takes them."""
    found: Values = {f"emb.ln.{part}": model.tensors[f"emb.ln.{part}"] for part in "wb"}
    for layer in range(model.sizes.layers):
        for name in LEVELS:
            found |= {f"l{layer}.{name}.{part}": model.tensors[f"l{layer}.{name}.{part}"] for part in "wb"}
        for name, parts in MATRICES.items():
            found |= _matrix(model, layer, name, parts)
    return found


def _matrix(model: Packed, layer: int, name: str, parts: tuple[str, ...]) -> Values:
    """One matrix: two weights a byte, the scale of each block, the bias of each row."""
    blocks = [model.blocks[f"l{layer}.{part}.w"] for part in parts]
    halves = np.concatenate([one.halves() for one in blocks])
    return {
        f"l{layer}.{name}.w": halves[..., 0::2] | (halves[..., 1::2] << 4),
        f"l{layer}.{name}.s": np.concatenate([one.scales() for one in blocks]).reshape(-1),
        f"l{layer}.{name}.b": np.concatenate([model.tensors[f"l{layer}.{part}.b"] for part in parts]),
    }


def _session(graph: Path, values: Values) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # One text is too little work to be shared out: threads are for several texts.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _FAULTS_ONLY
    held = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in values.items()}
    options.add_external_initializers(list(held), list(held.values()))
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
