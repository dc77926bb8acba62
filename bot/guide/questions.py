"""The questionnaire's side of a run: answers typed or picked, several at once, wishes, the review."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from sqlalchemy.orm import Session

from bot.content import Guide, Option, Step, Voice
from bot.guide import inpassing, review
from bot.guide.answers import is_hedged, understand
from bot.guide.course import PICKING, following, given
from bot.guide.say import Taken, go, position, say
from bot.guide.tongue import Tongue, tongue
from bot.messages import Effect, Offer, Reply
from bot.models import GuideRun

# Options by which nothing is agreed to.
_DECLINED = frozenset({"no", "none"})


def chosen(session: Session, run: GuideRun, voice: Voice, value: str, *, picked: bool) -> Taken:
    """A choice (`step/option` or `step/*wish`). `picked`: by a button, so that more may follow."""
    guide, step = position(run, voice)
    step_id, _, name = value.partition("/")
    asked = step if step_id == step.id else guide.step(step_id)
    if asked is None:
        return say(session, run, voice, step.id)
    if name.startswith("*"):
        return _wished(session, run, voice, asked, name[1:])
    option = _option(asked, name)
    if option is None:
        return say(session, run, voice, step.id)
    if asked.kind == "many" and picked and not option.alone:
        return _picked(session, run, voice, asked, option)
    return _answered(session, run, voice, asked, [option.id])


def typed(session: Session, run: GuideRun, voice: Voice, text: str) -> Taken:
    """What was written: an answer, several, a wish; `aside` when it was none of these."""
    guide, step = position(run, voice)
    words = tongue(voice.library, voice.lang)
    answer = understand(_here(step), text, words, wishes=True)
    if answer.wish:
        return _wished(session, run, voice, step, answer.wish)
    values = _values(step, list(answer.options), text, voice)
    if step.binding and set(values) - _DECLINED and is_hedged(step, text, words):
        return Taken(kind="aside")
    if step.kind == "review" and not values and (named := _named_in_review(guide, run, text, words)):
        return _wished(session, run, voice, named, "change")
    more = _more(guide, step, run, values, text, voice, words)
    for name, answers in more.items():
        _keep(run, name, answers)
    if values or _picks(run, step):
        if not values and not _is_enough(text, words):
            return Taken(kind="aside")
        taken = _answered(session, run, voice, step, [*_picks(run, step), *values])
    elif more:
        run.unclear = 0
        taken = say(session, run, voice, step.id)
    else:
        return Taken(kind="aside")
    return _noting(taken, guide, more, voice)


def wish(run: GuideRun, voice: Voice, text: str) -> str:
    """The wish about the questions that a text is, such as "why" or "change"; "" when it is none."""
    guide, step = position(run, voice)
    words = tongue(voice.library, voice.lang)
    answer = understand(_here(step), text, words, wishes=True)
    named = step.kind == "review" and not answer.options and _named_in_review(guide, run, text, words)
    return answer.wish or ("change" if named else "")


def asks(voice: Voice, text: str) -> bool:
    """True if a text asks us something or for something: "can i talk to a real person"."""
    clauses = tongue(voice.library, voice.lang).clauses(text)
    return any(clause.asks or clause.wants or clause.wonders for clause in clauses)


def says(voice: Voice, text: str, name: str) -> bool:
    """True if a text is one of the standard answers `name` and nothing else."""
    words = tongue(voice.library, voice.lang)
    return words.words(text) in words.standard.get(name, frozenset())


def is_plain(run: GuideRun, voice: Voice, text: str) -> bool:
    """True if a text is nothing but an answer to the open question, or to others of the questionnaire."""
    guide, step = position(run, voice)
    words = tongue(voice.library, voice.lang)
    return inpassing.is_plain(guide, _here(step), text, voice, words)


@lru_cache(maxsize=256)
def _here(step: Step) -> Step:
    """The step with the words that answer it only where it is asked."""
    options = tuple(
        msgspec.structs.replace(option, like=(*option.like, *option.here)) for option in step.options
    )
    return msgspec.structs.replace(step, options=options)


def _values(step: Step, options: list[str], text: str, voice: Voice) -> list[str]:
    match step.kind:
        case "place":
            return inpassing.place(text, voice, step)
        case "address":
            return inpassing.address(text)
    return options


def _more(
    guide: Guide, step: Step, run: GuideRun, values: list[str], text: str, voice: Voice, words: Tongue
) -> dict[str, list[str]]:
    """Answers in passing; none are taken before the first question, which is consent, has its yes."""
    first = guide.steps[0]
    agreed = first.options[0].id if first.options else ""
    if agreed not in (values if step.id == first.id else (run.answers or {}).get(first.id, ())):
        return {}
    return inpassing.found(guide, step, run.answers or {}, text, voice, words)


def _noting(taken: Taken, guide: Guide, more: dict[str, list[str]], voice: Voice) -> Taken:
    """What was taken in passing is said, so that nothing is noted behind somebody's back."""
    if not more or taken.red_flag or taken.forgot:
        return taken
    steps = [step for step in guide.steps if step.id in more]
    listed = "; ".join(review.words(step, more[step.id], voice) for step in steps)
    noted = voice.phrase("noted", answers=listed)
    return msgspec.structs.replace(taken, replies=(noted, *taken.replies))


