"""Which language to answer in: chosen by the person > detected > last > the page's."""

from __future__ import annotations

import re
from functools import lru_cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from bot.content import Lang, known_lang

# One short word ("no", "metadona") never switches a conversation.
LEAST_WORDS = 3
_SURE = 0.65
# To leave a language that was already detected takes more: "no tengo naloxona" looks English at 0.82.
_SURE_TO_SWITCH = 0.9
# Not the letters of a code such as "A2B4-CD3E".
_WORD = re.compile(r"\b[^\W\d_]+\b")
# Where nothing is known yet, one word that the other language lacks is enough. (Lingua takes "hello"
# for Spanish.)
_TELLING: dict[Lang, str] = {
    "en": "hello hi hey hiya thanks thank please help need want where what how when my i english overdose",
    "es": "hola buenas buenos gracias ayuda ayúdame ayudame ayúdenme socorro auxilio necesito quiero puedo "
    "estoy tengo dónde donde qué cómo cuándo español favor adiós sobredosis",
}
_BY_LINGUA: dict[Language, Lang] = {Language.ENGLISH: "en", Language.SPANISH: "es"}


def decide(text: str, current: str, source: str) -> tuple[Lang, str]:
    """The language of the answer and how we know it: `chosen`, `detected`, or as it was."""
    if source == "chosen":
        return known_lang(current), source
    found = detect(text, _SURE_TO_SWITCH if source == "detected" else _SURE)
    if found:
        return found, "detected"
    told = _told(text) if source != "detected" else None
    return told or known_lang(current), source


def detect(text: str, sure: float = _SURE) -> Lang | None:
    """`en` or `es` where the text has three words or more and is clear enough; else None."""
    if len(_WORD.findall(text)) < LEAST_WORDS:
        return None
    best, *_ = _detector().compute_language_confidence_values(text[:1000])
    return _BY_LINGUA[best.language] if best.value >= sure else None


def _told(text: str) -> Lang | None:
    """The one language whose telling words stand in a text too short for `detect`; else None."""
    words = set(_WORD.findall(text.casefold()))
    langs = [lang for lang, telling in _TELLING.items() if not words.isdisjoint(telling.split())]
    return langs[0] if len(langs) == 1 and len(words) < LEAST_WORDS else None


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.SPANISH).build()
