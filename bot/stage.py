"""What a turn works with: the kit of the process, and the turn at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot import safety
from bot.channels import Channels
from bot.content import Library, Voice, known_lang
from bot.db import Database
from bot.dialogue import Dialogue, Question
from bot.matching import Directory
from bot.messages import Outcome
from bot.models import Conversation, Message
from bot.safety import Context, Verdict, encoders
from bot.safety.verdict import usual_level
from bot.settings import Settings


def utc_now() -> dt.datetime:
    """The clock of a running service; tests and dry runs put their own in its place."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Kit:
    """What every turn of a process needs."""

    database: Database
    library: Library
    dialogue: Dialogue
    settings: Settings
    directory: Directory = field(default_factory=Directory)
    channels: Channels = field(default_factory=Channels)
    screen: Callable[[str, Context], Verdict] = safety.screen
    encode: Callable[[str], dict[str, str]] = encoders.wire
    now: Callable[[], dt.datetime] = utc_now

    def voice(self, conversation: Conversation, at: dt.datetime) -> Voice:
        """How to speak in this conversation."""
        who = conversation.recall("who", "")
        return Voice(self.library, known_lang(conversation.language), conversation.country, at, who)


@dataclass
class Turn:
    """The messages of one turn and what is known about them so far."""

    conversation: Conversation
    messages: Sequence[Message]
    token: int
    text: str
    choice: str | None
    voice: Voice
    context: Context
    verdict: Verdict | None = None
    question: Question | None = None
    outcome: Outcome | None = None

    @property
    def number(self) -> int:
        """Grows from turn to turn: wordings are taken in this order."""
        return self.messages[-1].seq

    def verdict_level(self, code: str) -> str:
        """The level to open `code` at: the verdict's, if it is about this code, else the usual one."""
        if self.verdict and self.verdict.protocol == code and self.verdict.level:
            return self.verdict.level
        return usual_level(code)
