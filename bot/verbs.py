"""What a choice or a command does: show a passage, answer a guide, reach a human, start matching."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from bot import crisis, guide, handoff, outbox, seeking
from bot.messages import Effect, Outcome, Reply
from bot.models import Choice, Holder, Unanswered
from bot.settings import Settings
from bot.stage import Kit, Turn


def chosen(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """Carry out a choice, by button or by number; None when the message was none."""
    choice = _choice(session, turn)
    if choice is None:
        if turn.choice is None:
            return seeking.commanded(session, kit, turn)
        # An id that was never offered here does nothing (and is no text either).
        return Outcome(route="command", replies=(_phrase(turn, "number_not_understood"),))
    choice.used_at = turn.voice.at
    effect = Effect(choice.effect_kind, choice.effect_value)  # type: ignore[arg-type]
    if _must_wait(session, turn, effect):
        return Outcome(route="handoff", replies=waiting_line(session, turn))
    match effect.kind:
        case "passage":
            return _passage(session, turn, effect.value)
        case "answer":
            return _answer(session, kit, turn, chosen=effect.value)
        case _:
            found = seeking.chosen(session, kit, turn, effect.value)
            return found or _VERBS.get(effect.value, _menu)(session, kit, turn)


def questioned(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """An answer to the open questionnaire; None when none is open, or it was no answer."""
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "questionnaire" or turn.choice is not None:
        return None
    return _answer(session, kit, turn, text=turn.text)


def is_plain_answer(session: Session, turn: Turn) -> bool:
    """True if the text is nothing but an answer to the questionnaire, in words that stand in its options.

    What these options mean for somebody's safety is said by themselves (`red_flag`): "heroin and
    xanax" is no overdose where it was asked what was used in the last months.
    """
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "questionnaire" or turn.choice is not None or turn.conversation.risk_open:
        return False
    return guide.is_plain(run, turn.voice, turn.text)


def handed_over(
    session: Session, kit: Kit, turn: Turn, payload: dict[str, Any], topics: tuple[str, ...]
) -> Outcome:
    """What a custom action asked for: questionnaire, crisis or handoff."""
    match payload["handover"]:
        case "questionnaire":
            outcome = seeking.begin(session, kit, turn)
        case "crisis":
            code = str(payload.get("code", "S2"))
            outcome = crisis.start(session, kit, turn, code, turn.verdict_level(code))
        case _:
            outcome = reach_human(session, kit, turn)
    return msgspec.structs.replace(outcome, topics=topics)


def reach_human(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Ask for a counsellor: place and honest wait, or the call-back offer when nobody is there."""
    level = turn.conversation.risk_level or "P3"
    minutes = kit.settings.unclaimed_minutes
    teams = handoff.teams(kit.settings.hours)
    group = _last_group(kit, turn)
    asked = handoff.request(
        session, turn.conversation, "asked", level, turn.voice.at, minutes, teams=teams, group=group
    )
    if asked is None:
        there = handoff.is_open(teams, turn.voice.at) and handoff.present(session, turn.voice.at)
        why = "human_no_language" if there else "human_off_hours"
        return Outcome(route="handoff", replies=(_phrase(turn, why, author="notice"),))
    return Outcome(route="handoff", replies=(_waiting(session, turn, "human_requested"),))


def _last_group(kit: Kit, turn: Turn) -> str:
    """What the last topic is about: a counsellor who knows about it is asked first."""
    passage = kit.library.passages.get((turn.conversation.recall("last_topic"), turn.voice.lang))
    return passage.group if passage else ""


def asked_in_danger(session: Session, kit: Kit, turn: Turn) -> tuple[Reply, ...]:
    """A human was asked for while a protocol speaks: place in line or call-back, beside its words."""
    if turn.conversation.holder != Holder.BOT:
        return ()
    return reach_human(session, kit, turn).replies


