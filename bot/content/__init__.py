"""Content: load, validate, render. Pure: no database, no clock but the one that is passed in."""

from bot.content.load import ROOT, Library, load
from bot.content.schema import LANGS, Country, Guide, Helpline, Lang, Level, Passage, Phrase, Step

__all__ = [
    "LANGS",
    "ROOT",
    "Country",
    "Guide",
    "Helpline",
    "Lang",
    "Level",
    "Library",
    "Passage",
    "Phrase",
    "Step",
    "load",
]
