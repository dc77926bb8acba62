"""Danger in a turn: opens and closes risk, runs protocols, alerts staff. Waits for nothing."""

from __future__ import annotations

import datetime as dt
from typing import cast

import msgspec
from sqlalchemy.orm import Session

from bot import guide, handoff, safety
from bot.content import Level, known_lang
from bot.errors import ContentError
from bot.messages import Effect, Offer, Outcome, Reply, Understood
from bot.models import Conversation, GuideRun, Holder, Timer
from bot.safety import Context
from bot.stage import Kit, Turn

# Moods of so many turns are remembered, newest first.
_MOODS = 5
# Rasa's crisis intents below this confidence say nothing.
_RASA_SURE = 0.5


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
    if turn.verdict.protocol is None:
        return None
    return _respond(session, kit, turn, turn.verdict.protocol, turn.verdict.level or "P1")


def second_look(session: Session, kit: Kit, turn: Turn, understood: Understood) -> Outcome | None:
    """Rasa's crisis intents, united with the verdict: any one part is enough."""
    found = understood.crisis or {}
    if turn.verdict is None or turn.verdict.crisis or found.get("confidence", 0) < _RASA_SURE:
        return None
    turn.verdict = safety.unite(turn.verdict, found["code"], found["confidence"])
    if turn.verdict.protocol is None:
        return None
    outcome = _respond(session, kit, turn, turn.verdict.protocol, turn.verdict.level or "P1")
    return msgspec.structs.replace(outcome, topics=understood.topics)


def start(session: Session, kit: Kit, turn: Turn, code: str, level: str) -> Outcome:
    """Open the risk, tell staff, and say the first step of the protocol."""
    conversation = turn.conversation
    _open_risk(conversation, code, level, turn.voice.at)
    handoff.alert(session, "risk", turn.voice.at, conversation, level)
    try:
        replies = guide.start(session, conversation, turn.voice, code, level).replies
    except ContentError:
        # A protocol that is missing or broken must not leave the person alone.
        handoff.alert(session, "content.missing", turn.voice.at, conversation, level)
        replies = (turn.voice.card(),)
    return Outcome(route="crisis", replies=_with_human(session, turn, replies), protocol=code, level=level)


def guided(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """An answer to the open protocol; None when none is open, or it was no answer (ask Rasa)."""
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "protocol" or turn.choice is not None:
        return None
    taken = guide.take(session, run, turn.voice, text=turn.text)
    return None if taken.kind == "aside" else after(session, turn, run, taken)


def after(session: Session, turn: Turn, run: GuideRun, taken: guide.Taken) -> Outcome:
    """What a step of a protocol changes: risk raised, or closed by the person's own words."""
    conversation = turn.conversation
    if taken.safe:
        _close_risk(conversation)
    elif taken.level:
        _open_risk(conversation, run.guide, taken.level, turn.voice.at)
    return Outcome(route="crisis", replies=taken.replies, protocol=run.guide, level=run.level)


def repeated(session: Session, turn: Turn, *, answered: bool) -> tuple[Reply, ...]:
    """The open protocol's question once more, after something that was no answer to it."""
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "protocol":
        return ()
    return guide.unclear(session, run, turn.voice, answered=answered).replies


def check_in(turn: Turn) -> tuple[Reply, ...]:
    """One gentle question where the verdict asks for it, and no protocol is open."""
    if turn.verdict is None or not turn.verdict.check_in or turn.conversation.risk_open:
        return ()
    return (turn.voice.phrase("check_in", turn.number, author="safety"),)


def held(session: Session, turn: Turn, code: str, level: str) -> Outcome:
    """A counsellor holds the conversation: the console is alerted, the card waits 30 seconds."""
    conversation = turn.conversation
    _open_risk(conversation, code, level, turn.voice.at)
    handoff.alert(session, "risk", turn.voice.at, conversation, level)
    if level == "P0":
        due = turn.voice.at + dt.timedelta(seconds=handoff.CARD_SECONDS)
        session.add(Timer(conversation=conversation, kind="card", due_at=due))
    return Outcome(route="crisis", protocol=code, level=level)


def _respond(session: Session, kit: Kit, turn: Turn, code: str, level: str) -> Outcome:
    if turn.conversation.holder == Holder.CLAIMED:
        return held(session, turn, code, level)
    run = guide.current(session, turn.conversation)
    if run is None or run.kind != "protocol" or not _is_same_danger(run, code, level):
        return start(session, kit, turn, code, level)
    # Words of danger inside its own protocol are answers to it, not a new beginning.
    taken = guide.take(session, run, turn.voice, text=turn.text)
    if taken.kind == "aside":
        taken = guide.unclear(session, run, turn.voice, answered=False)
    return after(session, turn, run, taken)


def _is_same_danger(run: GuideRun, code: str, level: str) -> bool:
    """True if the open protocol already answers this danger at least as urgently."""
    same = safety.family(run.guide.partition("/")[0]) == safety.family(code)
    return same and (run.level or "P3") <= level


def _open_risk(conversation: Conversation, code: str, level: str, at: dt.datetime) -> None:
    conversation.risk_level = min(conversation.risk_level or level, level)
    conversation.risk_protocol = code
    conversation.risk_since = conversation.risk_since or at


def _close_risk(conversation: Conversation) -> None:
    conversation.risk_level = conversation.risk_protocol = conversation.risk_since = None


def _with_human(session: Session, turn: Turn, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The last reply with a way to a counsellor, if one is on shift: nobody is promised in vain."""
    if not replies or turn.conversation.holder != Holder.BOT:
        return replies
    if not handoff.present(session, turn.voice.at):
        return replies
    human = Offer(turn.voice.label("human"), Effect("verb", "human"))
    last = msgspec.structs.replace(replies[-1], offers=(*replies[-1].offers, human))
    return (*replies[:-1], last)
