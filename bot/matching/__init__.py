"""Pure: answers + directory -> at most three matches, each with its reasons; and where directories come from.

entry      a therapist or programme, and a directory of them
wishes     what the answers of a questionnaire ask for
rank       hard filters, then points; ties by room, then a seeded draw
explain    why nobody was found, and what to loosen
say        matches in words: reasons, what is missing, what is not known
outside    directories that are kept elsewhere, through adapters
reading    CSV, JSON and YAML files with a report of each bad row
fhir       the directory of a health plan (FHIR R4, Plan-Net)
store      the directory in our own tables
"""

from bot.matching.entry import Directory, Entry
from bot.matching.explain import Explained, explain
from bot.matching.outside import read_fhir
from bot.matching.rank import MOST_MATCHES, Match, find
from bot.matching.reading import Fault, as_csv, checked, load, read
from bot.matching.say import card, none_found
from bot.matching.store import held, replace, stored
from bot.matching.wishes import Wishes, wishes

__all__ = [
    "MOST_MATCHES",
    "Directory",
    "Entry",
    "Explained",
    "Fault",
    "Match",
    "Wishes",
    "as_csv",
    "card",
    "checked",
    "explain",
    "find",
    "held",
    "load",
    "none_found",
    "read",
    "read_fhir",
    "replace",
    "stored",
    "wishes",
]
