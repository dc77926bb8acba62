"""Turns the engine's answer (ids) into replies (words): passages, phrases, boundaries, fallbacks."""

from __future__ import annotations

from typing import Any

import msgspec

from bot.content import Voice
from bot.messages import Answered, Effect, Offer, Reply, Route, Understood

MOST_TOPICS = 2
MOST_NEAR = 3
FALLBACKS = frozenset({"dont_know", "did_you_mean"})
# Phrases that answer a command of the person rather than small talk.
COMMANDS = frozenset({"stop", "start", "help", "delete_data", "language", "privacy"})


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, or whom to hand over to; `fallback` counts misunderstandings in a row."""

    route: Route
    replies: tuple[Reply, ...] = ()
    topics: tuple[str, ...] = ()
    boundary: str | None = None
    handover: dict[str, Any] | None = None
    fallback: int = 0


def draft(answered: Answered, voice: Voice, *, fallbacks: int = 0, turn: int = 0) -> Draft:
    """The words for an answer. `fallbacks`: misunderstandings just before; `turn` varies wording."""
    understood = answered.understood
    topics = topics_of(answered)
    payload = answered.replies[0]
    if "handover" in payload:
        route: Route = "handoff" if payload["handover"] == "handoff" else "match"
        return Draft(route=route, topics=topics, handover=payload)
    if boundary := payload.get("boundary"):
        replies = _declined(boundary, topics, understood, voice, turn)
        return Draft(route="boundary", replies=replies, topics=topics, boundary=boundary)
    if topics:
        passages = tuple(reply for topic in topics if (reply := voice.passage(topic)))
        if passages:
            return Draft(route="answer", replies=passages, topics=topics)
    name = payload.get("say", "dont_know")
    if name in FALLBACKS or "passage" in payload:
        return _fallback(name, understood, voice, fallbacks)
    route = "command" if name in COMMANDS else "smalltalk"
    return Draft(route=route, replies=(voice.phrase(name, turn),))


def topics_of(answered: Answered) -> tuple[str, ...]:
    """Topics to answer, in order, at most two; the passage that a rule chose comes first if alone."""
    chosen = [payload["passage"] for payload in answered.replies if "passage" in payload]
    recognised = list(answered.understood.topics) or chosen
    return tuple(dict.fromkeys(recognised))[:MOST_TOPICS]


def _declined(
    boundary: str, topics: tuple[str, ...], understood: Understood, voice: Voice, turn: int
) -> tuple[Reply, ...]:
    """One sentence of refusal, and the help underneath."""
    refusal = voice.phrase(f"boundary_{boundary}", turn)
    beneath = topics[0] if topics else _topic_of(boundary, understood, voice)
    passage = voice.passage(beneath) if beneath else None
    return (refusal, passage) if passage else (refusal,)


def _topic_of(boundary: str, understood: Understood, voice: Voice) -> str | None:
    """The passage that was written for the need under this request, the nearest one first."""
    written = [
        passage.id
        for passage in voice.library.passages.values()
        if passage.boundary == boundary and passage.lang == voice.lang
    ]
    return next((name for name in (*understood.near, *written) if name in written), None)


def _fallback(name: str, understood: Understood, voice: Voice, fallbacks: int) -> Draft:
    """An honest "I do not know that" with the nearest topics; never the same one twice in a row."""
    most = 2 if name == "did_you_mean" else MOST_NEAR
    near = tuple(offer for topic in understood.near[:most] if (offer := voice.topic(topic)))
    if name == "dont_know" or not near:
        name = "dont_know" if fallbacks == 0 else "dont_know_again"
    said = voice.phrase(name, fallbacks)
    known = {offer.effect for offer in near}
    human = Offer(voice.label("human"), Effect("verb", "human"))
    offers = (*near, *(offer for offer in said.offers if offer.effect not in known | {human.effect}), human)
    reply = msgspec.structs.replace(said, offers=offers)
    return Draft(route="fallback", replies=(reply,), fallback=fallbacks + 1)
