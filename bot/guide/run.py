"""One run of a guide: where it stands, what an answer leads to, what is said next."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.content import Guide, Option, Step, Voice
from bot.errors import ContentError
from bot.guide.answers import understand
from bot.messages import Progress, Reply
from bot.models import Conversation, GuideRun, Timer

# After this many answers that we could not read, a questionnaire lets go kindly.
MOST_UNCLEAR = 2
COMMON = "common"
# Statements follow each other without waiting; more than this is a loop in the content.
_MOST_STATEMENTS = 5
_KEEP_ANSWERS = dt.timedelta(days=30)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an answer.

    `stepped`: the guide went on, `replies` say how. `aside`: not an answer to the question; ask
    Rasa, then call `unclear` (which repeats the question). `safe`: the person said that they are
    safe. `red_flag`: a protocol to start. `ended`: the guide is finished.
    """

    kind: Literal["stepped", "aside"] = "stepped"
    replies: tuple[Reply, ...] = ()
    safe: bool = False
    red_flag: str | None = None
    ended: str | None = None
    level: str | None = None


def current(session: Session, conversation: Conversation) -> GuideRun | None:
    """The open run of a conversation."""
    return _run(session, conversation, "open")


def paused(session: Session, conversation: Conversation) -> GuideRun | None:
    """The paused questionnaire that can be resumed."""
    return _run(session, conversation, "paused")


def start(
    session: Session, conversation: Conversation, voice: Voice, name: str, level: str | None = None
) -> Taken:
    """Begin a guide at its first step, or at the step for this level; an open one is set aside."""
    guide = _guide(voice, name)
    running = current(session, conversation)
    if running:
        running.state = "paused" if running.kind == "questionnaire" else "done"
    first = guide.start.get(level) if level in guide.start else None
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
    return _say(session, run, voice, run.step)


def take(
    session: Session, run: GuideRun, voice: Voice, *, text: str = "", chosen: str = ""
) -> Taken:
    """One answer, typed or chosen (`step/option`). A choice of an earlier step changes that answer."""
    guide, step = _position(run, voice)
    if chosen:
        step_id, _, option_id = chosen.partition("/")
        earlier = guide.step(step_id)
        option = _option(earlier, option_id) if earlier else None
        if earlier is None or option is None:
            return _say(session, run, voice, step.id)
        return _answered(session, run, voice, earlier, (option,))
    answer = understand(step, text, voice.library.phrases.get(voice.lang), voice.lang)
    if answer.wish:
        return _wished(session, run, voice, step, answer.wish)
    options = tuple(filter(None, (_option(step, name) for name in answer.options)))
    barrier = _barrier(guide, text, voice)
    # "No one answered" is no "no": the barrier's words say more than a bare yes or no.
    if options and (barrier is None or not {option.id for option in options} <= {"yes", "no"}):
        return _answered(session, run, voice, step, options)
    if barrier:
        reply = _spoken(run, voice, barrier, guide)
        again = _say(session, run, voice, step.id)
        return msgspec.structs.replace(again, replies=(reply, *again.replies))
    if step.kind in {"text", "place"} and text.strip():
        _keep(run, step, [text.strip()])
        return _go(session, run, voice, step, step.next)
    return Taken(kind="aside")


def unclear(session: Session, run: GuideRun, voice: Voice, *, answered: bool) -> Taken:
    """Nothing we understood as an answer. `answered`: a side question was answered meanwhile.

    Goes where the step says for any other answer, else asks again in other words; a questionnaire
    lets go kindly after two tries, a protocol never does.
    """
    _, step = _position(run, voice)
    if answered:
        return _say(session, run, voice, step.id)
    run.unclear += 1
    if run.kind == "questionnaire" and run.unclear > MOST_UNCLEAR:
        run.state = "paused"
        return Taken(replies=(voice.phrase("guide_let_go"),))
    if step.other:
        return _go(session, run, voice, step, step.other)
    return _say(session, run, voice, step.id)


def resume(session: Session, run: GuideRun, voice: Voice) -> Taken:
    """Go on with a paused run at the step where it stopped."""
    run.state = "open"
    run.unclear = 0
    said = _say(session, run, voice, _position(run, voice)[1].id)
    return msgspec.structs.replace(said, replies=(voice.phrase("questionnaire_resumed"), *said.replies))


def silent(session: Session, run: GuideRun, voice: Voice, step_id: str) -> Taken | None:
    """What to say when nobody answered `step_id`; None if the run has moved on since."""
    _, step = _position(run, voice)
    if run.state != "open" or step.id != step_id or step.silence is None:
        return None
    return _go(session, run, voice, step, step.silence.next)


def _run(session: Session, conversation: Conversation, state: str) -> GuideRun | None:
    query = select(GuideRun).where(GuideRun.conversation_id == conversation.id, GuideRun.state == state)
    return session.scalar(query.order_by(GuideRun.started_at.desc()).limit(1))


def _guide(voice: Voice, name: str) -> Guide:
    guide = voice.library.guides.get((name, voice.lang)) or voice.library.guides.get((name, "en"))
    if guide is None:
        raise ContentError(f"content/protocols/{name}.{voice.lang}.yml: no such guide")
    return guide


def _position(run: GuideRun, voice: Voice) -> tuple[Guide, Step]:
    """The guide and step of a run, in the language of now; content may have changed since it began."""
    guide = _guide(voice, run.guide)
    return guide, guide.step(run.step) or guide.steps[0]


