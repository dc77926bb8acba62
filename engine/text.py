"""The text of a message: one normal form, no typed commands, and its clauses.

Vectors are always of `encoder.plain(text)`, here as in the gateway, so that a vector that travels equals
one computed here.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 16_000
"""Characters of a message that the channel accepts."""

READ = 10_000
"""Characters that the fast encoder reads."""

SHORT = 300
"""Characters up to which the slower encoder reads a text."""

BLANK_COMMAND = "-"
"""What stands in for a message of slashes only: understood as nothing."""

_BREAK = re.compile(
    r"[.?!;\n]+|,?\s+(?:and|also|but|plus|y|e|pero|además|ademas|también|tambien)\s+", re.IGNORECASE
)
_SPLIT_COMMA = re.compile(r",")


def _invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def neutral(text: str) -> str:
    """The text without any leading slash or invisible character, so that it is never a command."""
    start = 0
    while start < len(text) and (text[start] in "/\uff0f" or _invisible(text[start])):
        start += 1
    rest = text[start:].strip()
    return rest or (BLANK_COMMAND if "/" in text or "\uff0f" in text else "")


def clauses(text: str, most: int = 6) -> list[str]:
    """The parts of a text that may each hold a question: at least two words, at most `most`."""
    parts = [part.strip(" ,:-") for part in _BREAK.split(text)]
    return [part for part in parts if len(part.split()) >= 2][:most]
