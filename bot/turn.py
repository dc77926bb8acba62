"""One message from inbox to outbox. Read this first.

    claim      lease the conversation that waited longest, read its new messages     (transaction)
    screen     every message a person wrote, before all else
    decide     crisis? who holds it? a choice? a guide open?                        (transaction)
    ask        Rasa, with the database closed, five seconds at most
    answer     the engine's ids become words; replies and its events are stored     (transaction)

Each stage can be repeated: a worker that dies leaves a lease which runs out, Rasa keeps nothing,
and replies are stored in the same transaction that closes the messages.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import structlog
from sqlalchemy.orm import Session

from bot import (
    again,
    answering,
    commands,
    composing,
    crisis,
    eventlog,
    handoff,
    inbox,
    language,
    outbox,
    verbs,
)
from bot.crash import crash_here
from bot.dialogue import Question
from bot.errors import DialogueError
from bot.messages import Answered, Outcome
from bot.models import Conversation, Holder, Message, State
from bot.safety import Verdict
from bot.stage import Kit, Turn

log = structlog.get_logger()
LONGEST_QUESTION = 2_000
# A message that broke this many turns is answered with the emergency card and shown to staff. A process
# that is killed counts too, so there are more tries than a broken message needs.
MOST_ATTEMPTS = 8


def take(kit: Kit, only: str | None = None) -> Outcome | None:
    """Handle the new messages of one conversation; None when nobody waits."""
    turn = _claim(kit, only)
    if turn is None:
        return None
    if turn.messages[0].attempts > MOST_ATTEMPTS:
        _give_up(kit, turn)
        return turn.outcome
    crash_here("turn.claimed")
    turn.verdict = _screen(kit, turn)
    crash_here("turn.screened")
    _decide(kit, turn)
    crash_here("turn.decided")
    if turn.outcome is None and turn.question is not None:
        answered = _ask(kit, turn.question)
        crash_here("turn.asked")
        _answer(kit, turn, answered)
        crash_here("turn.stored")
    elif turn.outcome is not None and turn.question is not None:
        _afterwards(kit, turn, turn.outcome, turn.question)
    return turn.outcome


def _claim(kit: Kit, only: str | None) -> Turn | None:
    at = kit.now()
    # Looking costs no lock; on SQLite a transaction that may write holds up every other.
    with kit.database.read() as session:
        if not inbox.is_waiting(session, at, only):
            return None
    with kit.database.begin() as session:
        claimed = inbox.claim(session, at, only)
        if claimed is None:
            return None
        conversation = session.get_one(Conversation, claimed[0])
        messages = _together(inbox.pending(session, conversation))
        if not messages:
            inbox.close(session, conversation, (), at)
            return None
        for message in messages:
            message.attempts += 1
        return _read(kit, conversation, messages, claimed[1])


def _together(pending: Sequence[Message]) -> Sequence[Message]:
    """The messages of one turn: a burst of texts is answered once, a choice is a turn of its own."""
    fresh = [message for message in pending if not again.is_kept(message)]
    if fresh and fresh[0].kind != "text":
        return fresh[:1]  # pressed while a question is kept: that can wait, a press cannot
    texts = next((n for n, message in enumerate(pending) if message.kind != "text"), len(pending))
    return pending[: texts or 1]


def _read(kit: Kit, conversation: Conversation, messages: Sequence[Message], token: int) -> Turn:
    text = "\n".join(message.text for message in messages)
    body = messages[0].body or {}
    lang, source = language.decide(text, conversation.language, conversation.language_source)
    conversation.language, conversation.language_source = lang, source
    return Turn(
        conversation=conversation,
        messages=messages,
        token=token,
        text=text,
        choice=body.get("choice"),
        voice=kit.voice(conversation, kit.now()),
        context=crisis.context(conversation),
    )


def _screen(kit: Kit, turn: Turn) -> Verdict | None:
    """The verdict on the text; None when the whole screen is down (the card goes out then)."""
    if turn.choice is not None:
        return Verdict()
    try:
        return kit.screen(turn.text, turn.context)
    except Exception as error:  # whatever broke, the person gets the card and staff are told
        log.error("screen.down", error=type(error).__name__, conversation=turn.conversation.id)
        return None


def _decide(kit: Kit, turn: Turn) -> None:
    """Crisis, holder, choice, guide: all that needs no Rasa. Leaves a question for the rest."""
    with kit.database.begin() as session:
        conversation = _again(session, turn)
        if conversation is None:
            return
        if turn.verdict is not None and turn.verdict.signals and verbs.is_plain_answer(session, turn):
            turn.verdict = Verdict()
        outcome = (
            crisis.notice(session, kit, turn)
            or commands.obeyed(session, kit, turn)
            or _held(session, kit, turn)
            or verbs.chosen(session, kit, turn)
            or crisis.guided(session, kit, turn)
            or _questioned(session, kit, turn)
        )
        # What is a human's, or waits for one, is not asked of Rasa, whatever else was in it.
        if turn.text and (
            outcome is None or (outcome.route == "crisis" and conversation.holder == Holder.BOT)
        ):
            turn.question = _question(kit, turn)
        if outcome is None:
            for message in turn.messages:
                message.state = State.ASKED
            return
        _finish(session, kit, turn, verbs.heard_in_line(session, turn, outcome))


def _give_up(kit: Kit, turn: Turn) -> None:
    """A dead letter: the card and a way to a human go out, staff are alerted, the next message is taken."""
    with kit.database.begin() as session:
        if _again(session, turn) is None:
            return
        handoff.alert(session, "turn.failed", kit.now(), turn.conversation)
        sorry = turn.voice.phrase("rasa_silent", turn.number)
        _finish(session, kit, turn, Outcome(route="fallback", replies=(sorry,)))
        for message in turn.messages:
            message.state = State.FAILED


def _again(session: Session, turn: Turn) -> Conversation | None:
    """The turn's rows in a new transaction; None when the lease was lost to another worker."""
    # Read anew, never merged: since then others may have written into the conversation and counted on.
    turn.conversation = session.get_one(Conversation, turn.conversation.id)
    turn.messages = [session.get_one(Message, message.id) for message in turn.messages]
    return turn.conversation if inbox.is_held(session, turn.conversation, turn.token) else None


