"""The course of a guide: which steps apply after the answers so far, what follows, how far it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.content import Guide, Step, When
from bot.messages import Progress

Answers = dict[str, list[str]]
# Kinds of steps that wait for an answer.
QUESTIONS = frozenset({"one", "many", "place", "address"})
# Before the name of a step: what was picked so far by buttons, not yet an answer.
PICKING = "+"


def applies(step: Step, answers: Answers, guide: Guide) -> bool:
    """True if the step is to be asked, after the answers so far."""
    return all(_holds(when, answers, guide) for when in step.when)


def following(guide: Guide, step: Step, answers: Answers) -> str | None:
    """The next step in order that applies; a questionnaire passes over answered ones."""
    ids = [one.id for one in guide.steps]
    rest = guide.steps[ids.index(step.id) + 1 :] if step.id in ids else ()
    passed = answers if guide.kind == "questionnaire" else {}
    return next((one.id for one in rest if one.id not in passed and applies(one, answers, guide)), None)


def progress(guide: Guide, step: Step, answers: Answers) -> Progress | None:
    """Where a questionnaire stands among its screens; what stands after the end is counted in none."""
    if guide.kind != "questionnaire" or step.kind not in QUESTIONS:
        return None
    end = next((place for place, one in enumerate(guide.steps) if one.ends), len(guide.steps))
    counted = [one for one in guide.steps[:end] if one.kind in QUESTIONS]
    asked = [one for one in counted if one.id == step.id or applies(one, answers, guide)]
    if step not in asked:
        return None
    reached = sum(not one.part for one in asked[: asked.index(step) + 1])
    return Progress(reached, sum(not one.part for one in asked))


def given(guide: Guide, answers: Answers) -> list[Step]:
    """The questions that were answered and still apply, in the order in which they are asked."""
    return [
        step
        for step in guide.steps
        if step.kind in QUESTIONS and step.id in answers and applies(step, answers, guide)
    ]


def _holds(when: When, answers: Answers, guide: Guide) -> bool:
    said = set(answers.get(when.step, ()))
    if (when.any and not said & set(when.any)) or said & set(when.none):
        return False
    return not when.at_least or _points((when.step, *when.plus), answers, guide) >= when.at_least


def _points(step_ids: Iterable[str], answers: Answers, guide: Guide) -> int:
    """The points of all answers given at these steps."""
    steps = (step for name in step_ids if (step := guide.step(name)))
    return sum(
        option.points for step in steps for option in step.options if option.id in answers.get(step.id, ())
    )
