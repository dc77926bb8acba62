"""What danger changes in a turn: which protocol speaks, what an answer leads to, what is kept for later."""

from __future__ import annotations

import datetime as dt
from typing import cast

import msgspec
from sqlalchemy.orm import Session

from bot import guide, handoff, safety
from bot.content import Level, known_lang
from bot.crisis import checkin, risk
from bot.errors import ContentError
from bot.messages import Effect, Offer, Outcome, Reply, Understood
from bot.models import Conversation, GuideRun, Holder, Timer
from bot.safety import Context
from bot.stage import Kit, Turn

# Moods of so many turns are remembered, newest first.
_MOODS = 5
# Where a danger that had to wait is taken up again: it is asked about, not begun anew.
_ASK_AGAIN = "check"


def context(conversation: Conversation) -> Context:
    """What the screen should know of the conversation."""
    return Context(
        lang=known_lang(conversation.language),
        moods=tuple(conversation.recall("moods", ())),
        open_risk=cast(Level | None, conversation.risk_level),
        open_protocol=conversation.risk_protocol,
        last_topic=conversation.recall("last_topic"),
    )


def notice(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """The protocol's reply if the verdict asks for one; None when there is no danger to answer."""
    if turn.verdict is None:
        return None  # the screen is down: the card goes out with whatever answer there is
    conversation = turn.conversation
    moods = [turn.verdict.distress, *conversation.recall("moods", ())]
    conversation.remember(moods=moods[:_MOODS])
    if any(signal.code == "K4" for signal in turn.verdict.signals):
        risk.young(conversation)
    if turn.verdict.protocol is None:
        return None
    return _respond(session, kit, turn, turn.verdict.protocol, turn.verdict.level or "P1")


def second_look(session: Session, kit: Kit, turn: Turn, understood: Understood) -> Outcome | None:
    """Rasa's crisis intents, united with the verdict: any one part is enough."""
    found = understood.crisis or {}
    if turn.verdict is None or turn.verdict.crisis or not found:
        return None
    turn.verdict = safety.unite(turn.verdict, found["code"], found["confidence"])
    if turn.verdict.protocol is None:
        return None
    outcome = _respond(session, kit, turn, turn.verdict.protocol, turn.verdict.level or "P1")
    return msgspec.structs.replace(outcome, topics=understood.topics)


def start(
    session: Session, kit: Kit, turn: Turn, code: str, level: str, *, step: str | None = None
) -> Outcome:
    """Open the risk, tell staff, and say the first step of the protocol (or `step`, if it has one)."""
    conversation = turn.conversation
    running = guide.current(session, conversation)
    if running and risk.is_running(running) and step is None:
        open_code = risk.code_of(conversation, running)
        risk.set_aside(conversation, open_code, running.level or "P1", code)
    risk.opened(session, conversation, code, level, turn.voice.at)
    if step is None:
        risk.counted(session, conversation, "crisis", turn.voice.at, code)
    try:
        replies = guide.start(session, conversation, turn.voice, code, level, step=step).replies
    except ContentError:
        # A protocol that is missing or broken must not leave the person alone.
        handoff.alert(session, "content.missing", turn.voice.at, conversation, level)
        replies = (turn.voice.card(),)
    return Outcome(route="crisis", replies=_with_human(session, turn, replies), protocol=code, level=level)


def guided(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """An answer to the open protocol or gentle question; None when none is open, or it was no answer."""
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "protocol" or turn.choice is not None:
        return None
    if not risk.is_running(run):
        taken = checkin.answered(session, turn, run)
        return after(session, kit, turn, run, taken) if taken else None
    taken = guide.take(session, run, turn.voice, text=turn.text)
    if taken.kind == "aside":
        if run.level != "P0":
            return None
        # A life is at risk: nothing may be waited for, whatever the words meant.
        asked = guide.asks(turn.voice, turn.text)
        taken = guide.unclear(session, run, turn.voice, answered=asked)
        taken = _put_off(turn, taken) if asked else taken
    return after(session, kit, turn, run, taken)


def _put_off(turn: Turn, taken: guide.Taken) -> guide.Taken:
    """The protocol's question, after a word that what was asked has been read and must wait."""
    last = taken.replies[-1]
    first = turn.voice.phrase("this_first", turn.number)
    said = msgspec.structs.replace(last, text=f"{first.text} {last.text}")
    return msgspec.structs.replace(taken, replies=(*taken.replies[:-1], said))


def after(session: Session, kit: Kit, turn: Turn, run: GuideRun, taken: guide.Taken) -> Outcome:
    """What a step of a protocol changes: risk raised, or closed by the person's own words."""
    if taken.broken:
        handoff.alert(session, "content.missing", turn.voice.at, turn.conversation)
    if taken.red_flag:
        code = checkin.code_for(turn.conversation, taken.red_flag)
        return start(session, kit, turn, code, risk.level_of(code, None))
    if run.guide == risk.CHECK:
        replies = (*taken.replies, *checkin.resumed(session, turn))
        return Outcome(route="check_in", replies=replies)
    code = risk.code_of(turn.conversation, run)
    if taken.safe:
        return _safe(session, kit, turn, code, taken)
    if taken.level or turn.conversation.risk_protocol != code:
        level = taken.level or run.level or risk.level_of(code, None)
        risk.opened(session, turn.conversation, code, level, turn.voice.at, tell=False)
    shown = turn.conversation.risk_level or run.level
    return Outcome(route="crisis", replies=taken.replies, protocol=code, level=shown)


def repeated(session: Session, turn: Turn, *, answered: bool) -> tuple[Reply, ...]:
    """The open protocol's question once more, after something that was no answer to it."""
    run = guide.current(session, turn.conversation)
    if run is None or not risk.is_running(run):
        return ()
    return guide.unclear(session, run, turn.voice, answered=answered).replies


def coloured(turn: Turn) -> tuple[Reply, ...]:
    """What stands before an answer to another matter while risk is open: that it is not forgotten."""
    return (turn.voice.phrase("topic_after_crisis", turn.number),) if turn.conversation.risk_open else ()


def _respond(session: Session, kit: Kit, turn: Turn, code: str, level: str) -> Outcome:
    conversation = turn.conversation
    if conversation.holder == Holder.CLAIMED:
        return _held(session, turn, code, level)
    run = guide.current(session, conversation)
    if run is None or not risk.is_running(run):
        return start(session, kit, turn, code, level)
    running, running_level = risk.code_of(conversation, run), run.level or "P3"
    if risk.takes_over(code, level, running, running_level):
        return start(session, kit, turn, code, level)
    # Words of danger inside its own protocol are answers to it, not a new beginning.
    taken = guide.take(session, run, turn.voice, text=turn.text)
    if taken.kind == "aside":
        if risk.may_replace(code, level, running, running_level):
            return start(session, kit, turn, code, level)
        taken = guide.unclear(session, run, turn.voice, answered=False)
    risk.set_aside(conversation, code, level, running)
    return after(session, kit, turn, run, taken)


def _safe(session: Session, kit: Kit, turn: Turn, code: str, taken: guide.Taken) -> Outcome:
    """This danger is over. One that had to wait is asked about now; else the risk closes."""
    conversation = turn.conversation
    level = conversation.risk_level
    waiting = risk.next_aside(conversation, code)
    if waiting:
        conversation.risk_level = None
        return start(session, kit, turn, *waiting, step=_ASK_AGAIN)
    risk.counted(session, conversation, "safe", turn.voice.at, code)
    risk.closed(conversation)
    replies = _with_questions(session, turn, taken.replies)
    return Outcome(route="crisis", replies=replies, protocol=code, level=level)


def _held(session: Session, turn: Turn, code: str, level: str) -> Outcome:
    """A counsellor holds the conversation: the console is alerted, the card waits 30 seconds."""
    conversation = turn.conversation
    risk.opened(session, conversation, code, level, turn.voice.at)
    if level == "P0":
        due = turn.voice.at + dt.timedelta(seconds=handoff.CARD_SECONDS)
        answers = turn.messages[-1].id
        session.add(Timer(conversation=conversation, kind="card", value=answers, due_at=due))
    return Outcome(route="crisis", protocol=code, level=level)


def _with_human(session: Session, turn: Turn, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The last reply with a way to a counsellor, if one is on shift: nobody is promised in vain."""
    if turn.conversation.holder != Holder.BOT or not handoff.present(session, turn.voice.at):
        return replies
    return _offering(turn, replies, "human")


def _with_questions(session: Session, turn: Turn, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The last reply with a way back to the questionnaire that danger had interrupted."""
    return _offering(turn, replies, "therapist") if guide.paused(session, turn.conversation) else replies


def _offering(turn: Turn, replies: tuple[Reply, ...], verb: str) -> tuple[Reply, ...]:
    if not replies:
        return replies
    offer = Offer(turn.voice.label(verb), Effect("verb", verb))
    last = msgspec.structs.replace(replies[-1], offers=(*replies[-1].offers, offer))
    return (*replies[:-1], last)
