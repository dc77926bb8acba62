"""Pure: answers + directory -> at most three matches, each with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.content import Voice
from bot.messages import Reply


@dataclass(frozen=True)
class Directory:
    """Therapists and programmes; empty when none is loaded."""

    entries: tuple[Any, ...] = ()


def replies(directory: Directory, answers: dict[str, list[str]], voice: Voice) -> tuple[Reply, ...]:
    """The matches in words, or where to look instead."""
    return (voice.phrase("match_none"),)