def _held(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """While a human is awaited: one honest line. While one is there: silence."""
    match turn.conversation.holder:
        case Holder.CLAIMED:
            return Outcome(route="handoff")
        case Holder.REQUESTED:
            # The protocol goes on: its words are `safety`'s, who may speak now.
            going_on = verbs.chosen(session, kit, turn) or crisis.guided(session, kit, turn)
            return going_on or Outcome(route="handoff", replies=verbs.waiting_line(session, turn))
    return None


def _questioned(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """An answer to the questionnaire; words that sound low are asked about before its next question."""
    outcome = verbs.questioned(session, kit, turn)
    check = crisis.check_in(session, turn) if outcome and outcome.route == "match" else ()
    return Outcome(route="check_in", replies=check) if check else outcome


def _question(kit: Kit, turn: Turn) -> Question:
    conversation = turn.conversation
    text = turn.text[:LONGEST_QUESTION]
    last = conversation.recall("last_topic")
    passage = kit.library.passages.get((last, turn.voice.lang))
    return Question(
        id=conversation.id,
        text=text,
        lang=turn.voice.lang,
        vectors=kit.encode(text),
        metadata={
            "country": conversation.country,
            "last_topic": last,
            "last_title": passage.title if passage else None,
            "risk": conversation.risk_level,
        },
        events=conversation.events or [],
    )


def _ask(kit: Kit, question: Question) -> Answered | None:
    try:
        return kit.dialogue.ask(question)
    except DialogueError as error:
        log.error("dialogue.down", error=str(error), conversation=question.id)
        return None


def _afterwards(kit: Kit, turn: Turn, outcome: Outcome, question: Question) -> None:
    """What else was in words of danger: the reply is out. A topic is noted, a wish for a human granted."""
    answered = _ask(kit, question)
    topics = answering.topics_of(answered) if answered else ()
    human = answered is not None and answered.replies[0].get("handover") == "handoff"
    if not topics and not human:
        return
    with kit.database.begin() as session:
        conversation = session.get_one(Conversation, turn.conversation.id)
        eventlog.lock(session, conversation)
        if topics:
            conversation.remember(last_topic=topics[-1])
        turn.conversation = conversation
        added = verbs.asked_in_danger(session, kit, turn) if human else ()
        outbox.put(session, conversation, added, kit.now(), answers=turn.messages[-1].id)
        outbox.show(session, conversation, kit.now())
    turn.outcome = msgspec.structs.replace(outcome, topics=topics, replies=(*outcome.replies, *added))


def _answer(kit: Kit, turn: Turn, answered: Answered | None) -> None:
    with kit.database.begin() as session:
        if _again(session, turn) is None:
            return
        if answered is None:
            _unanswered(session, kit, turn)
            return
        turn.conversation.events = list(answered.events)
        _finish(session, kit, turn, composing.composed(session, kit, turn, answered))


def _unanswered(session: Session, kit: Kit, turn: Turn) -> None:
    """Rasa is silent: the fixed reply, and the question is kept; after the last try it is a dead letter."""
    told = again.was_told(turn)
    if again.may_be_kept(session, turn):
        if not told:
            handoff.alert(session, "dialogue.down", kit.now(), turn.conversation)
        _finish(session, kit, turn, again.sorry(turn), kept=True)
        return
    _finish(session, kit, turn, composing.unanswered(session, kit, turn))
    for message in turn.messages if told else ():
        message.state = State.FAILED


def _shows_danger(turn: Turn, outcome: Outcome) -> bool:
    """True for words of danger; a plain answer inside a protocol is marked only when it raises the level."""
    seen = turn.verdict is None or turn.verdict.crisis
    return seen or outcome.level != turn.context.open_risk


def _finish(session: Session, kit: Kit, turn: Turn, outcome: Outcome, *, kept: bool = False) -> None:
    """Store replies, close the messages (or keep them), deliver where delivery is our own event log."""
    at = kit.now()
    conversation = turn.conversation
    replies = list(outcome.replies)
    if replies or turn.verdict is None:
        replies += [*commands.noted(turn), *verbs.disclosure(session, turn, kit.settings, at)]
    if turn.verdict is None:
        replies.insert(0, turn.voice.card())
        handoff.alert(session, "screen.down", at, conversation)
    for message in turn.messages:
        message.route, message.protocol = outcome.route, outcome.protocol
        message.level = outcome.level if _shows_danger(turn, outcome) else None
    outbox.put(session, conversation, replies, at, answers=turn.messages[-1].id)
    if kept:
        again.keep(session, turn, at)
    inbox.close(session, conversation, () if kept else turn.messages, at)
    outbox.show(session, conversation, at)
    if conversation.waiting_since:
        eventlog.touch(session, eventlog.WORK)
    crash_here("turn.before_commit")
    turn.outcome = msgspec.structs.replace(outcome, replies=tuple(replies))