def waiting_line(session: Session, turn: Turn) -> tuple[Reply, ...]:
    """The honest status line for who waits for a counsellor (H3)."""
    return (_waiting(session, turn, "human_waiting"),)


def heard_in_line(session: Session, turn: Turn, outcome: Outcome) -> Outcome:
    """What a protocol says to who waits for a counsellor; never without a number to call (H3).

    The line goes first: the protocol's question, with its options, must stay the last word.
    """
    waits = turn.conversation.holder == Holder.REQUESTED and outcome.route in {"crisis", "check_in"}
    if not waits or any(sign.isdigit() for reply in outcome.replies for sign in reply.text):
        return outcome
    return msgspec.structs.replace(outcome, replies=(*waiting_line(session, turn), *outcome.replies))


def repeated(session: Session, turn: Turn, *, answered: bool) -> tuple[Reply, ...]:
    """The open guide's question once more, after a side question or an unclear answer."""
    run = guide.current(session, turn.conversation)
    return guide.unclear(session, run, turn.voice, answered=answered).replies if run else ()


def keep_unanswered(session: Session, turn: Turn) -> None:
    """Keep a question that nothing answered, encrypted, for review."""
    row = Unanswered(conversation=turn.conversation, language=turn.voice.lang, at=turn.voice.at)
    session.add(row)
    row.text = turn.text


def disclosure(session: Session, turn: Turn, settings: Settings, at: dt.datetime) -> tuple[Reply, ...]:
    """ "I am an automated program": at the start, every few hours, and after days away (rule 10)."""
    conversation = turn.conversation
    if conversation.holder == Holder.CLAIMED or conversation.risk_level == "P0":
        return ()  # where seconds count it waits
    last = conversation.disclosed_at
    if last is None and conversation.risk_open:
        return ()  # the protocol says by itself that it is a program, and its question comes last
    if _lacks_notice(session, turn):
        conversation.disclosed_at = at
        conversation.remember(notice="said")
        return (_phrase(turn, "consent", author="notice"),)
    if last and not _is_due(at - last, settings, minor=bool(conversation.recall("minor"))):
        return ()
    conversation.disclosed_at = at
    return (_phrase(turn, "disclosure", author="notice"),)


