"""The screen: is anybody in danger in this message, who, how soon, and which protocol helps.

`screen` unites the lexicon, the classifier on sentence vectors and the context; any one is
enough. `unite` adds Rasa's crisis intent when it comes. A part that fails is left out and named
in `Verdict.failed`; when all fail, ScreenDown is raised and the caller shows the emergency card.
"""

from bot.safety.screening import lexicon_only, screen, unite
from bot.safety.verdict import CODES, Context, ScreenDown, Signal, Verdict, family

__all__ = [
    "CODES",
    "Context",
    "ScreenDown",
    "Signal",
    "Verdict",
    "family",
    "lexicon_only",
    "screen",
    "unite",
]
