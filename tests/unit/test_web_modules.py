"""The pure modules of the pages pass their own tests: stream, outbox, back-off, contrast of the colours."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"


def test_the_modules_of_the_pages_pass_their_own_tests() -> None:
    node = shutil.which("node") or shutil.which("node", path=WEB.parent / ".venv" / "bin")
    if node is None or not (WEB / "node_modules").exists():
        pytest.skip("the pages are not set up here: run `make pages`")
    path = f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["npm", "test", "--silent"],
        check=False,
        cwd=WEB,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert "fail 0\n" in ran.stdout
