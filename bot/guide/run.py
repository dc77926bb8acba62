"""One run of a guide: where it stands, what an answer leads to, what is said next."""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Guide, Option, Step, Voice
from bot.guide import questions
from bot.guide.answers import Answer, understand
from bot.guide.say import COMMON, Taken, ask, go, guide_named, position, say, spoken
from bot.guide.tongue import tongue
from bot.models import Conversation, GuideRun

# After this many answers that we could not read, a questionnaire lets go kindly.
MOST_UNCLEAR = 2
_KEEP_ANSWERS = dt.timedelta(days=30)
# What "no one answered" may also look like: the barrier's words say more than these.
_BARE = {"yes", "no", "unsure", "not_yet"}


def current(session: Session, conversation: Conversation) -> GuideRun | None:
    """The open run of a conversation."""
    return _run(session, conversation, "open")


def paused(session: Session, conversation: Conversation) -> GuideRun | None:
    """The paused questionnaire that can be resumed."""
    return _run(session, conversation, "paused")


def start(
    session: Session,
    conversation: Conversation,
    voice: Voice,
    name: str,
    level: str | None = None,
    *,
    step: str | None = None,
) -> Taken:
    """Begin a guide at its first step, at the one for this level, or at `step` if it has that one.

    An open questionnaire is paused, an open protocol ends. Raises ContentError when there is no such guide.
    """
    guide = guide_named(voice, name)
    running = current(session, conversation)
    if running:
        running.state = "paused" if running.kind == "questionnaire" else "done"
    first = step if step and guide.step(step) else None
    if first is None and level in guide.start:
        first = guide.start[level]
    run = GuideRun(
        conversation=conversation,
        guide=guide.id,
        kind=guide.kind,
        version=guide.version,
        language=voice.lang,
        step=first or guide.steps[0].id,
        level=level,
        started_at=voice.at,
        changed_at=voice.at,
        expires_at=voice.at + _KEEP_ANSWERS,
    )
    session.add(run)
    session.flush()
    run.answers = {}
    return say(session, run, voice, run.step)


def take(
    session: Session, run: GuideRun, voice: Voice, *, text: str = "", chosen: str = "", picked: bool = False
) -> Taken:
    """One answer, typed or chosen (`step/option`). A choice of an earlier step changes that answer.

    `picked`: chosen by a button and not by its number, so that others may be picked beside it.
    """
    if guide_named(voice, run.guide).step(run.step) is None:
        return _restarted(session, run, voice)
    if run.kind == "questionnaire":
        if chosen:
            return questions.chosen(session, run, voice, chosen, picked=picked)
        return questions.typed(session, run, voice, text)
    guide, step = position(run, voice)
    if chosen:
        step_id, _, option_id = chosen.partition("/")
        earlier = guide.step(step_id)
        option = _option(step if step_id == step.id else earlier, option_id) if earlier else None
        if earlier is None or option is None:
            return say(session, run, voice, step.id)
        return _answered(session, run, voice, earlier, (option,))
    return _typed(session, run, voice, text)


def _restarted(session: Session, run: GuideRun, voice: Voice) -> Taken:
    """The question that was open exists no more: its answer would be taken for that to another one."""
    run.answers, run.unclear = {}, 0
    said = say(session, run, voice, guide_named(voice, run.guide).steps[0].id)
    sorry = (voice.phrase("guide_restarted"),) if run.kind == "questionnaire" else ()
    return msgspec.structs.replace(said, replies=(*sorry, *said.replies))


def read(run: GuideRun, voice: Voice, text: str) -> Answer:
    """What a text means as the answer to the open step; nothing is changed."""
    guide, step = position(run, voice)
    return _read(guide, step, text, voice)


def unclear(session: Session, run: GuideRun, voice: Voice, *, answered: bool) -> Taken:
    """Nothing we understood as an answer. `answered`: a side question was answered meanwhile.

    Goes where the step says for any other answer, else asks again in other words; a questionnaire
    lets go kindly after two tries, a protocol never does.
    """
    _, step = position(run, voice)
    if answered:
        return ask(session, run, voice, step)
    run.unclear += 1
    if run.kind == "questionnaire" and run.unclear > MOST_UNCLEAR:
        run.state = "paused"
        return Taken(replies=(voice.phrase("guide_let_go"),))
    if step.other:
        return go(session, run, voice, step, step.other)
    if run.unclear > MOST_UNCLEAR:
        return ask(session, run, voice, step)
    return say(session, run, voice, step.id)


