"""Looking for a therapist, in a turn: the questions, the matches, what is sent on and what is taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import crisis, guide, handoff, matching, requests, retention
from bot.messages import Effect, Offer, Outcome, Reply
from bot.models import GuideRun, Message, Timer
from bot.stage import Kit, Turn

QUESTIONNAIRE = "therapist_match"
# Answers of a finished search are kept this long where the person did not ask for more.
_KEEP_SHORT = dt.timedelta(days=1)
_KEEP_LONG = dt.timedelta(days=30)
_REMIND_AFTER = dt.timedelta(days=2)
# What was asked for is erased after this pause, so that the word about it still arrives.
_ERASE_AFTER = dt.timedelta(seconds=60)
# Answers after which talking alone may not be enough: the level-of-care gate, which only names a doctor.
_CARE_FIRST = {
    "stopping": {"yes", "now", "unsure"},
    "health": {"wound", "fever", "overdose", "pregnant"},
    "thoughts": {"yes", "unsure"},
}
# Words that are commands wherever they stand alone: the standard answer and the verb that it means.
_COMMANDS = ("delete_answers", "my_answers", "withdraw")


def begin(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Start the questions, or go on with those that were begun; never while risk is open."""
    if turn.conversation.risk_open:
        again = crisis.repeated(session, turn, answered=True)
        return _outcome(_phrase(turn, "are_you_safe", author="safety"), *again, route="crisis")
    running = guide.current(session, turn.conversation)
    if running and running.kind == "questionnaire":
        return _outcome(*guide.unclear(session, running, turn.voice, answered=True).replies)
    paused = guide.paused(session, turn.conversation)
    if paused:
        return _outcome(*guide.resume(session, paused, turn.voice).replies)
    kept = guide.finished(session, turn.conversation, QUESTIONNAIRE, turn.voice.at)
    if kept and "country" in (kept.answers or {}):
        return _outcome(*guide.reopen(session, kept, turn.voice).replies)
    return _outcome(*guide.start(session, turn.conversation, turn.voice, QUESTIONNAIRE).replies)


def after(session: Session, kit: Kit, turn: Turn, run: GuideRun, taken: guide.Taken) -> Outcome:
    """What an answer leads to: help at once, the next question, matches, or nothing kept."""
    if taken.red_flag:
        return crisis.start(session, kit, turn, taken.red_flag, turn.verdict_level(taken.red_flag))
    _note_country(turn, run)
    if taken.forgot:
        _forget_words(session, run)
    if not taken.ended:
        return _outcome(*taken.replies)
    answers = run.answers or {}
    keep = "keep" in answers.get("agree", ())
    run.expires_at = turn.voice.at + (_KEEP_LONG if keep else _KEEP_SHORT)
    match run.step:
        case "results":
            if "remind" in answers.get("agree", ()):
                _remind_later(session, turn)
            return _outcome(*taken.replies, *_found(session, kit, turn, answers))
        case "pro_results":
            listed = {"country": answers.get("pro_where", []), "state": answers.get("pro_state", [])}
            return _outcome(*taken.replies, *_found(session, kit, turn, listed, own=False))
    return _outcome(*taken.replies)


def chosen(session: Session, kit: Kit, turn: Turn, verb: str) -> Outcome | None:
    """Carry out a choice that belongs to the search; None for any other verb."""
    name, _, value = verb.partition(":")
    act = _VERBS.get(name)
    return act(session, kit, turn, value) if act else None


