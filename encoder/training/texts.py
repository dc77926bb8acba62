"""What the encoder learns from: labelled texts of `data/`, and the ways in which people mistype them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

CALM, CHECK_IN = "none", "check_in"
LEVELS = ("P0", "P1", "P2", "P3")
# Nobody is in danger in these: further examples of what is no crisis.
_CALM_INTENTS = (
    "learn/", "greet", "thanks", "goodbye", "bot_challenge", "privacy", "language", "out_of_scope",
    "find_therapist", "human", "stop", "delete_data",
)  # fmt: skip
# Questions that sound alike whether somebody asks to learn or stands beside an overdose.
_EITHER = ("learn/overdose",)
_OPENINGS = ("hi, ", "hey ", "ok so ", "please help. ", "hola, ", "um ", "sorry but ", "oye ")
_ENDINGS = (" thanks", " please", " lol", " idk", " gracias", " 😞", " ...", " jaja", " sorry")
_BESIDE = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopqsdfghjklaxcvbnmz", strict=True))


@dataclass(frozen=True)
class Example:
    """A text and what it teaches: a protocol code (or CALM, CHECK_IN), its level, an intent."""

    text: str
    code: str = ""
    level: str = ""
    intent: str = ""


def examples(data: Path) -> list[Example]:
    """All labelled texts of `data/safety` and `data/nlu`."""
    return [*_safety(data / "safety"), *_nlu(data / "nlu")]


def _safety(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        code = held.get("code") or (CHECK_IN if held.get("check_in") else CALM)
        groups = {held.get("level", ""): held["texts"], **held.get("at", {})}
        yield from (Example(str(text), code, level) for level, texts in groups.items() for text in texts)


def _nlu(folder: Path) -> Iterator[Example]:
    for path in sorted(folder.glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            intent = block["intent"]
            calm = intent.startswith(_CALM_INTENTS) and not intent.startswith(_EITHER)
            code = intent.partition("/")[2] if intent.startswith("crisis/") else CALM if calm else ""
            for line in block["examples"].splitlines():
                if line.strip().startswith("- "):
                    yield Example(line.strip()[2:], code, intent=intent)


def mistyped(text: str, dice: random.Random) -> str:
    """The text as somebody else might have typed it; about half of the time as it stands."""
    if dice.random() < 0.45:
        return text
    if dice.random() < 0.5:
        text = text.lower()
    if dice.random() < 0.35:
        text = re.sub(r"[.,;:!?¿¡'’\"]", "", text)
    if dice.random() < 0.3:
        text = _without_accents(text)
    if dice.random() < 0.08:
        text = text.upper()
    if dice.random() < 0.4:
        text = _slips(text, dice)
    if dice.random() < 0.06:
        text = dice.choice(_OPENINGS) + text
    return text + (dice.choice(_ENDINGS) if dice.random() < 0.06 else "")


def _without_accents(text: str) -> str:
    marks = unicodedata.normalize("NFD", text)
    return "".join(char for char in marks if not unicodedata.combining(char) or char == "\u0303")


def _slips(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    for _ in range(max(1, len(words) // 10)):
        place = dice.randrange(len(words))
        if len(words[place]) > 3:
            words[place] = _slip(words[place], dice)
    return " ".join(words)


def _slip(word: str, dice: random.Random) -> str:
    """One letter swapped, missing, doubled or struck on the next key."""
    at = dice.randrange(len(word) - 1)
    first, second = word[at], word[at + 1]
    struck = dice.choice(
        (second + first, first, first + first + second, _BESIDE.get(first.lower(), first) + second)
    )
    return word[:at] + struck + word[at + 2 :]