def resume(session: Session, run: GuideRun, voice: Voice) -> Taken:
    """Go on with a paused run at the step where it stopped."""
    run.state = "open"
    run.unclear = 0
    said = say(session, run, voice, position(run, voice)[1].id)
    return msgspec.structs.replace(said, replies=(voice.phrase("questionnaire_resumed"), *said.replies))


def finished(session: Session, conversation: Conversation, name: str, at: dt.datetime) -> GuideRun | None:
    """The newest finished run of a questionnaire whose answers are still kept."""
    query = select(GuideRun).where(GuideRun.conversation_id == conversation.id, GuideRun.guide == name)
    query = query.where(GuideRun.state == "done", GuideRun.expires_at > at)
    runs = session.scalars(query.order_by(GuideRun.started_at.desc())).all()
    return next((run for run in runs if run.answers), None)


def reopen(session: Session, run: GuideRun, voice: Voice, step_id: str | None = None) -> Taken:
    """Go back into a finished questionnaire: to one question, or to the look over all answers."""
    guide = guide_named(voice, run.guide)
    looked = next((step.id for step in guide.steps if step.kind == "review"), guide.steps[0].id)
    run.state, run.unclear = "open", 0
    return say(session, run, voice, step_id if step_id and guide.step(step_id) else looked)


def silent(session: Session, run: GuideRun, voice: Voice, step_id: str) -> Taken | None:
    """What to say when nobody answered `step_id`; None if the run has moved on since."""
    _, step = position(run, voice)
    if run.state != "open" or step.id != step_id or step.silence is None:
        return None
    return go(session, run, voice, step, step.silence.next)


def _run(session: Session, conversation: Conversation, state: str) -> GuideRun | None:
    query = select(GuideRun).where(GuideRun.conversation_id == conversation.id, GuideRun.state == state)
    return session.scalar(query.order_by(GuideRun.started_at.desc()).limit(1))


def _option(step: Step, name: str) -> Option | None:
    return next((option for option in step.options if option.id == name), None)


def _typed(session: Session, run: GuideRun, voice: Voice, text: str) -> Taken:
    guide, step = position(run, voice)
    answer = _read(guide, step, text, voice)
    options = tuple(filter(None, (_option(step, name) for name in answer.options)))
    barrier = _barrier(voice, answer.barrier)
    if options and (barrier is None or not {option.id for option in options} <= _BARE):
        return _answered(session, run, voice, step, options)
    if barrier:
        reply = spoken(run, voice, barrier, guide)
        again = ask(session, run, voice, step)
        return msgspec.structs.replace(again, replies=(reply, *again.replies))
    return Taken(kind="aside")


def _read(guide: Guide, step: Step, text: str, voice: Voice) -> Answer:
    """The answer in a text, or what is in the way of it."""
    common = voice.library.guides.get((COMMON, voice.lang)) if guide.barriers else None
    words = tongue(voice.library, voice.lang)
    return understand(step, text, words, barriers=common.steps[0] if common else None)


def _barrier(voice: Voice, name: str) -> Step | None:
    """The common answer to "will they send police", "I can't talk aloud" and the like."""
    common = voice.library.guides.get((COMMON, voice.lang)) if name else None
    option = _option(common.steps[0], name) if common else None
    return common.step(option.next) if common and option and option.next else None


def _answered(
    session: Session, run: GuideRun, voice: Voice, step: Step, options: tuple[Option, ...]
) -> Taken:
    run.unclear = 0
    options = questions.together(options, step.most)
    _keep(run, step, [option.id for option in options])
    flag = next((option.red_flag for option in options if option.red_flag), None)
    if flag:
        run.state = "done"
        return Taken(red_flag=flag)
    target = next((option.next for option in options if option.next), step.next)
    return go(session, run, voice, step, target)


def _keep(run: GuideRun, step: Step, values: list[str]) -> None:
    kept = dict(run.answers or {})
    kept.pop(step.id, None)  # a changed answer becomes the newest one
    run.answers = {**kept, step.id: values}
