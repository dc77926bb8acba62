"""Writes a message in one plain spelling: Unicode forms, emojis, disguised and stretched words."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201b": "'", "`": "'", "\u00b4": "'", "\u02bc": "'"}
    | {
        "\u201c": '"',
        "\u201d": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u201e": '"',
        "\u2032": "'",
        "\u2026": " . ",
    }
)
_LETTERS = str.maketrans("авсеhіјкмнорѕтухυΙι", "abcehijkmhopstuxuii")
_SPACED = re.compile(r"(?<![\w'])(?:[^\W\d_](?:[ .\-_*/]{1,2})){3,}[^\W\d_](?![\w'])")
_STRETCH = re.compile(r"([^\W\d_])\1{2,}")
_MASKED = re.compile(r"(?<!\S)[a-zA-Z]+(?:[*#_@$!|+.]+[a-zA-Z]+)+(?!\S)")
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "@": "a",
        "$": "s",
        "!": "i",
        "|": "l",
        "+": "t",
    }
)
_MIXED = re.compile(
    r"(?<![\w@$!])(?=[\w@$!|+]*[a-zA-Z])(?=[\w@$!|+]*[0134570@$!|+])[\w@$!|+]*[\w@$](?![\w@$])"
)

EMOJI = {
    "💀": "skullface",
    "☠": "skullface",
    "😂": "lol",
    "🤣": "lol",
    "😹": "lol",
    "😅": "lol",
    "😆": "lol",
    "🔫": "gun",
    "🔪": "knife",
    "🗡": "knife",
    "💊": "pills",
    "💉": "needle",
    "🩸": "blood",
    "⚰": "coffin",
    "🪦": "grave",
    "🌉": "bridge",
    "🥀": "wilted",
    "🕊": "dove",
    "👶": "baby",
    "🤰": "pregnant",
    "😭": "crying",
    "😢": "crying",
    "😞": "sad",
    "😔": "sad",
    "💔": "heartbroken",
    "🆘": "help",
    "🚑": "ambulance",
    "🥵": "burning up",
    "🥶": "freezing",
    "🪒": "razor",
    "🩹": "bandage",
    "🤢": "nauseous",
    "🤮": "vomiting",
    "👋": "bye",
    "😵": "passed out",
    "💤": "asleep",
    "😴": "asleep",
    "🤒": "fever",
    "🫀": "heart",
    "🦵": "leg",
    "💪": "arm",
    "🖐": "hand",
    "👁": "eye",
}
"""Emojis that carry meaning here, as the word they stand for."""


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes, emojis as words, letters put back together."""
    if text.isascii():
        text = text.replace("`", "'")
        return _STRETCH.sub(r"\1\1", _SPACED.sub(_join, text)).lower()
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = _INVISIBLE.sub("", text)
    text = "".join(_emoji(char) for char in text)
    text = _look_alikes(text)
    text = _SPACED.sub(_join, text)
    return plain(_STRETCH.sub(r"\1\1", text))


def plain(text: str) -> str:
    """Case and accents taken away ("Año" becomes "ano")."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def unmask(word: str) -> str | None:
    """A word written with digits or signs for letters ("k1ll", "su!c!de") in letters, or None."""
    if not _MIXED.fullmatch(word) or re.fullmatch(r"\d+[a-z]{1,3}|[a-z]\d+|[\d.,]+", word):
        return None
    letters = word.translate(_LEET)
    return letters if letters.isalpha() else None


def _emoji(char: str) -> str:
    if char < "\u2000" or not unicodedata.category(char).startswith("S"):
        return char
    return f" {EMOJI.get(char, ' ')} "


def _look_alikes(text: str) -> str:
    """Cyrillic and Greek letters inside Latin words are read as the Latin letter they look like."""
    if text.isascii() or not re.search(r"[a-zA-Z][\u0370-\u04ff]|[\u0370-\u04ff][a-zA-Z]", text):
        return text
    return text.translate(_LETTERS)


def _join(match: re.Match[str]) -> str:
    return re.sub(r"[ .\-_*/]", "", match[0])