def _named_in_review(guide: Guide, run: GuideRun, text: str, words: Tongue) -> Step | None:
    """The question whose short name stands in a text: "change the goals"."""
    said = f" {' '.join(words.words(text))} "
    names = [(step, words.words(step.short)) for step in given(guide, run.answers or {}) if step.short]
    return next((step for step, name in names if f" {' '.join(name)} " in said), None)


def _wished(session: Session, run: GuideRun, voice: Voice, step: Step, wish: str) -> Taken:
    guide, at = position(run, voice)
    match wish:
        case "why" if step.why:
            return _with_why(session, run, voice, at, step)
        case "pause":
            run.state = "paused"
            return Taken(replies=(voice.phrase("questionnaire_paused"),))
        case "back":
            return say(session, run, voice, _before(guide, run, at))
        case "change":
            return say(session, run, voice, step.id)
        case "that_is_all" if picks := _picks(run, step):
            return _answered(session, run, voice, step, picks)
        case "skip" if not step.required and step.id == at.id:
            _keep(run, step.id, [])
            return go(session, run, voice, step, step.next)
        case "skip" if step.id == at.id and step.why:
            return _with_why(session, run, voice, at, step)
        case "told":
            return _told(session, run, voice, at)
        case "review":
            looked = next((one.id for one in guide.steps if one.kind == "review"), at.id)
            return say(session, run, voice, looked if given(guide, run.answers or {}) else at.id)
    return say(session, run, voice, at.id)


def _with_why(session: Session, run: GuideRun, voice: Voice, at: Step, step: Step) -> Taken:
    """The reason, and the question once more."""
    why = Reply(text=voice.fill(step.why), lang=voice.lang, content=f"guides/{run.guide}")
    again = say(session, run, voice, at.id)
    return msgspec.structs.replace(again, replies=(why, *again.replies))


def _told(session: Session, run: GuideRun, voice: Voice, at: Step) -> Taken:
    """ "I already said that": what was understood is shown, and the question may be skipped."""
    listed = "; ".join(review.listed(run.guide, run.answers or {}, voice)) or voice.label("not_answered")
    again = say(session, run, voice, at.id)
    sorry = voice.phrase("guide_told", answers=listed)
    return msgspec.structs.replace(again, replies=(sorry, *again.replies))


def _before(guide: Guide, run: GuideRun, at: Step) -> str:
    """The question that was answered last."""
    answered = {step.id for step in given(guide, run.answers or {})} - {at.id}
    return next((name for name in reversed(run.answers or {}) if name in answered), at.id)


def _picked(session: Session, run: GuideRun, voice: Voice, step: Step, option: Option) -> Taken:
    """One of several, by a button: the rest is offered once more, with a way to say that it is enough."""
    picks = list(dict.fromkeys([*_picks(run, step), option.id]))
    left = [one for one in step.options if not (one.hidden or one.alone or one.id in picks)]
    if not left or (step.most and len(picks) >= step.most):
        return _answered(session, run, voice, step, picks)
    run.step, run.changed_at, run.unclear = step.id, voice.at, 0
    run.answers = {**(run.answers or {}), PICKING + step.id: picks}
    said = voice.phrase("picked", answers=review.words(step, picks, voice))
    enough = Offer(voice.label("that_is_all"), Effect("answer", f"{step.id}/*that_is_all"))
    offers = tuple(Offer(one.label, Effect("answer", f"{step.id}/{one.id}")) for one in left)
    return Taken(replies=(msgspec.structs.replace(said, offers=(enough, *offers)),))


def _picks(run: GuideRun, step: Step) -> list[str]:
    return list((run.answers or {}).get(PICKING + step.id, ()))


def _is_enough(text: str, words: Tongue) -> bool:
    """ "That's all", "done", "no": nothing more is picked."""
    said = words.words(text)
    return any(said in words.standard.get(name, ()) for name in ("no", "done", "yes", "that_is_all", "skip"))


def _answered(session: Session, run: GuideRun, voice: Voice, step: Step, values: list[str]) -> Taken:
    """Keep an answer and go on; a red flag interrupts, and only a required question is asked again."""
    run.unclear = 0
    options = together(tuple(filter(None, (_option(step, name) for name in values))), step.most)
    if step.kind != "review":
        _keep(run, step.id, [option.id for option in options] if step.options else values)
    flag = next((option.red_flag for option in options if option.red_flag), None)
    if flag:
        guide, _ = position(run, voice)
        run.state = "paused"
        if not step.required:
            run.step = following(guide, step, run.answers or {}) or step.id
        return Taken(red_flag=flag)
    target = next((option.next for option in options if option.next), step.next)
    return go(session, run, voice, step, target)


def together(options: tuple[Option, ...], most: int | None) -> tuple[Option, ...]:
    """At most so many answers; "none of these" gives way to the ones that were named beside it."""
    named = tuple(option for option in options if not option.alone) or options
    return named[:most] if most else named


def _option(step: Step, name: str) -> Option | None:
    return next((option for option in step.options if option.id == name), None)


def _keep(run: GuideRun, name: str, values: list[str]) -> None:
    kept = dict(run.answers or {})
    kept.pop(name, None)  # a changed answer becomes the newest one
    kept.pop(PICKING + name, None)
    run.answers = {**kept, name: list(dict.fromkeys(values))}
