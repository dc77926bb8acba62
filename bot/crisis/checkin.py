"""One gentle question where the screen is not sure: yes starts a protocol, no is believed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot import guide, safety
from bot.crisis.risk import CHECK, counted, is_running
from bot.errors import ContentError
from bot.messages import Reply
from bot.models import Conversation, GuideRun, Holder
from bot.stage import Turn

# So many messages later the same question may be asked again: asked twice in a row it is a form.
_PAUSE = 12
# A longer "no" holds something else, which deserves its own answer.
_SHORT_WORDS = 6
_ABOUT_BODY = frozenset({"O", "M", "W", "K3", "K8"})
_ABOUT_PEOPLE = frozenset({"K4", "K5", "K6", "K7"})


def check_in(session: Session, turn: Turn) -> tuple[Reply, ...]:
    """The question, where the verdict asks for one and nothing urgent is open; it opens a short guide."""
    conversation, verdict = turn.conversation, turn.verdict
    if verdict is None or not verdict.check_in or conversation.risk_open or conversation.holder != Holder.BOT:
        return ()
    if _just_asked(conversation, turn.number) or is_running(guide.current(session, conversation)):
        return ()
    hint = next((signal.hint for signal in verdict.signals if signal.hint), None)
    conversation.remember(checked=turn.number, hint=hint)
    counted(session, conversation, "check_in", turn.voice.at)
    try:
        return guide.start(session, conversation, turn.voice, CHECK, step=_question(hint)).replies
    except ContentError:
        return (turn.voice.card(),)


def answered(session: Session, turn: Turn, run: GuideRun) -> guide.Taken | None:
    """What an answer to the gentle question leads to; None when it was none (the question is let go)."""
    meant = guide.read(run, turn.voice, turn.text)
    more = len(turn.text.split()) > _SHORT_WORDS
    if not meant.options or (more and meant.options == ("no",)):
        run.state = "done"
        return None
    return guide.take(session, run, turn.voice, text=turn.text)


def code_for(conversation: Conversation, flag: str) -> str:
    """The protocol for a yes: the one that was suspected, where the question was about its kind."""
    hint: str | None = conversation.recall("hint")
    return hint if hint and _question(hint) == _question(flag) != "mood" else flag


def resumed(session: Session, turn: Turn) -> tuple[Reply, ...]:
    """The questionnaire that was interrupted goes on."""
    run = guide.paused(session, turn.conversation)
    return guide.resume(session, run, turn.voice).replies if run else ()


def _just_asked(conversation: Conversation, number: int) -> bool:
    asked: int = conversation.recall("checked", 0)
    return bool(asked) and number - asked < _PAUSE


def _question(code: str | None) -> str:
    """The step of the guide that asks about this kind of danger."""
    family = safety.family(code) if code else "S"
    if family in _ABOUT_BODY:
        return "body"
    return "people" if family in _ABOUT_PEOPLE else "mood"
