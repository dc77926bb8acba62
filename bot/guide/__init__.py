"""Runs protocols and questionnaires: next step, understand an answer, skip, back, pause, resume.

A guide is content (`content/protocols`, `content/questionnaires`); a run is one row for one
conversation. Nothing here needs Rasa: crisis help works with everything else dead.
"""

from bot.guide.answers import Answer, understand
from bot.guide.questions import asks, is_plain, says, wish
from bot.guide.review import listed
from bot.guide.run import (
    current,
    finished,
    paused,
    read,
    reopen,
    resume,
    silent,
    start,
    take,
    unclear,
)
from bot.guide.say import Taken

__all__ = [
    "Answer",
    "Taken",
    "asks",
    "current",
    "finished",
    "is_plain",
    "listed",
    "paused",
    "read",
    "reopen",
    "resume",
    "says",
    "silent",
    "start",
    "take",
    "unclear",
    "understand",
    "wish",
]
