"""Yes, no and not sure, in any form: plain words, "he isn't", and words of the question given back."""

from __future__ import annotations

from bot.guide import evidence
from bot.guide.evidence import Mark, Question
from bot.guide.tongue import Clause, Tongue, Words


def told(question: Question, found: list[Mark], clauses: tuple[Clause, ...]) -> str:
    """A plain yes, no or not sure; then "he isn't"; then words of the question given back."""
    plain = [mark for mark in found if mark.kind == "polar" and _stands_alone(mark, clauses, question)]
    asked = any(clause.asks or clause.wants for clause in clauses)
    if asked or (question.now and question.careful == "no"):
        plain = [mark for mark in plain if not _nods(mark, clauses, question.tongue)]
    spoken = [answer for clause in clauses if (answer := _elliptic(question, clause))]
    echoed = [answer for clause in clauses if (answer := _echoed(question, clause))]
    if plain:
        first = plain[0].answer
        later = any(_echoed(question, clause) == "yes" for clause in clauses[plain[0].clause + 1 :])
        return "yes" if first == "no" and later and question.careful == "yes" else _last(plain)
    if spoken or echoed:
        return (spoken or echoed)[-1]
    return _hint(question, found, clauses)


def _nods(mark: Mark, clauses: tuple[Clause, ...], tongue: Tongue) -> bool:
    """True for the "ok" of "ok i called": it agrees to what was said, and tells nothing of the breath."""
    return mark.answer == "yes" and clauses[mark.clause].words[mark.start : mark.end] in tongue.nods


def _hint(question: Question, found: list[Mark], clauses: tuple[Clause, ...]) -> str:
    """A "no" that opens a longer sentence ("no pulse"), or words about another time: little, but some."""
    if any(_opens_with_no(question, mark, clauses[mark.clause]) for mark in found):
        return "unsure" if question.careful == "yes" and question.frames else "no"
    return "unsure" if any(mark.kind == "frame" and mark.past for mark in found) else ""


def _opens_with_no(question: Question, mark: Mark, clause: Clause) -> bool:
    """True for "no signal"; "no fever" tells of a sign, and answers only the question about it."""
    if mark.kind != "polar" or mark.answer != "no" or (mark.start, mark.end) != (0, 1):
        return False
    named = [word for word in clause.words[1:3] if word in question.tongue.grammar.signs]
    return not named or any(_in_echo(question, word) for word in named)


def _last(plain: list[Mark]) -> str:
    """ "yes no wait no": the last; but not sure beside another one stays not sure."""
    answers = [mark.answer for mark in plain]
    return "unsure" if "unsure" in answers else answers[-1]


def _stands_alone(mark: Mark, clauses: tuple[Clause, ...], question: Question) -> bool:
    """True for "yes", "no he is outside" and "he isn't, no", not for the "no" of "there is no pulse"."""
    words = clauses[mark.clause].words
    grammar = question.tongue.grammar
    small = frozenset(grammar.fillers) | question.tongue.speakers
    before, after = words[: mark.start], words[mark.end :]
    leads = all(word in small for word in before)
    found = words[mark.start : mark.end]
    if mark.answer != "unsure" and len(found) > 1 and _helping_only(found, question.tongue):
        if any(word in question.tongue.speakers for word in found):
            return bool(_elliptic(question, clauses[mark.clause]))
        return leads and all(word in small or _in_echo(question, word) for word in after)
    if mark.answer == "unsure" and found in question.tongue.weak:
        # "No fever, I think" is no doubt about what was asked.
        return all(word in small or _in_echo(question, word) for word in (*before, *after))
    if len(found) > 1 and mark.answer != "no":
        return True
    if mark.answer == "no" and words[mark.start] == "no" and mark.end - mark.start == 1:
        return leads and (not after or after[0] in small or after[0] in grammar.negators)
    return leads or not after


def _helping_only(words: Words, tongue: Tongue) -> bool:
    """True for "can not" and "he is not", which need what was asked; "do not think so" does not."""
    helping = any(word in tongue.grammar.auxiliaries for word in words)
    return helping and not any(word in tongue.grammar.thinking for word in words)


def _elliptic(question: Question, clause: Clause) -> str:
    """ "he is", "i can't", "they haven't yet": who, a helping verb, and nothing new after it."""
    grammar = question.tongue.grammar
    words = _without_opening(clause.words, question.tongue)
    words = tuple(word for word in words if word not in grammar.fillers or word in question.tongue.speakers)
    if clause.asks or len(words) < 2 or words[0] not in question.tongue.speakers:
        return ""
    if words[1] not in grammar.auxiliaries or not _of_the_question(question, words[0]):
        return ""
    rest = words[2:]
    denied = bool(rest) and rest[0] in grammar.negators
    tail = rest[1:] if denied else rest
    known = all(word in grammar.fillers or _in_echo(question, word) for word in tail)
    return ("no" if denied else "yes") if known else ""


def _without_opening(words: Words, tongue: Tongue) -> Words:
    """The words after "yes", "no", "oh", "well": from the one who is spoken of on."""
    start = next((place for place, word in enumerate(words) if word in tongue.speakers), 0)
    opening = {words for answer in ("yes", "no") for words in evidence.plain(tongue, answer)}
    lead = words[:start]
    return (
        words[start:] if all(word in tongue.grammar.fillers or (word,) in opening for word in lead) else words
    )


def _of_the_question(question: Question, speaker: str) -> bool:
    """True if the speaker answers for whom was asked: "you" is answered by "i", the rest by others."""
    asks_you = any("you" in text.casefold().rpartition(".")[2] for text in question.step.say)
    first = speaker in question.tongue.grammar.speakers.get("first", ())
    return asks_you if first else True


def _echoed(question: Question, clause: Clause) -> str:
    """Words of the question in the answer, which then mean yes, or no when denied."""
    if clause.asks or (question.frames and question.careful != "yes"):
        return ""
    grammar = question.tongue.grammar
    for place, word in enumerate(clause.words):
        if _in_echo(question, word):
            before = clause.words[max(0, place - evidence.REACH) : place]
            if any(small in grammar.unreal for small in before):
                continue
            return "no" if any(small in grammar.negators for small in before) else "yes"
    return ""


def _in_echo(question: Question, word: str) -> bool:
    return len(word) > 2 and any(evidence.alike(word, other) for other in question.echo)
