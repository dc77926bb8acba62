"""How hard a text is to read, and what it costs as a text message. Pure."""

from __future__ import annotations

import re
import statistics

import textstat

from bot.content.schema import Lang

GSM_SINGLE = 160
_SENTENCE = re.compile(r"[^.?!\n]+[.?!]?")
_WORD = re.compile(r"[\w'’-]+")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# What placeholders stand for when a text is measured: a short noun and a short verb phrase.
_STANDS_FOR = {"emergency": "911"}
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€"


def grade(text: str, lang: Lang) -> float:
    """School grade: Flesch-Kincaid for English, Crawford (years of schooling) for Spanish."""
    textstat.set_lang(lang)
    measured = ". ".join(sentence.strip(" .") for sentence in sentences(text)) + "."
    if lang == "es":
        return float(textstat.crawford(measured))
    return float(textstat.flesch_kincaid_grade(measured))


def sentences(text: str) -> list[str]:
    """Sentences and bullets of a text, placeholders replaced by what they stand for."""
    spoken = _PLACEHOLDER.sub(lambda m: _STANDS_FOR.get(m[1].lower(), "call 988"), text)
    lines = (line.removeprefix("- ").strip() for line in spoken.splitlines())
    found = (part.strip() for line in lines for part in _SENTENCE.findall(line))
    return [sentence for sentence in found if _WORD.search(sentence)]


def words(text: str) -> int:
    """Number of words."""
    return sum(len(_WORD.findall(sentence)) for sentence in sentences(text))


def mean_sentence(text: str) -> float:
    """Mean words a sentence; 0 for no sentence."""
    lengths = [len(_WORD.findall(sentence)) for sentence in sentences(text)]
    return statistics.fmean(lengths) if lengths else 0.0


def outside_gsm(text: str) -> str:
    """The characters that would turn a text message from 160 to 70 characters a part."""
    return "".join(sorted({c for c in text if c not in _BASIC and c not in _EXTENDED}))


def gsm_length(text: str) -> int:
    """Length in GSM-7 septets: a few signs count twice."""
    return sum(2 if c in _EXTENDED else 1 for c in text)