def commanded(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """What was written is a command about answers or data, or "go on" after a pause; else None."""
    for name in _COMMANDS:
        if guide.says(turn.voice, turn.text, name):
            return _VERBS[name](session, kit, turn, "")
    if guide.says(turn.voice, turn.text, "resume") and guide.current(session, turn.conversation) is None:
        return begin(session, kit, turn) if guide.paused(session, turn.conversation) else None
    return None


def erasing(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """ "Yes, delete" is carried out wherever it is written; None for anything else."""
    said = guide.says(turn.voice, turn.text, "delete_all")
    return _delete_all(session, kit, turn, "") if said else None


def _found(
    session: Session,
    kit: Kit,
    turn: Turn,
    answers: dict[str, list[str]],
    *,
    own: bool = True,
    more: bool = False,
) -> tuple[Reply, ...]:
    """The matches with their reasons and what can be done next; or that there are none, and why."""
    voice, conversation = turn.voice, turn.conversation
    directory = matching.held(session, kit.directory)
    wished = matching.wishes(answers, voice.lang)
    shown = conversation.recall("shown", []) if more else []
    # A new draw each day: nobody stays first among equals.
    found = matching.find(directory, wished, seed=voice.at.toordinal(), leave_out=shown)
    gate = (_phrase(turn, "match_care_first"),) if _needs_care(answers) and not more else ()
    if not found:
        if more:
            return (_phrase(turn, "match_no_more"),)
        return (*gate, matching.none_found(matching.explain(directory, wished), voice))
    conversation.remember(shown=[*shown, *(match.entry.id for match in found)])
    cards = [matching.card(match, directory, voice) for match in found]
    if not own:
        return tuple(msgspec.structs.replace(card, offers=()) for card in cards)
    return (_phrase(turn, "match_intro"), *gate, *cards, _phrase(turn, "match_next"))


def _needs_care(answers: dict[str, list[str]]) -> bool:
    return any(set(answers.get(step, ())) & found for step, found in _CARE_FIRST.items())


def _more(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    run = _latest(session, turn)
    if run is None:
        return begin(session, kit, turn)
    return _outcome(*_found(session, kit, turn, run.answers or {}, more=True))


def _change(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    """Look the answers over once more, or change the one to a question."""
    run = _latest(session, turn)
    if run is None:
        return begin(session, kit, turn)
    return _outcome(*guide.reopen(session, run, turn.voice, value or None).replies)


def _ask(session: Session, kit: Kit, turn: Turn, entry_id: str) -> Outcome:
    """Show word for word what would be sent, and send nothing yet."""
    directory = matching.held(session, kit.directory)
    entry, run = directory.find(entry_id), _latest(session, turn)
    if entry is None or run is None:
        return _outcome(_phrase(turn, "match_no_more"))
    if directory.sample:
        return _outcome(_phrase(turn, "request_sample"))
    if not entry.send_to:
        how = " ".join(filter(None, (entry.phone, entry.website))) or turn.voice.fill("{drugs}")
        return _outcome(_phrase(turn, "request_yourself", name=entry.name, how=how))
    letter = requests.letter(run.answers or {}, turn.voice)
    said = _phrase(turn, "request_preview", name=entry.name, letter=letter)
    yes = Offer(turn.voice.label("send_it"), Effect("verb", f"send:{entry.id}"))
    return _outcome(msgspec.structs.replace(said, offers=(yes, *said.offers)))


def _send(session: Session, kit: Kit, turn: Turn, entry_id: str) -> Outcome:
    directory = matching.held(session, kit.directory)
    entry, run = directory.find(entry_id), _latest(session, turn)
    if entry is None or run is None or directory.sample:
        return _outcome(_phrase(turn, "match_no_more"))
    letter = requests.letter(run.answers or {}, turn.voice)
    request = requests.send(session, kit, turn.conversation, entry, letter, turn.voice.at)
    handoff.alert(session, "match.request", turn.voice.at, turn.conversation)
    said = _phrase(turn, "request_sent", name=entry.name)
    back = Offer(turn.voice.label("withdraw"), Effect("verb", f"withdraw:{request.id}"))
    return _outcome(msgspec.structs.replace(said, offers=(back, *said.offers)))


def _withdraw(session: Session, kit: Kit, turn: Turn, request_id: str) -> Outcome:
    taken_back = requests.withdraw(session, turn.conversation, turn.voice.at, request_id or None)
    if taken_back:
        handoff.alert(session, "match.withdrawn", turn.voice.at, turn.conversation)
    return _outcome(_phrase(turn, "request_withdrawn" if taken_back else "request_none"))


def _callback(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    handoff.callback_note(session, turn.conversation, "match", "P3", turn.voice.at)
    return _outcome(_phrase(turn, "human_callback_made", author="notice"))


def _remind(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    _remind_later(session, turn)
    return _outcome(_phrase(turn, "reminder_set"))


def _my_answers(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    """All that the search holds, to be read, copied, changed or deleted."""
    voice = turn.voice
    run = _newest(session, turn)
    lines = guide.listed(run.guide, run.answers or {}, voice) if run else []
    lines += requests.lines(session, turn.conversation, matching.held(session, kit.directory), voice)
    if not lines:
        return _outcome(_phrase(turn, "no_answers", author="notice"), route="command")
    until = run.expires_at.date().isoformat() if run and run.expires_at else ""
    listed = "\n".join(f"- {line}" for line in lines)
    said = _phrase(turn, "my_answers", author="notice", answers=listed, until=until)
    return _outcome(said, route="command")


def _delete_answers(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    """The answers go at once; what was sent to a therapist is taken back."""
    requests.withdraw(session, turn.conversation, turn.voice.at)
    retention.forget_answers(session, turn.conversation)
    turn.conversation.remember(shown=None)
    return _outcome(_phrase(turn, "answers_deleted", author="notice"), route="command")


def _delete_all(session: Session, kit: Kit, turn: Turn, value: str) -> Outcome:
    """Everything about the person goes, as soon as the word about it could arrive."""
    requests.withdraw(session, turn.conversation, turn.voice.at)
    due = turn.voice.at + _ERASE_AFTER
    session.add(Timer(conversation=turn.conversation, kind="erase", due_at=due))
    return _outcome(_phrase(turn, "deleted", author="notice"), route="command")


def _latest(session: Session, turn: Turn) -> GuideRun | None:
    return guide.finished(session, turn.conversation, QUESTIONNAIRE, turn.voice.at)


def _newest(session: Session, turn: Turn) -> GuideRun | None:
    running = guide.current(session, turn.conversation) or guide.paused(session, turn.conversation)
    if running and running.kind == "questionnaire":
        return running
    return _latest(session, turn)


def _remind_later(session: Session, turn: Turn) -> None:
    """One reminder, once: a second wish moves the first."""
    query = select(Timer).where(Timer.conversation_id == turn.conversation.id, Timer.kind == "remind")
    timer = session.scalar(query.where(Timer.done_at.is_(None)))
    due = turn.voice.at + _REMIND_AFTER
    if timer:
        timer.due_at = due
    else:
        session.add(Timer(conversation=turn.conversation, kind="remind", due_at=due))


def _note_country(turn: Turn, run: GuideRun) -> None:
    """The numbers that are named follow where the person says that they are."""
    said = (run.answers or {}).get("country")
    if said:
        turn.conversation.country = said[0].partition("-")[0]
        turn.conversation.country_source = "said"


def _forget_words(session: Session, run: GuideRun) -> None:
    """Of a child nothing is kept: the words in which the answers were given go too."""
    query = select(Message).where(
        Message.conversation_id == run.conversation_id,
        Message.direction == "in",
        Message.created_at >= run.started_at,
    )
    for message in session.scalars(query):
        message.body = {**(message.body or {}), "text": ""}


def _outcome(*replies: Reply, route: str = "match") -> Outcome:
    return Outcome(route=route, replies=tuple(replies))  # type: ignore[arg-type]


def _phrase(turn: Turn, phrase: str, /, **values: str) -> Reply:
    return turn.voice.phrase(phrase, turn.number, **values)  # type: ignore[arg-type]


_VERBS: dict[str, Callable[[Session, Kit, Turn, str], Outcome]] = {
    "more": _more,
    "change": _change,
    "ask": _ask,
    "send": _send,
    "withdraw": _withdraw,
    "callback": _callback,
    "remind": _remind,
    "my_answers": _my_answers,
    "delete_answers": _delete_answers,
    "delete_all": _delete_all,
}
