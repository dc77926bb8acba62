"""Lines of standard input for the verbs that work through many texts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, TextIO

import msgspec

from bot.errors import BadInput


class Line(msgspec.Struct, frozen=True):
    """A text, with the language and country of its writer where they are known."""

    text: str
    lang: str | None = None
    country: str | None = None


class Play(msgspec.Struct, frozen=True):
    """A conversation: the person's turns in order."""

    id: str | int
    turns: list[str]
    lang: str | None = None
    country: str | None = None


def read(stream: TextIO = sys.stdin) -> Iterator[Line]:
    """Each line: a JSON string, an object with `text`, or plain text."""
    for number, raw in enumerate(stream, 1):
        line = raw.rstrip("\r\n")
        if not line.strip():
            continue
        yield _line(number, line)


def plays(stream: TextIO = sys.stdin) -> Iterator[Play]:
    """Each line: an object with `id` and `turns`. Raises BadInput naming the line."""
    for number, raw in enumerate(stream, 1):
        if raw.strip():
            try:
                yield msgspec.json.decode(raw, type=Play)
            except msgspec.DecodeError as error:
                raise BadInput(f'line {number}: expected {{"id", "turns": [texts]}}: {error}') from None


def out(value: Any) -> None:
    """Write one JSON line at once, so that a reader can follow."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def _line(number: int, line: str) -> Line:
    if line.lstrip()[0] not in '{"':
        return Line(line)
    try:
        decoded = msgspec.json.decode(line, type=Line | str)
    except msgspec.ValidationError as error:
        raise BadInput(f"line {number}: {error}") from None
    except msgspec.DecodeError:
        return Line(line)  # a text that merely begins with a quote or a brace
    return Line(decoded) if isinstance(decoded, str) else decoded
