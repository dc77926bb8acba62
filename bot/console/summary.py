"""A summary by quotes: the first words, words of danger, the last words; nothing is composed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.models import Message

LONGEST_QUOTE = 180
_MOST_DANGER = 4
_LAST = 2


def by_quotes(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Quotes of the person in order, each with its message's id and why it stands here."""
    written = [one for one in messages if one.direction == "in" and one.kind == "text" and one.text.strip()]
    why: dict[str, str] = {}
    for message in written[:1]:
        why[message.id] = "first"
    for message in written[-_LAST:]:
        why.setdefault(message.id, "last")
    danger = [one for one in written if one.level in {"P0", "P1"}]
    for message in danger[-_MOST_DANGER:]:
        why[message.id] = "risk"
    return [
        {"message": one.id, "seq": one.seq, "why": why[one.id], "level": one.level, "quote": cut(one.text)}
        for one in written
        if one.id in why
    ]


def cut(text: str) -> str:
    """The beginning of a text, ended between two words."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rpartition(" ")[0] + " …"
