"""`lantern ask`, `play` and `chat`: conversations in the terminal, through the same turn."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import structlog

from bot import app
from bot.cli import dry, lines
from bot.content import Voice, plain
from bot.messages import Outcome
from bot.settings import read, with_secrets
from bot.stage import Kit

# Two cores: while one thread waits for Rasa the other screens.
_THREADS = 2
Given = TypeVar("Given", lines.Line, lines.Play)


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    ask = verbs.add_parser("ask", help="each line of standard input is a new conversation")
    ask.add_argument("--json", action="store_true", help="one JSON line each (the only form)")
    ask.set_defaults(run=_ask)
    play = verbs.add_parser("play", help='each line {"id", "turns": [texts]} is one conversation')
    play.add_argument("--json", action="store_true", help="one JSON line each (the only form)")
    play.set_defaults(run=_play)
    chat = verbs.add_parser("chat", help="chat in the terminal, choices by number")
    chat.add_argument("--dry", action="store_true", help="temporary database, fixed clock")
    chat.add_argument("--lang", default="en", help="en or es")
    chat.add_argument("--country", help="such as US; asked by nobody in the terminal")
    chat.set_defaults(run=_chat)


def _ask(arguments: argparse.Namespace) -> int:
    return _each(lines.read(), _one)


def _one(kit: Kit, number: int, line: lines.Line) -> dict[str, Any]:
    return _timed(kit, f"ask-{number}", line.text, 0, line.lang, line.country)


def _play(arguments: argparse.Namespace) -> int:
    return _each(lines.plays(), _whole)


def _whole(kit: Kit, number: int, play: lines.Play) -> dict[str, Any]:
    replies = [
        _timed(kit, f"play-{number}", text, n, play.lang, play.country) for n, text in enumerate(play.turns)
    ]
    return {"id": play.id, "replies": replies}


def _each(given: Iterable[Given], answer: Callable[[Kit, int, Given], dict[str, Any]]) -> int:
    """Answer each line in a dry house, several at a time; the answers keep their order."""
    quiet()
    with dry.kit() as kit, ThreadPoolExecutor(_THREADS) as pool:
        for one in pool.map(lambda pair: answer(kit, *pair), enumerate(given)):
            lines.out(one)
    return 0


def _timed(
    kit: Kit, address: str, text: str, number: int, lang: str | None, country: str | None
) -> dict[str, Any]:
    begun = time.perf_counter()
    voice, outcome = dry.converse(kit, address, text, number, lang=lang, country=country)
    return dry.as_json(voice, text, outcome, (time.perf_counter() - begun) * 1000)


def _chat(arguments: argparse.Namespace) -> int:
    quiet()
    with _kit(dry_run=arguments.dry) as kit:
        print("Write a message, or a number to choose. Ctrl-D ends.\n")
        address = f"terminal-{time.time_ns()}"
        for number, text in enumerate(_typed()):
            voice, outcome = dry.converse(
                kit, address, text, number, lang=arguments.lang, country=arguments.country
            )
            _print(voice, outcome)
    return 0


def _kit(*, dry_run: bool) -> AbstractContextManager[Kit]:
    return dry.kit() if dry_run else dry.running(app.kit(with_secrets(read())))


def _typed() -> Any:
    while True:
        try:
            text = input("> ").strip()
        except EOFError:
            return
        if text:
            yield text


def _print(voice: Voice, outcome: Outcome) -> None:
    count = 0
    for reply in outcome.replies:
        print(f"\n{plain(reply, voice)}")
        if reply.offers:
            count = 0
        for offer in reply.offers:
            count += 1
            print(f"  {count}. {offer.label}")
    print()


def quiet() -> None:
    """Logs go to standard error, warnings and worse only: standard output belongs to the answers."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(30),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
