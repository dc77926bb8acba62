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
_BY_LINGUA: dict[Language, Lang] = {Language.ENGLISH: "en", Language.SPANISH: "es"}


def decide(text: str, current: str, source: str) -> tuple[Lang, str]:
    """The language of the answer and how we know it: `chosen`, `detected`, or as it was."""
    if source == "chosen":
        return known_lang(current), source
    found = detect(text, _SURE_TO_SWITCH if source == "detected" else _SURE)
    return (found, "detected") if found else (known_lang(current), source)


def detect(text: str, sure: float = _SURE) -> Lang | None:
    """`en` or `es` where the text has three words or more and is clear enough; else None."""
    if len(_WORD.findall(text)) < LEAST_WORDS:
        return None
    best, *_ = _detector().compute_language_confidence_values(text[:1000])
    return _BY_LINGUA[best.language] if best.value >= sure else None


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(Language.ENGLISH, Language.SPANISH).build()