def _option(step: Step, name: str) -> Option | None:
    return next((option for option in step.options if option.id == name), None)


def _barrier(guide: Guide, text: str, voice: Voice) -> Step | None:
    """The common answer to "will they send police", "I can't talk aloud" and the like."""
    common = voice.library.guides.get((COMMON, voice.lang))
    if common is None or guide.kind != "protocol" or not guide.barriers:
        return None
    answer = understand(common.steps[0], text, None, voice.lang)
    option = _option(common.steps[0], answer.options[0]) if answer.options else None
    return common.step(option.next) if option and option.next else None


def _wished(session: Session, run: GuideRun, voice: Voice, step: Step, wish: str) -> Taken:
    if wish == "why" and step.why:
        again = _say(session, run, voice, step.id)
        why = Reply(text=voice.fill(step.why), lang=voice.lang, content=f"guides/{run.guide}")
        return msgspec.structs.replace(again, replies=(why, *again.replies))
    if wish == "pause" and run.kind == "questionnaire":
        run.state = "paused"
        return Taken(replies=(voice.phrase("questionnaire_paused"),))
    if wish == "back":
        return _say(session, run, voice, _before(run, step))
    if wish == "skip" and not step.required:
        _keep(run, step, [])
        return _go(session, run, voice, step, step.next)
    return _say(session, run, voice, step.id)


def _before(run: GuideRun, step: Step) -> str:
    asked = [name for name in (run.answers or {}) if name != step.id]
    return asked[-1] if asked else step.id


def _answered(
    session: Session, run: GuideRun, voice: Voice, step: Step, options: tuple[Option, ...]
) -> Taken:
    run.unclear = 0
    options = options[: step.most] if step.most else options
    _keep(run, step, [option.id for option in options])
    flag = next((option.red_flag for option in options if option.red_flag), None)
    if flag:
        run.state = "paused"
        return Taken(red_flag=flag)
    target = next((option.next for option in options if option.next), step.next)
    return _go(session, run, voice, step, target)


def _keep(run: GuideRun, step: Step, values: list[str]) -> None:
    kept = dict(run.answers or {})
    kept.pop(step.id, None)  # a changed answer becomes the newest one
    run.answers = {**kept, step.id: values}


def _go(session: Session, run: GuideRun, voice: Voice, step: Step, target: str | None) -> Taken:
    """Move to a step of this guide, of another one (`code/step`), or to the next that applies."""
    if target and "/" in target:
        name, _, target = target.partition("/")
        guide = _guide(voice, name)
        run.guide, run.version = guide.id, guide.version
    guide = _guide(voice, run.guide)
    if target is None:
        target = _following(guide, step, run)
    if target is None:
        run.state = "done"
        return Taken(ended=run.guide)
    return _say(session, run, voice, target)


def _following(guide: Guide, step: Step, run: GuideRun) -> str | None:
    ids = [one.id for one in guide.steps]
    rest = guide.steps[ids.index(step.id) + 1 :] if step.id in ids else ()
    return next((one.id for one in rest if _applies(one, run)), None)


def _applies(step: Step, run: GuideRun) -> bool:
    answers = run.answers or {}
    for when in step.when:
        given = set(answers.get(when.step, ()))
        if (when.any and not given & set(when.any)) or given & set(when.none):
            return False
    return True


def _say(session: Session, run: GuideRun, voice: Voice, step_id: str) -> Taken:
    """Say a step, and the statements that lead to the next question; note silence and safety."""
    guide = _guide(voice, run.guide)
    replies: list[Reply] = []
    safe, level = False, None
    for _ in range(_MOST_STATEMENTS):
        step = guide.step(step_id) or guide.steps[0]
        run.step, run.changed_at = step.id, voice.at
        replies.append(_spoken(run, voice, step, guide))
        safe, level = safe or step.safe, step.level or level
        if step.ends:
            run.state = "done"
            break
        if step.kind != "none" or not step.next:
            break
        step_id = step.next
    run.level = level or run.level
    _expect(session, run, voice, guide.step(run.step))
    ended = run.guide if run.state == "done" else None
    return Taken(replies=tuple(replies), safe=safe, level=level, ended=ended)


def _spoken(run: GuideRun, voice: Voice, step: Step, guide: Guide) -> Reply:
    """The step in a wording that was not used the last time."""
    said = dict(run.conversation.recall("said", {}))
    name = f"{guide.id}/{step.id}"
    turn = said.get(name, 0)
    run.conversation.remember(said=said | {name: turn + 1})
    progress = None
    if guide.kind == "questionnaire" and step.kind != "none":
        ids = [one.id for one in guide.steps if one.kind != "none" and _applies(one, run)]
        progress = Progress(ids.index(step.id) + 1, len(ids)) if step.id in ids else None
    reply = voice.step(step, turn, protocol=guide.kind == "protocol", progress=progress)
    return msgspec.structs.replace(
        reply, content=f"{guide.kind}s/{guide.id}/{step.id}", version=guide.version
    )


def _expect(session: Session, run: GuideRun, voice: Voice, step: Step | None) -> None:
    """Set the timer for silence, if the step has one."""
    if step is None or step.silence is None or run.state != "open":
        return
    due = voice.at + dt.timedelta(seconds=step.silence.after)
    session.add(
        Timer(conversation=run.conversation, kind="silence", value=f"{run.id}/{step.id}", due_at=due)
    )
