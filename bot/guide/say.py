"""Says a step of a run: its next wording, the statements that lead to a question, the timer for silence."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from bot.content import Guide, Option, Step, Voice
from bot.errors import ContentError
from bot.guide import course, review
from bot.messages import QUICK_EXIT, Offer, Reply
from bot.models import GuideRun, Timer

COMMON = "common"
# Statements follow each other without waiting; more than this is a loop in the content.
_MOST_STATEMENTS = 5
# A shorter question needs the sentence before it.
_WHOLE_QUESTION = 5
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an answer.

    `stepped`: the guide went on, `replies` say how. `aside`: not an answer to the question; ask
    Rasa, then call `unclear` (which repeats the question). `safe`: the person said that they are
    safe. `red_flag`: a protocol to start. `ended`: the guide is finished. `broken`: content that the
    next step needs is missing, and the emergency card is said in its place. `forgot`: all answers
    were wiped, and the words in which they were given are to follow.
    """

    kind: Literal["stepped", "aside"] = "stepped"
    replies: tuple[Reply, ...] = ()
    safe: bool = False
    red_flag: str | None = None
    ended: str | None = None
    level: str | None = None
    broken: bool = False
    forgot: bool = False


def guide_named(voice: Voice, name: str) -> Guide:
    """A guide in the language of now, else in English; raises ContentError when there is none."""
    guide = voice.library.guides.get((name, voice.lang)) or voice.library.guides.get((name, "en"))
    if guide is None:
        raise ContentError(f"content/protocols/{name}.{voice.lang}.yml: no such guide")
    return guide


def position(run: GuideRun, voice: Voice) -> tuple[Guide, Step]:
    """The guide and step of a run, in the language of now; content may have changed since it began."""
    guide = guide_named(voice, run.guide)
    step = guide.step(run.step) or guide.steps[0]
    return guide, _with_anytime(step, guide.anytime) if step.options else step


def _with_anytime(step: Step, anytime: tuple[Option, ...]) -> Step:
    """The step with the options that hold everywhere; one of its own keeps its way and gains their words."""
    words = {option.id: option for option in anytime}
    own = {option.id for option in step.options}
    joined = (
        msgspec.structs.replace(
            option,
            like=(*option.like, *words[option.id].like),
            wins=option.wins or words[option.id].wins,
        )
        if option.id in words
        else option
        for option in step.options
    )
    more = (option for option in anytime if option.id not in own)
    return msgspec.structs.replace(step, options=(*joined, *more))


def go(session: Session, run: GuideRun, voice: Voice, step: Step, target: str | None) -> Taken:
    """Move to a step of this guide, of another one (`code/step`), or to the next that applies."""
    if target and "/" in target:
        name, _, target = target.partition("/")
        try:
            guide = guide_named(voice, name)
        except ContentError:
            return Taken(replies=(voice.card(),), broken=True)
        run.guide, run.version = guide.id, guide.version
    guide = guide_named(voice, run.guide)
    if target is None:
        target = course.following(guide, step, run.answers or {})
    if target is None:
        run.state = "done"
        return Taken(ended=run.guide)
    return say(session, run, voice, target)


def ask(session: Session, run: GuideRun, voice: Voice, step: Step) -> Taken:
    """Only the question of a step, in its next wording: what was said before it need not be said twice."""
    said = say(session, run, voice, step.id)
    last = said.replies[-1]
    short = msgspec.structs.replace(last, text=_question_of(last.text))
    return msgspec.structs.replace(said, replies=(*said.replies[:-1], short))


def say(session: Session, run: GuideRun, voice: Voice, step_id: str) -> Taken:
    """Say a step, and the statements that lead to the next question; note silence and safety."""
    guide = guide_named(voice, run.guide)
    replies: list[Reply] = []
    safe, level, forgot = False, None, False
    for _ in range(_MOST_STATEMENTS):
        step = guide.step(step_id) or guide.steps[0]
        run.step, run.changed_at = step.id, voice.at
        replies.append(spoken(run, voice, step, guide))
        safe, level, forgot = safe or step.safe, step.level or level, forgot or step.forget
        if step.ends:
            run.state = "done"
            break
        target = _after_statement(guide, step, run)
        if target is None:
            break
        step_id = target
    run.level = level or run.level
    if forgot:
        run.answers = {}
    _expect(session, run, voice, guide.step(run.step))
    ended = run.guide if run.state == "done" else None
    return Taken(replies=tuple(replies), safe=safe, level=level, ended=ended, forgot=forgot)


def spoken(run: GuideRun, voice: Voice, step: Step, guide: Guide) -> Reply:
    """The step in a wording that was not used the last time."""
    said = dict(run.conversation.recall("said", {}))
    name = f"{guide.id}/{step.id}"
    turn = said.get(name, 0)
    run.conversation.remember(said=said | {name: turn + 1})
    protocol = guide.kind == "protocol"
    answers = run.answers or {}
    values = {}
    if step.kind == "review":
        values["answers"] = "\n".join(f"- {line}" for _, line in review.lines(guide, answers, voice))
    at = course.progress(guide, step, answers)
    reply = voice.step(step, turn, protocol=protocol, progress=at, **values)
    if step.kind == "review":
        reply = review.looked_over(reply, guide, answers, voice)
    elif not protocol:
        reply = review.with_ways_out(reply, step, voice)
    elif guide.quick_exit and step.options:
        away = Offer(voice.label("quick_exit"), QUICK_EXIT)
        reply = msgspec.structs.replace(reply, offers=(*reply.offers, away))
    return msgspec.structs.replace(
        reply, content=f"{guide.kind}s/{guide.id}/{step.id}", version=guide.version
    )


def _after_statement(guide: Guide, step: Step, run: GuideRun) -> str | None:
    """Where a statement leads; None for a question. A questionnaire says each statement once."""
    if step.kind != "none":
        return None
    if guide.kind != "questionnaire":
        return step.next
    run.answers = {**(run.answers or {}), step.id: []}
    return step.next or course.following(guide, step, run.answers)


def _question_of(text: str) -> str:
    """The last sentence, if it is a question; "Are you able to?" says little without the one before."""
    *before, last = _SENTENCE.split(text.strip())
    if not last.endswith("?"):
        return text
    return last if len(last.split()) >= _WHOLE_QUESTION else " ".join((*before[-1:], last))


def _expect(session: Session, run: GuideRun, voice: Voice, step: Step | None) -> None:
    """Set the timer for silence, if the step has one."""
    if step is None or step.silence is None or run.state != "open":
        return
    due = voice.at + dt.timedelta(seconds=step.silence.after)
    session.add(Timer(conversation=run.conversation, kind="silence", value=f"{run.id}/{step.id}", due_at=due))
