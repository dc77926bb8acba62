"""The test sentences anyone can read: tests/content/ (questions) and tests/safety/ (messages to notice)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.content import LANGS, Lang, Level
from bot.messages import Understood

TESTS = Path(__file__).parent
CONTENT = TESTS / "content"
SAFETY = TESTS / "safety"
KNOWN_MISSES = SAFETY / "known_misses.yml"
APART = ("boundary", "scope", "two", "plain", "follow_ups")
"""Under tests/content, but not the questions of one topic."""

UNKNOWN = frozenset({"nlu_fallback", "out_of_scope"})
"""Intents of a message that is not understood, or not of this bot's matter."""

Kind = Literal["topic", "declined", "near_miss", "scope", "two", "plain"]


class Sentence(msgspec.Struct, frozen=True):
    """A sentence and the topics that answer it, the boundary that declines it, or the plain intent."""

    kind: Kind
    lang: Lang
    text: str
    topics: tuple[str, ...] = ()
    boundary: str = ""
    intent: str = ""


class FollowUp(msgspec.Struct, frozen=True):
    """A short message, the topic that was answered before it, and the topics that may answer it."""

    after: str
    text: str
    topics: tuple[str, ...]


class Message(msgspec.Struct, frozen=True):
    """A message to the screen: the level it must be noticed at, or none for one to leave alone."""

    code: str
    lang: str
    text: str
    level: Level | None = None


def read(path: Path) -> Any:
    """A file of sentences."""
    return msgspec.yaml.decode(path.read_bytes())


def questions() -> Iterator[Sentence]:
    """Every sentence of tests/content."""
    for path in sorted(CONTENT.rglob("*.yml")):
        group = path.relative_to(CONTENT).with_suffix("").parts[0]
        if group not in APART:
            yield from _of_topic(path.stem, read(path))
        elif group == "boundary":
            yield from _of_boundary(path.stem, read(path))
    for lang, texts in read(CONTENT / "scope.yml").items():
        yield from (Sentence("scope", lang, text) for text in texts)
    for lang, rows in read(CONTENT / "two.yml").items():
        yield from (Sentence("two", lang, row["text"], tuple(row["topics"])) for row in rows)
    for lang, intents in read(CONTENT / "plain.yml").items():
        for name, texts in intents.items():
            yield from (Sentence("plain", lang, text, intent=name) for text in texts)


def follow_ups(lang: Lang) -> list[FollowUp]:
    """Short messages that lean on what was answered before them."""
    return msgspec.convert(read(CONTENT / "follow_ups.yml")[lang], list[FollowUp])


def rightly(sentence: Sentence, understood: Understood) -> bool:
    """Whether a sentence was understood: its topic first, both topics, declined, answered, or not known."""
    declined = understood.intent.startswith("boundary/")
    match sentence.kind:
        case "topic":
            return understood.topics[:1] == sentence.topics
        case "two":
            return set(sentence.topics) <= set(understood.topics)
        case "declined":
            return declined
        case "near_miss":
            return bool(understood.topics) and not declined
        case "plain":
            return understood.intent == sentence.intent
        case "scope":
            return understood.intent in UNKNOWN


def messages() -> Iterator[Message]:
    """Every message of tests/safety; the code of everyday talk is `everyday`."""
    for path in sorted(SAFETY.glob("*.*.yml")):
        code, lang = path.stem.split(".")
        texts = read(path)
        for level, found in texts.get("must", {}).items():
            yield from (Message(code, lang, text, level) for text in found)
        yield from (Message(code, lang, text) for text in texts["must_not"])


def _of_topic(topic: str, texts: dict[str, list[str]]) -> Iterator[Sentence]:
    for lang in LANGS:
        yield from (Sentence("topic", lang, text, (topic,)) for text in texts[lang])


def _of_boundary(code: str, texts: dict[str, dict[str, list[Any]]]) -> Iterator[Sentence]:
    for lang in LANGS:
        yield from (Sentence("declined", lang, text, boundary=code) for text in texts["declined"][lang])
        rows = texts["near_misses"][lang]
        yield from (Sentence("near_miss", lang, row["text"], (row["topic"],)) for row in rows)
