"""Content: load, validate, render. Pure: no database, no clock but the one that is passed in."""

from bot.content import letters, places
from bot.content.grammar import Frame, Grammar
from bot.content.helplines import Country, Helpline, country_code
from bot.content.load import ROOT, Library, load
from bot.content.render import Voice, plain
from bot.content.schema import (
    LANGS,
    Commands,
    Guide,
    Lang,
    Letter,
    Letters,
    Level,
    Option,
    Passage,
    Phrase,
    Phrases,
    Step,
    When,
    known_lang,
)
from bot.content.split import length, split

__all__ = [
    "LANGS",
    "ROOT",
    "Commands",
    "Country",
    "Frame",
    "Grammar",
    "Guide",
    "Helpline",
    "Lang",
    "Letter",
    "Letters",
    "Level",
    "Library",
    "Option",
    "Passage",
    "Phrase",
    "Phrases",
    "Step",
    "Voice",
    "When",
    "country_code",
    "known_lang",
    "length",
    "letters",
    "load",
    "places",
    "plain",
    "split",
]
