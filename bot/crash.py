"""Named points at which tests let a process die: what it promised must hold whenever it dies."""

from __future__ import annotations

import os
import signal

VARIABLE = "LANTERN_CRASH_AT"
# Every point there is; tests/faults has one test for each.
POINTS = (
    "hook.before_commit",
    "hook.before_answer",
    "turn.claimed",
    "turn.screened",
    "turn.decided",
    "turn.asked",
    "turn.before_commit",
    "turn.stored",
    "delivery.claimed",
    "delivery.sent",
    "delivery.noted",
    "timer.before_commit",
)


def crash_here(point: str) -> None:
    """Die at once, as by SIGKILL, if a test has chosen this point; else nothing."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
