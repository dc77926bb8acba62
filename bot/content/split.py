"""Splits a text by a channel's limit; never inside a phone number, a link or a grapheme. Pure."""

from __future__ import annotations

import regex

# What must stay in one piece: links, phone numbers with their separators, short codes, graphemes.
_ATOM = regex.compile(
    r"""(?:https?://|www\.)[^\s<>]+
      | \+?\(?\d(?:[\s\u00a0().\-/]{0,2}\d){2,}
      | \X""",
    regex.VERBOSE,
)
_GRAPHEME = regex.compile(r"\X")
# Where a cut reads best, best first; each pattern ends where the next part begins.
_PLACES = tuple(
    regex.compile(pattern) for pattern in (r"\n\s*\n\s*", r"\n\s*", r"(?<=[.!?:;…])[\"'”’)]?\s+", r"\s+")
)


def length(text: str) -> int:
    """Length in UTF-16 units, as providers count; never less than the number of characters."""
    return len(text) + sum(ord(letter) > 0xFFFF for letter in text)


def split(text: str, limit: int) -> tuple[str, ...]:
    """`text` in parts of at most `limit` units, in order, none empty; only white space is lost.

    A single link or number longer than `limit` has to be cut; nothing else is ever torn.
    """
    rest, parts = text.strip(), []
    while length(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: the best place in its second half, else the last one possible."""
    borders = _borders(text, limit)
    if not borders:
        return _torn(text, limit)
    last = borders[-1]
    allowed = set(borders)
    for place in _PLACES:
        ends: list[int] = [m.end() for m in place.finditer(text, 0, last + 1) if m.end() in allowed]
        if ends and ends[-1] * 2 > last:
            return ends[-1]
    return last


def _borders(text: str, limit: int) -> list[int]:
    """Ends of atoms within the limit; trailing white space does not count."""
    borders, used, kept = [], 0, 0
    for atom in _ATOM.finditer(text):
        used += length(atom.group())
        if not atom.group().isspace():
            kept = used
        if kept > limit:
            break
        borders.append(atom.end())
        if used > limit * 2:
            break
    return borders


def _torn(text: str, limit: int) -> int:
    """One atom is longer than the limit: cut it after as many graphemes as fit, or characters."""
    used = end = 0
    for grapheme in _GRAPHEME.finditer(text):
        used += length(grapheme.group())
        if used > limit:
            break
        end = grapheme.end()
    if end:
        # A row of numbers that looks like one: between two of them is still the best place.
        return int(text.rfind(" ", 1, end) + 1 or end)
    while length(text[: end + 1]) <= limit:
        end += 1
    return max(1, end)
