"""Percentiles of times, memory of a process with its children, and the file a benchmark writes."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values)


def memory_mb(process: int) -> float:
    """Proportional set size of a process and all its children, in MB (shared pages counted once)."""
    own = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    pss = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:"))
    children = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    return pss / 1000 + sum(memory_mb(child) for child in children)


def write(name: str, figures: Mapping[str, Any]) -> Path:
    """Write figures with the machine's kind to bench/results/<name>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    path.write_text(json.dumps({**machine, **figures}, indent=2) + "\n", encoding="utf-8")
    return path
