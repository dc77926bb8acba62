"""One question put to the running engine, as the gateway puts it, for benchmarks."""

from __future__ import annotations

from bot.content import Lang
from bot.dialogue import Question
from bot.messages import Understood
from bot.stage import Kit


def understood(kit: Kit, text: str, lang: Lang) -> Understood:
    """What the engine makes of a text in a new conversation. Raises DialogueError when it is silent."""
    question = Question(
        id="bench-000000000000",
        text=text,
        lang=lang,
        vectors=kit.encode(text),
        metadata={},
        events=[],
    )
    return kit.dialogue.ask(question).understood
