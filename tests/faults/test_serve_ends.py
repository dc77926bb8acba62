"""`lantern serve` told to end takes Rasa and the actions with it."""

from __future__ import annotations

import argparse
import os
import signal
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import pytest
from town import until

from bot.cli import run
from bot.cli.processes import free_port


class Children:
    """Stands for Rasa and the actions: notes that they were ended."""

    ended: Path

    def __init__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.ended.touch()


def serve(var: str, port: int) -> None:
    """The verb, in a process of its own."""
    os.environ["LANTERN_VAR"] = var
    Children.ended = Path(var) / "ended"
    run.Engine = Children  # type: ignore[misc, assignment]
    run._serve(argparse.Namespace(port=port, no_engine=False))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_engine_is_ended_whatever_signal_ends_the_gateway(tmp_path: Path, told: signal.Signals) -> None:
    port = free_port()
    process = get_context("spawn").Process(target=serve, args=(str(tmp_path), port))
    process.start()
    assert process.pid
    until(lambda: _answers(port))
    os.kill(process.pid, told)
    process.join(30)
    assert process.exitcode is not None
    assert (tmp_path / "ended").exists()


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health/live", timeout=1).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
