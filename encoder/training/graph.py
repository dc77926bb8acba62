"""Writes encoder/graph.onnx, how a vector is computed: `python -m encoder.training.graph`.

Eight layers of attention and a wide step, each added and levelled, then the mean of all rows at length
one. Matrices are multiplied in 4 bits (`MatMulNBits`); the weights stay open and come from the packed file
(`encoder/model.py`). Tuning writes it too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from encoder import FILE, GRAPH
from encoder.model import weights
from encoder.packed import BLOCK, Packed, read

# Understood by every ONNX Runtime from 1.17 on.
_OPERATORS, _FORM = 20, 9
# Products are summed in whole numbers, which processors do fastest.
_IN_INT8 = 4
_RUNTIME = "com.microsoft"


class _Graph:
    """Nodes and values of a graph that is being written; a node's result is named by its place."""

    def __init__(self, model: Packed) -> None:
        self.sizes, self.epsilon = model.sizes, model.epsilon
        self.wide = model.sizes.hidden // model.sizes.heads
        self.nodes: list[Any] = []
        self.values = [_open(name, value) for name, value in weights(model).items()]

    def add(self, kind: str, *inputs: str, domain: str = "", **settings: Any) -> str:
        result = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [result], domain=domain, **settings))
        return result

    def constant(self, value: Any) -> str:
        name = f"value_{len(self.values)}"
        self.values.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def linear(self, rows: str, name: str, wide: int, narrow: int) -> str:
        """Rows times a matrix of `narrow` rows and `wide` columns, plus its bias."""
        settings = {"K": wide, "N": narrow, "bits": 4, "block_size": BLOCK, "accuracy_level": _IN_INT8}
        found = self.add("MatMulNBits", rows, f"{name}.w", f"{name}.s", domain=_RUNTIME, **settings)
        return self.add("Add", found, f"{name}.b")

    def level(self, rows: str, name: str) -> str:
        inputs = (rows, f"{name}.w", f"{name}.b")
        return self.add("LayerNormalization", *inputs, axis=-1, epsilon=self.epsilon)

    def attention(self, rows: str, name: str) -> str:
        hidden, heads = self.sizes.hidden, self.sizes.heads
        three = self.linear(rows, f"{name}.qkv", hidden, 3 * hidden)
        apart = self.add("Reshape", three, self.constant(np.array([-1, 3, heads, self.wide])))
        turned = self.add("Transpose", apart, perm=[1, 2, 0, 3])
        query, key, value = (
            self.add("Gather", turned, self.constant(np.int64(at)), axis=0) for at in range(3)
        )
        likeness = self.add("MatMul", query, self.add("Transpose", key, perm=[0, 2, 1]))
        even = self.add("Div", likeness, self.constant(np.float32(math.sqrt(self.wide))))
        seen = self.add("MatMul", self.add("Softmax", even, axis=-1), value)
        back = self.add("Transpose", seen, perm=[1, 0, 2])
        return self.add("Reshape", back, self.constant(np.array([-1, hidden])))

    def layer(self, rows: str, name: str) -> str:
        hidden, inner = self.sizes.hidden, self.sizes.inner
        seen = self.linear(self.attention(rows, name), f"{name}.ao", hidden, hidden)
        rows = self.level(self.add("Add", rows, seen), f"{name}.aln")
        thought = self.add("Gelu", self.linear(rows, f"{name}.fi", hidden, inner))
        return self.level(
            self.add("Add", rows, self.linear(thought, f"{name}.fo", inner, hidden)), f"{name}.oln"
        )


def graph(model: Packed) -> onnx.ModelProto:
    """The whole computation: `rows` (word pieces and places, summed) in, `vector` out."""
    made = _Graph(model)
    rows = made.level("rows", "emb.ln")
    for layer in range(model.sizes.layers):
        rows = made.layer(rows, f"l{layer}")
    mean = made.add("ReduceMean", rows, made.constant(np.array([0])), keepdims=0)
    made.nodes.append(helper.make_node("LpNormalization", [mean], ["vector"], axis=-1, p=2))
    hidden = model.sizes.hidden
    taken = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["pieces", hidden])
    given = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [hidden])
    operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_RUNTIME, 1)]
    whole = helper.make_graph(made.nodes, "sentence encoder", [taken], [given], made.values)
    return helper.make_model(whole, opset_imports=operators, ir_version=_FORM)


def _open(name: str, value: np.ndarray[Any, Any]) -> TensorProto:
    """A value of known type and shape that is given when the graph is loaded."""
    kind = helper.np_dtype_to_tensor_dtype(value.dtype)
    found = TensorProto(name=name, data_type=kind, dims=value.shape, data_location=TensorProto.EXTERNAL)
    found.external_data.add(key="location", value=FILE.name)
    return found


def keep() -> None:
    """Write the graph for the shipped encoder."""
    GRAPH.write_bytes(graph(read(FILE)).SerializeToString())


def main() -> None:
    """Write it, and say so."""
    keep()
    print(f"{GRAPH}: {GRAPH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
