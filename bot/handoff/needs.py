"""Skills that counsellors name and people need: from the danger, the topic and who writes. Pure."""

from __future__ import annotations

from bot.models import Conversation

SKILLS = ("suicide", "overdose", "wounds", "treatment", "family", "youth")
# By the beginning of a protocol's code, the longest first.
_BY_CODE = {
    "K4": "youth",
    "K7": "family",
    "SH": "suicide",
    "S": "suicide",
    "O": "overdose",
    "M": "wounds",
    "W": "treatment",
}
# By the group that the last topic's passage stands in.
_BY_GROUP = {
    "families": "family",
    "healing": "wounds",
    "health_risks": "wounds",
    "help": "treatment",
    "overdose": "overdose",
    "warning_signs": "family",
}


def of(conversation: Conversation, group: str = "") -> str:
    """The skills that a conversation needs, in the order of SKILLS, joined by commas."""
    code = conversation.risk_protocol or ""
    by_code = next((skill for start, skill in _BY_CODE.items() if code.startswith(start)), None)
    found = {by_code, _BY_GROUP.get(group)}
    if conversation.recall("minor"):
        found.add("youth")
    if conversation.recall("who") == "family":
        found.add("family")
    return ",".join(one for one in SKILLS if one in found)


def split(kept: str) -> set[str]:
    """Skills as they are kept, as a set."""
    return {one for one in kept.split(",") if one}


def both(kept: str, more: str) -> str:
    """Two lists of skills as one."""
    return ",".join(one for one in SKILLS if one in split(kept) | split(more))