def refused(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """ "No" right after the notice erases everything; any other word agrees. None for anything else."""
    conversation = turn.conversation
    if conversation.recall("notice") != "said":
        return None
    conversation.remember(notice="agreed")
    if guide.current(session, conversation) or not guide.says(turn.voice, turn.text, "no"):
        return None  # inside a guide it answers the guide's question
    return seeking.chosen(session, kit, turn, "delete_all")


def _lacks_notice(session: Session, turn: Turn) -> bool:
    """True where no page has shown the notice before, and no question of a guide would be mixed with it."""
    conversation = turn.conversation
    if conversation.channel in outbox.SHOWN_BY_LOG or conversation.recall("notice"):
        return False
    free = conversation.holder == Holder.BOT and conversation.identity.opted_out_at is None
    return free and not conversation.risk_open and guide.current(session, conversation) is None


def _is_due(since: dt.timedelta, settings: Settings, *, minor: bool) -> bool:
    """True if it must be said again; an interval of 0 is switched off (the law of a place may not ask)."""
    hours = settings.disclosure_minor_hours if minor else settings.disclosure_hours
    within = (dt.timedelta(hours=hours), dt.timedelta(days=settings.disclosure_days))
    return any(interval and since >= interval for interval in within)


def _choice(session: Session, turn: Turn) -> Choice | None:
    if turn.choice is not None:
        return outbox.choice(session, turn.conversation, turn.choice)
    number = turn.text.strip().rstrip(".)")
    if not number.isdecimal() or len(number) > 2 or turn.conversation.channel == "web":
        return None
    offered = outbox.offered(session, turn.conversation)
    return offered[int(number) - 1] if 0 < int(number) <= len(offered) else None


def _must_wait(session: Session, turn: Turn, effect: Effect) -> bool:
    """While a human is awaited only the way out of the queue and an open protocol's answers still work."""
    if turn.conversation.holder != Holder.REQUESTED:
        return False
    run = guide.current(session, turn.conversation)
    in_protocol = effect.kind == "answer" and run is not None and run.kind == "protocol"
    return not in_protocol and effect.value not in {"cancel_human", "human"}


def _passage(session: Session, turn: Turn, name: str) -> Outcome:
    passage = turn.voice.passage(name)
    if passage is None:
        return Outcome(route="fallback", replies=(_phrase(turn, "dont_know"),))
    turn.conversation.remember(last_topic=name, fallbacks=0)
    again = repeated(session, turn, answered=True)
    return Outcome(route="answer", replies=(*crisis.coloured(turn), passage, *again), topics=(name,))


def _answer(session: Session, kit: Kit, turn: Turn, *, text: str = "", chosen: str = "") -> Outcome | None:
    run = guide.current(session, turn.conversation)
    if run is None:
        return _menu(session, kit, turn)
    picked = turn.choice is not None
    taken = guide.take(session, run, turn.voice, text=text, chosen=chosen, picked=picked)
    if taken.kind == "aside":
        return None
    if run.kind == "protocol":
        return crisis.after(session, kit, turn, run, taken)
    return seeking.after(session, kit, turn, run, taken)


def _waiting(session: Session, turn: Turn, name: str) -> Reply:
    asked = handoff.open_handoff(session, turn.conversation)
    place = handoff.place(session, asked) if asked and asked.state == "requested" else 1
    minutes = handoff.wait_minutes(session, turn.voice.at)
    if minutes is None:
        return _phrase(turn, f"{name}_unknown", author="notice", place=str(place))
    return _phrase(turn, name, author="notice", place=str(place), wait=str(minutes))


def greeting(turn: Turn) -> Outcome:
    """Hello, and what one can ask."""
    return Outcome(route="smalltalk", replies=(_phrase(turn, "greet"),))


def _menu(session: Session, kit: Kit, turn: Turn) -> Outcome:
    return greeting(turn)


def _language(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Switch to the other language; only the person changes it back."""
    conversation = turn.conversation
    conversation.language = "es" if turn.voice.lang == "en" else "en"
    conversation.language_source = "chosen"
    turn.voice = kit.voice(conversation, turn.voice.at)
    again = repeated(session, turn, answered=True)
    return Outcome(route="command", replies=(_phrase(turn, "language_changed"), *again))


def _cancel_human(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """The person leaves the queue; while a counsellor is there nothing is cancelled."""
    if turn.conversation.holder == Holder.REQUESTED:
        handoff.close(session, turn.conversation, turn.voice.at, "contact", "contact_left_queue")
    return Outcome(route="command", replies=(_phrase(turn, "human_cancelled", author="notice"),))


def _write_back(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Nobody came, and the person wants to be written to later."""
    level = turn.conversation.risk_level or "P3"
    handoff.callback_note(session, turn.conversation, "asked", level, turn.voice.at)
    return Outcome(route="handoff", replies=(_phrase(turn, "human_callback_made", author="notice"),))


def _quick_exit(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Pressed where the page could not leave by itself: how to do it, and the question once more."""
    again = repeated(session, turn, answered=True)
    return Outcome(route="command", replies=(_phrase(turn, "quick_exit_hint", author="safety"), *again))


def _phrase(turn: Turn, name: str, **values: Any) -> Reply:
    return turn.voice.phrase(name, turn.number, **values)


_VERBS: dict[str, Callable[[Session, Kit, Turn], Outcome]] = {
    "human": reach_human,
    "cancel_human": _cancel_human,
    "write_back": _write_back,
    "therapist": seeking.begin,
    "language": _language,
    "quick_exit": _quick_exit,
    "menu": _menu,
}
