"""The answer bank: prepared replies, passages that fit, a protocol's steps and the person's numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import structlog
import yaml

from bot import content, handoff
from bot.console.door import Call
from bot.content import Lang, Voice, known_lang
from bot.errors import BadInput, ContentError, NotFound
from bot.models import Conversation

log = structlog.get_logger()
MOST_PASSAGES = 8
_SENTENCE = re.compile(r"[^.?!]+(?:[.?!]+[\"»”]?\s*|$)")
_OF_THE_BOT = re.compile(
    r"\b(automated|a program|a computer|un programa|automátic[oa]|automatizad[oa])\b", re.I
)


class Prepared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One prepared reply in both languages; a counsellor edits it before sending."""

    id: str
    title: dict[Lang, str]
    text: dict[Lang, str]
    reviewed_by: str = "pending"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of prepared replies."""

    group: dict[Lang, str]
    replies: tuple[Prepared, ...]


def replies(call: Call) -> list[dict[str, Any]]:
    """All prepared replies, with the numbers of the conversation's country when one is named."""
    voice = _voice(call)
    return [
        {
            "id": one.id,
            "group": group.group,
            "title": one.title,
            "text": {lang: _in(voice, lang).fill(text) for lang, text in one.text.items()},
            "reviewed": one.reviewed_by,
        }
        for group in read(call.kit.settings.content or content.ROOT)
        for one in group.replies
    ]


def suggestions(call: Call) -> list[dict[str, Any]]:
    """Passages that fit where the conversation stands: its last topic and what follows it."""
    conversation = handoff.access(call.session, call.counsellor, call.conversation, call.at)
    voice = call.kit.voice(conversation, call.at)
    last = conversation.recall("last_topic")
    passage = call.kit.library.passages.get((last, voice.lang)) if last else None
    names = [last, *passage.follow_ups] if passage and last else []
    return [found for name in names if (found := _passage(voice, name))]


def passages(call: Call) -> list[dict[str, Any]]:
    """Passages whose title or text holds all words of `q`, in the language asked for."""
    words = call.query.get("q", "").lower().split()[:6]
    voice = _in(_voice(call), known_lang(call.query.get("lang")))
    if not words:
        return []
    found = [
        passage
        for passage in call.kit.library.passages.values()
        if passage.lang == voice.lang
        and all(word in f"{passage.title} {passage.body}".lower() for word in words)
    ]
    found.sort(key=lambda passage: (sum(word not in passage.title.lower() for word in words), passage.title))
    return [one for passage in found[:MOST_PASSAGES] if (one := _passage(voice, passage.id))]


def protocol(call: Call) -> dict[str, Any]:
    """A crisis protocol as steps to read along, and every number for the person's country."""
    voice = _voice(call)
    if "lang" in call.query:
        voice = _in(voice, known_lang(call.query["lang"]))
    guides = {guide.id: guide for guide in call.kit.library.guides.values() if guide.lang == voice.lang}
    guide = guides.get(call.path["code"])
    if guide is None or guide.kind != "protocol":
        raise NotFound("no such protocol")
    return {
        "id": guide.id,
        "title": guide.title,
        "level": guide.level,
        "steps": [
            {
                "id": step.id,
                "say": for_a_human(voice.fill(step.say[0])),
                "options": [one.label or one.id for one in step.options if not one.hidden],
            }
            for step in guide.steps
        ],
        "all": sorted(
            (
                {"id": one.id, "title": one.title, "level": one.level}
                for one in guides.values()
                if one.kind == "protocol" and one.id != "common"
            ),
            key=lambda one: (str(one["level"]), str(one["id"])),
        ),
        "numbers": _numbers(call, voice),
    }


def for_a_human(text: str) -> str:
    """A step without the sentences in which the bot calls itself a program: a counsellor is none."""
    kept = [one for one in _SENTENCE.findall(text) if not _OF_THE_BOT.search(one)]
    return "".join(kept).strip() or text


@lru_cache(maxsize=2)
def read(root: Path) -> tuple[Group, ...]:
    """The files of content/replies that are sound; a faulty one is left out and logged."""
    groups = []
    for path in sorted((root / "replies").glob("*.yml")):
        try:
            groups.append(read_group(path))
        except ContentError as error:
            log.error("content.fault", fault=str(error))
    return tuple(groups)


def read_group(path: Path) -> Group:
    """One file. Raises ContentError naming file and rule."""
    try:
        group = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Group)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(f"{path}:1: {error}") from None
    for one in group.replies:
        if set(one.text) != set(content.LANGS) or set(one.title) != set(content.LANGS):
            raise ContentError(f"{path}:1: reply '{one.id}' needs a title and a text in every language")
    return group


def _passage(voice: Voice, name: str) -> dict[str, Any] | None:
    reply = voice.passage(name)
    if reply is None:
        return None
    return {
        "id": name,
        "title": reply.title,
        "text": reply.text,
        "reviewed": (reply.reviewed or {}).get("by"),
    }


def _numbers(call: Call, voice: Voice) -> list[dict[str, Any]]:
    """The emergency number first, then every line that may be shown."""
    countries = call.kit.library.countries
    country = countries.get(content.country_code(voice.country)) or countries.get("ZZ")
    if country is None:
        return []
    first = {
        "name": country.names.get(voice.lang, ""),
        "say": country.emergency.say[voice.lang],
        "emergency": True,
    }
    lines = [line for line in country.lines if line.status != "unverified"]
    return [first, *({"name": line.name, "say": line.say[voice.lang], "emergency": False} for line in lines)]


def _voice(call: Call) -> Voice:
    """For the conversation in the query (the look is logged), else for nobody in particular."""
    if not (conversation_id := call.query.get("conversation")):
        return Voice(call.kit.library, "en", None, call.at)
    if len(conversation_id) > 36:
        raise BadInput("no such conversation")
    conversation: Conversation = handoff.access(call.session, call.counsellor, conversation_id, call.at)
    return call.kit.voice(conversation, call.at)


def _in(voice: Voice, lang: Lang) -> Voice:
    return Voice(voice.library, lang, voice.country, voice.at, voice.who)
