"""The hazard log names controls that exist: each test it cites is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOG = (ROOT / "docs" / "hazard-log.md").read_text(encoding="utf-8")
ROWS = [row.split("|")[1:-1] for row in LOG.splitlines() if re.match(r"\| H\d", row)]


def test_every_control_is_a_test_that_exists() -> None:
    for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", LOG):
        file = ROOT / path
        assert file.exists(), path
        names = {
            node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in names, f"{path}::{name}"


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_every_hazard_has_a_control_and_an_honest_risk(row: list[str]) -> None:
    controls, severity, likelihood, left, open_points = (cell.strip() for cell in row[4:])
    assert "tests/" in controls
    assert int(severity) * int(likelihood) == int(left)
    assert int(left) < 10 or open_points, "a risk of 10 or more says what is still open"


def test_hazards_are_numbered_without_gaps() -> None:
    assert [row[0].strip() for row in ROWS] == [f"H{number:02}" for number in range(1, len(ROWS) + 1)]
