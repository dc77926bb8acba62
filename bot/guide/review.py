"""Answers in words: for the step that looks them over, and for whoever wants to see what is kept."""

from __future__ import annotations

import msgspec

from bot.content import Guide, Step, Voice, places
from bot.guide.course import QUESTIONS, Answers, given
from bot.messages import Effect, Offer, Reply


def words(step: Step, values: list[str], voice: Voice) -> str:
    """One answer in words, such as "Ohio" or "Phone; Video"; "not answered" for none."""
    if not values:
        return voice.label("not_answered")
    if step.kind == "place":
        return "; ".join(places.name(code, voice.lang) for code in values)
    named = {option.id: option.label or voice.label(option.id) for option in step.options}
    return "; ".join(named.get(value, value) for value in values)


def lines(guide: Guide, answers: Answers, voice: Voice) -> list[tuple[Step, str]]:
    """Each answer that has a short name, with its words."""
    return [
        (step, f"{step.short}: {words(step, answers[step.id], voice)}")
        for step in given(guide, answers)
        if step.short
    ]


def listed(name: str, answers: Answers, voice: Voice) -> list[str]:
    """Answers to the questionnaire `name` in words, whatever state its run is in."""
    guide = voice.library.guides.get((name, voice.lang))
    return [line for _, line in lines(guide, answers, voice)] if guide else []


def looked_over(reply: Reply, guide: Guide, answers: Answers, voice: Voice) -> Reply:
    """The review's reply with a choice to change each answer."""
    changes = tuple(
        Offer(step.short, Effect("answer", f"{step.id}/*change")) for step, _ in lines(guide, answers, voice)
    )
    return msgspec.structs.replace(reply, offers=(*reply.offers, *changes))


def with_ways_out(reply: Reply, step: Step, voice: Voice) -> Reply:
    """A question with "Skip" and "Why do you ask" beside its options."""
    if step.kind not in QUESTIONS:
        return reply
    ways = [] if step.required else ["skip"]
    ways += ["why"] if step.why else []
    more = tuple(Offer(voice.label(way), Effect("answer", f"{step.id}/*{way}")) for way in ways)
    return msgspec.structs.replace(reply, offers=(*reply.offers, *more))
