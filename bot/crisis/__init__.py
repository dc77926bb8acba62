"""Danger in a turn: opens and closes risk, runs protocols, asks gently, alerts staff. Waits for nothing."""

from bot.crisis.checkin import check_in
from bot.crisis.respond import (
    after,
    coloured,
    context,
    guided,
    notice,
    repeated,
    second_look,
    start,
)
from bot.crisis.risk import is_quiet, is_running

__all__ = [
    "after",
    "check_in",
    "coloured",
    "context",
    "guided",
    "is_quiet",
    "is_running",
    "notice",
    "repeated",
    "second_look",
    "start",
]
