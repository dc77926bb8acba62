"""What a free text means as the answer to a step: options, a barrier, or a wish such as "skip"."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bot.content import Step
from bot.guide import evidence, numbers, polar
from bot.guide.evidence import Mark, Question
from bot.guide.tongue import Clause, Tongue, Words

# Wishes about the guide itself, in the order in which they are looked for.
WISHES = ("why", "skip", "back", "pause", "review", "told")
_PLAIN = frozenset({"yes", "no"})


class Answer(msgspec.Struct, frozen=True):
    """Options recognised in a text, a barrier to getting help, or one wish; empty when it is none."""

    options: tuple[str, ...] = ()
    wish: str = ""
    barrier: str = ""

    @property
    def clear(self) -> bool:
        """True if anything was recognised."""
        return bool(self.options or self.wish or self.barrier)


def understand(
    step: Step, text: str, tongue: Tongue, *, wishes: bool = False, barriers: Step | None = None
) -> Answer:
    """The answer in `text`: a number, words of an option, yes or no in any form, a barrier, a wish.

    Words about the matter outweigh a plain yes or no ("yeah hes not breathing" means no). Typing
    errors are led back to known words only where nothing was understood as it stands.
    """
    if numbered := numbers.chosen(step, text, tongue):
        return Answer(options=numbered)
    question = evidence.question(step, tongue, barriers)
    clauses = tongue.clauses(text)
    if wishes and (wish := _wish(step, tongue.words(text), tongue)):
        return Answer(wish=wish)
    answer = _read(question, clauses)
    if not answer.clear:
        answer = _read(question, tongue.mended(clauses, question.known))
    return answer


def is_hedged(step: Step, text: str, tongue: Tongue) -> bool:
    """True for "yes, but who sees it?": a question or a condition stands beside the agreement."""
    agreed = {one for option in step.options for one in tongue.phrases((option.label, *option.like))}
    agreed |= tongue.standard.get("yes", frozenset())
    words = tongue.words(text)
    if words in agreed:
        return False
    asked = any((one.asks or one.wonders) and one.words not in agreed for one in tongue.clauses(text))
    return asked or _is_conditional(words, tongue)


def _is_conditional(words: Words, tongue: Tongue) -> bool:
    """True where a condition stands; at the very start "si" is a yes, so there it must be a longer one."""
    yes = tongue.standard.get("yes", frozenset())
    return any(
        words[at : at + len(one)] == one and not (at == 0 and one[:1] in yes)
        for one in tongue.phrases(tongue.grammar.conditions)
        for at in range(len(words))
    )


def _read(question: Question, clauses: tuple[Clause, ...]) -> Answer:
    found = list(evidence.marks(question, clauses))
    barrier = next((mark.answer for mark in found if mark.kind == "barrier"), "")
    if question.step.kind == "many":
        return Answer(options=_many(question, found, clauses), barrier=barrier)
    answer = _meant(question, found) or polar.told(question, found, clauses)
    option = _option(question.step, answer, question)
    if barrier and answer and question.now and _meant(question, found):
        barrier = ""  # "i'm alone and he's not breathing": the body comes before what is in the way
    return Answer(options=(option,) if option else (), barrier=barrier)


def named(question: Question, clauses: tuple[Clause, ...]) -> list[str]:
    """Every option named in a text, in its order; a denied one becomes its `not_` option or is left out."""
    found = evidence.marks(question, clauses)
    return list(_options(question, found))


def _wish(step: Step, words: Words, tongue: Tongue) -> str:
    """A wish is the whole text, never a word in it: "later" may be an answer to another question."""
    own = {option.id for option in step.options}
    labels = {phrase for option in step.options for phrase in tongue.phrases((option.label, *option.like))}
    if words in labels:
        return ""
    bare = tongue.bare(words)
    return next(
        (name for name in WISHES if name not in own and {words, bare} & tongue.standard.get(name, set())), ""
    )


def _many(question: Question, found: list[Mark], clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    """Every option named; a plain no means the option that rules out the others."""
    if chosen := _options(question, found):
        return chosen
    plain = polar.told(question, found, clauses)
    if plain == "unsure" and "unsure" in {option.id for option in question.step.options}:
        return ("unsure",)
    none = _worded(question.step, "no", question.tongue) if plain == "no" else ""
    return (none,) if none else ()


def _options(question: Question, found: Iterable[Mark]) -> tuple[str, ...]:
    ids = {option.id for option in question.step.options}
    ordered = sorted(found, key=lambda mark: (mark.clause, mark.start))
    said = (f"not_{mark.answer}" if mark.denied else mark.answer for mark in ordered if mark.kind == "option")
    return tuple(dict.fromkeys(name for name in said if name in ids))


def _meant(question: Question, found: list[Mark]) -> str:
    """The answer by words about the matter: the careful one where they differ, else the last."""
    marks = [mark for mark in found if mark.kind in {"option", "frame"} or _counts(question, mark)]
    if decisive := next((mark for mark in marks if _wins(question, mark)), None):
        return decisive.answer
    if question.now:
        marks = [mark for mark in marks if not mark.past]
    answers = [answer for mark in marks if (answer := _sense(question, mark))]
    own = [answer for answer in answers if answer not in {"safe_now", "help_here", "joking"}]
    answers = own or answers
    if not answers:
        return ""
    return question.careful if question.careful in answers else answers[-1]


def _wins(question: Question, mark: Mark) -> bool:
    wins = {option.id for option in question.step.options if option.wins}
    return mark.kind == "option" and mark.answer in wins and not (mark.denied or mark.past)


def _counts(question: Question, mark: Mark) -> bool:
    """True for a standard answer that this step can take: "trying" is no answer about suicide."""
    if mark.kind != "special":
        return False
    if mark.answer in {option.id for option in question.step.options}:
        return True
    if mark.answer == "safe_now":
        return bool(_about(question) & {"safe", "danger"})
    if mark.answer == "not_yet":
        return question.careful != "yes" or not question.frames
    return mark.answer == "done" and not question.now and bool(question.frames) and question.careful != "yes"


def _about(question: Question) -> set[str]:
    return {frame.id for frame in question.frames}


def _sense(question: Question, mark: Mark) -> str:
    """What one mark says once denial, doubt and past are counted in."""
    answer = evidence.opposite(mark.answer) if mark.denied else mark.answer
    about = _about(question)
    if mark.answer == "safe_now" and about & {"safe", "danger"}:
        answer = "no" if ("danger" in about) != mark.denied else "yes"
    if mark.answer == "help_here" and "help_here" in about and not mark.denied:
        answer = "yes"
    if answer not in {"yes", "no", "done"} or answer == question.careful:
        return answer
    guarded = question.careful in {"yes", "no"} and bool(question.frames)
    return "unsure" if mark.doubted or (mark.weak and guarded) else answer


def _option(step: Step, answer: str, question: Question) -> str:
    """The option of a step that stands for an answer; "" when the step has none."""
    ids = {option.id for option in step.options}
    if answer == "yes" and any(frame.id == "given" for frame in question.frames) and "done" in ids:
        return "done"
    instead = {"yes": ("done",), "no": ("not_yet",), "done": ("yes",), "not_yet": ("no",), "unsure": ()}
    own = next((name for name in (answer, *instead.get(answer, ())) if name in ids), "")
    return own or _worded(step, answer, question.tongue)


def _worded(step: Step, answer: str, tongue: Tongue) -> str:
    """The option that a plain yes or no is written for: "nah" is "Not at all" where "no" is."""
    plain = (
        {words for words in evidence.plain(tongue, answer) if len(words) == 1} if answer in _PLAIN else set()
    )
    return next((option.id for option in step.options if plain & tongue.phrases(option.like)), "")
