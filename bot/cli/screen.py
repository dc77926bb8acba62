"""`lantern screen`: the safety screen alone, without Rasa."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from bot import language
from bot.cli import lines
from bot.cli.converse import quiet
from bot.content import known_lang
from bot.safety import Context, screen


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    parser = verbs.add_parser("screen", help="each line of standard input through the safety screen")
    parser.add_argument("--json", action="store_true", help="one JSON line each (the only form)")
    parser.set_defaults(run=_screen)


def _screen(arguments: argparse.Namespace) -> int:
    quiet()
    for line in lines.read():
        lang = known_lang(line.lang) if line.lang else language.detect(line.text) or "en"
        verdict = screen(line.text, Context(lang=lang))
        lines.out(
            {
                "text": line.text,
                "crisis": verdict.crisis,
                "check_in": verdict.check_in,
                "protocol": verdict.protocol,
                "level": verdict.level,
                "signals": [msgspec.to_builtins(signal) for signal in verdict.signals],
            }
        )
    return 0
