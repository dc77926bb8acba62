"""What a turn says after Rasa was asked: its answer in words, what it handed over, or the fixed reply."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy.orm import Session

from bot import answering, crisis, handoff, verbs
from bot.messages import Answered, Outcome
from bot.stage import Kit, Turn


def unanswered(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """Rasa is silent: the fixed reply with numbers, staff are alerted, a guide asks again."""
    handoff.alert(session, "dialogue.down", kit.now(), turn.conversation)
    reply = turn.voice.phrase("rasa_silent", turn.number)
    again = verbs.repeated(session, turn, answered=False)
    check = crisis.check_in(session, turn)
    return Outcome(route="check_in" if check else "fallback", replies=(*check, reply, *again))


def composed(session: Session, kit: Kit, turn: Turn, answered: Answered) -> Outcome:
    """What is said with Rasa's answer: danger it saw first, then a gentle question, then the answer."""
    if found := crisis.second_look(session, kit, turn, answered.understood):
        return found
    outcome = _drafted(session, kit, turn, answered)
    check = crisis.check_in(session, turn)
    if not check:
        return outcome
    # Beside a question about life and death "I did not understand" would be noise.
    kept = () if outcome.route in {"fallback", "smalltalk"} else outcome.replies
    return msgspec.structs.replace(outcome, route="check_in", replies=(*check, *kept))


def _drafted(session: Session, kit: Kit, turn: Turn, answered: Answered) -> Outcome:
    """The engine's answer in words, or what it handed over."""
    conversation = turn.conversation
    fallbacks = conversation.recall("fallbacks", 0)
    drafted = answering.draft(answered, turn.voice, fallbacks=fallbacks, turn=turn.number)
    conversation.remember(fallbacks=0 if conversation.risk_open else drafted.fallback)
    if drafted.topics:
        conversation.remember(last_topic=drafted.topics[-1])
    if drafted.handover and not _only_maybe(turn, drafted.handover):
        return verbs.handed_over(session, kit, turn, drafted.handover, drafted.topics)
    if drafted.handover:
        drafted = answering.Draft(
            route="fallback", replies=(turn.voice.phrase("dont_know", turn.number),), topics=drafted.topics
        )
    if drafted.route == "fallback":
        verbs.keep_unanswered(session, turn)
    # Small talk in the middle of a protocol would be a voice from another room.
    noise = drafted.route in {"fallback", "smalltalk"}
    again = verbs.repeated(session, turn, answered=not noise)
    if again and noise and conversation.risk_open:
        level, code = conversation.risk_level, conversation.risk_protocol
        return Outcome(route="crisis", replies=again, protocol=code, level=level)
    coloured = crisis.coloured(turn) if drafted.route == "answer" else ()
    return Outcome(
        route=drafted.route,
        replies=(*coloured, *(() if again and noise else drafted.replies), *again),
        topics=drafted.topics,
        boundary=drafted.boundary,
    )


def _only_maybe(turn: Turn, handover: dict[str, Any]) -> bool:
    """True where Rasa alone thinks of danger and is not sure: then one gentle question is asked."""
    if handover["handover"] != "crisis" or turn.verdict is None or turn.verdict.protocol:
        return False
    turn.verdict = msgspec.structs.replace(turn.verdict, check_in=True)
    return True
