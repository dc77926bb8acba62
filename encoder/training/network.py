"""The encoder as a PyTorch network, and its three heads. Weights of tuned layers are rounded to 4 bits
while learning, as they will be stored, so that the packed file computes what was learnt.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from encoder.packed import BLOCK, Packed

DROPOUT = 0.1
_MATRICES = ("q", "k", "v", "ao", "fi", "fo")


class _Rounded(torch.autograd.Function):
    """Rounds to 4-bit blocks as `packing.pack` does; gradients pass as if nothing had been rounded."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor) -> Tensor:
        blocks = weight.view(weight.shape[0], -1, BLOCK)
        largest = blocks.gather(-1, blocks.abs().argmax(-1, keepdim=True))
        scale = largest / -8
        inverse = torch.where(scale != 0, 1 / scale, torch.zeros_like(scale))
        halves = (blocks * inverse).round().add(8).clamp(0, 15)
        return ((halves - 8) * scale).view_as(weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return gradients[0]


class _Linear(nn.Module):
    def __init__(self, weight: Tensor, bias: Tensor, *, tuned: bool) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)
        self.tuned = tuned

    def forward(self, rows: Tensor) -> Tensor:
        weight = _Rounded.apply(self.weight) if self.tuned else self.weight
        return functional.linear(rows, weight, self.bias)


class _Layer(nn.Module):
    """One transformer layer, as in graph.py: attention, then a wide step, each added and levelled."""

    def __init__(self, model: Packed, number: int, *, tuned: bool) -> None:
        super().__init__()
        self.heads = model.sizes.heads
        for name in _MATRICES:
            weight, bias = (torch.tensor(model.tensors[f"l{number}.{name}.{part}"]) for part in "wb")
            setattr(self, name, _Linear(weight, bias, tuned=tuned))
        for name in ("aln", "oln"):
            setattr(self, name, _level(model, f"l{number}.{name}"))

    def forward(self, rows: Tensor, mask: Tensor) -> Tensor:
        count, length, wide = rows.shape
        query, key, value = (
            getattr(self, name)(rows).view(count, length, self.heads, -1).transpose(1, 2) for name in "qkv"
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = self.ao(seen.transpose(1, 2).reshape(count, length, wide))
        rows = self.aln(rows + functional.dropout(seen, DROPOUT, self.training))
        thought = self.fo(functional.gelu(self.fi(rows)))
        levelled: Tensor = self.oln(rows + functional.dropout(thought, DROPOUT, self.training))
        return levelled

    def tensors(self, number: int) -> dict[str, Any]:
        """The layer's weights under the names of the packed file."""
        names = {
            name: (getattr(self, name).weight, getattr(self, name).bias)
            for name in (*_MATRICES, "aln", "oln")
        }
        return {
            f"l{number}.{name}.{part}": value.detach().numpy()
            for name, pair in names.items()
            for part, value in zip("wb", pair, strict=True)
        }


class Network(nn.Module):
    """Ids of pieces in, vectors of length one out. The first `frozen` layers stay as published."""

    def __init__(self, model: Packed, frozen: int) -> None:
        super().__init__()
        wide = model.sizes.hidden
        self.word = torch.tensor(model.tensors["emb.word"])
        self.position = torch.tensor(model.tensors["emb.pos"]).view(-1, wide)
        self.kind = torch.tensor(model.tensors["emb.type"]).view(-1, wide)[0]
        self.level = _level(model, "emb.ln")
        self.layers = nn.ModuleList(
            _Layer(model, number, tuned=number >= frozen) for number in range(model.sizes.layers)
        )
        self.frozen = frozen
        for part in (self.level, *self.layers[:frozen]):
            part.requires_grad_(False)

    def forward(self, ids: Tensor, valid: Tensor) -> Tensor:
        mask = torch.zeros_like(valid).masked_fill(valid == 0, -1e9)[:, None, None, :].bfloat16()
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                rows = self.level(self.word[ids] + self.position[: ids.shape[1]] + self.kind)
                for layer in self.layers[: self.frozen]:
                    rows = layer.eval()(rows, mask)
            for layer in self.layers[self.frozen :]:
                rows = layer(rows, mask)
            mean = (rows * valid[..., None]).sum(1) / valid.sum(1, keepdim=True)
        return functional.normalize(mean.float(), dim=-1)

    def tensors(self) -> dict[str, Any]:
        """All layers' weights under the names of the packed file."""
        found = {}
        for number, layer in enumerate(self.layers):
            found |= layer.tensors(number)
        return found


class Heads(nn.Module):
    """Scores for protocol, level and intent from one vector; they make the encoder learn all three."""

    def __init__(self, codes: int, levels: int, intents: int, wide: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.5))
        self.code, self.level, self.intent = (nn.Linear(wide, count) for count in (codes, levels, intents))
        for head in (self.code, self.level, self.intent):
            nn.init.normal_(head.weight, std=0.05)
            nn.init.zeros_(head.bias)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        wide = functional.dropout(vectors * self.scale.exp(), 0.05, self.training)
        return self.code(wide), self.level(wide), self.intent(wide)


def _level(model: Packed, name: str) -> nn.LayerNorm:
    made = nn.LayerNorm(model.sizes.hidden, eps=model.epsilon)
    made.weight.data, made.bias.data = (torch.tensor(model.tensors[f"{name}.{part}"]) for part in "wb")
    return made
