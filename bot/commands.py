"""Messages that are no questions: STOP, START, HELP, moving to another channel, and what is not words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal

from sqlalchemy.orm import Session

from bot import crisis, guide, handoff, inbox, joining, seeking, verbs
from bot.content import Commands
from bot.messages import Outcome, Reply
from bot.models import Holder
from bot.stage import Kit, Turn

Command = Literal["stop", "weak", "start", "help", "join"]
# A person writes less, a script more; bursts are answered together and count by message.
MOST_IN_A_MINUTE = 60
# A longer text is a story, whatever words stand in it.
_MOST_WORDS = 12
# Where a conversation is ended by a button, and nothing is ever sent unasked.
_NO_STOP = frozenset({"web"})
_NOT_WORDS = frozenset({"media", "reaction", "deleted", "left", "group", "unknown"})


def obeyed(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """What the messages command; None when they are for somebody else to answer."""
    kind = turn.messages[0].kind
    if kind in _NOT_WORDS:
        return _not_words(turn, kind)
    if turn.choice is None and (found := _commanded(session, kit, turn)):
        return found
    if turn.conversation.identity.opted_out_at is None:
        return _flooded(session, turn)
    if turn.conversation.holder == Holder.CLAIMED:
        return None  # a protocol does not talk over a counsellor, not even one who may not write
    # After STOP: whoever is in danger and writes is helped, all else is kept and stays unanswered.
    return crisis.guided(session, kit, turn) or Outcome(route="command")


def noted(turn: Turn) -> tuple[Reply, ...]:
    """That an edited message was read anew, said after its answer."""
    edited = turn.messages[0].kind == "edited"
    return (turn.voice.phrase("edited", turn.number, author="notice"),) if edited else ()


def meaning(words: Iterable[Commands], text: str) -> Command | None:
    """The command in a text, in any language: a phrase of its own, or "stop" about messages."""
    said = _plain(text)
    if not said or len(said.split()) > _MOST_WORDS:
        return None
    for known in words:
        if found := _meaning(_folded(known), said):
            return found
    return None


def _commanded(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    if erasing := verbs.refused(session, kit, turn) or seeking.erasing(session, kit, turn):
        return erasing
    if code := joining.code_in(turn.text):
        return joining.accept(session, kit, turn, code)
    words = kit.library.commands.values()
    meant = [meaning(words, message.text) for message in turn.messages]
    stops = [one for one in meant if one in {"stop", "weak", "start"}]
    if turn.conversation.channel not in _NO_STOP and stops and not _answers(session, kit, turn):
        return _STOPS[stops[-1]](session, kit, turn)
    if len(meant) == 1 and meant[0] == "join":
        return joining.offer(session, kit, turn)
    if len(meant) == 1 and meant[0] == "help" and turn.conversation.channel not in _NO_STOP:
        return _help(session, turn)
    if _plain(turn.text) == "yes" and _is_handled(turn):
        # The carrier takes YES for START; to us it may be an answer as well.
        turn.conversation.identity.opted_out_at = None
    return None


def _flooded(session: Session, turn: Turn) -> Outcome | None:
    """Too many messages in a minute: all are kept and screened, but not each one is answered (S9)."""
    conversation, at = turn.conversation, turn.voice.at
    minute = dt.timedelta(minutes=1)
    before = inbox.handled_before(session, conversation, MOST_IN_A_MINUTE)
    if before is None or at - before > minute or conversation.risk_open:
        return None
    told = conversation.recall("slowed_at")
    if told and at - dt.datetime.fromisoformat(told) < minute:
        return Outcome(route="command")
    conversation.remember(slowed_at=at.isoformat())
    return Outcome(route="command", replies=(_notice(turn, "slow_down"),))


def _answers(session: Session, kit: Kit, turn: Turn) -> bool:
    """True for "don't contact me" where the questionnaire asks how to be reached; never for STOP itself."""
    said = _plain(turn.text)
    outright = any(said in _folded(known)["stop"] for known in kit.library.commands.values())
    return not outright and not _is_handled(turn) and verbs.is_plain_answer(session, turn)


def _stop(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """No more messages, confirmed once with a number to call; staff learn of it if there is danger."""
    conversation = turn.conversation
    first = conversation.identity.opted_out_at is None
    conversation.identity.opted_out_at = conversation.identity.opted_out_at or turn.voice.at
    if conversation.risk_open and first:
        handoff.alert(session, "risk.stopped", turn.voice.at, conversation, conversation.risk_level)
        joining.card_elsewhere(session, kit, turn)
    if _is_handled(turn) or not first:
        return Outcome(route="command")
    return Outcome(route="command", replies=(_notice(turn, "unsubscribed"),))


def _weak(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """ "End" inside a guide is an answer to it, unless the carrier has already cut the line."""
    run = guide.current(session, turn.conversation)
    if _is_handled(turn) or run is None:
        return _stop(session, kit, turn)
    if run.kind == "questionnaire":
        return None
    again = crisis.repeated(session, turn, answered=True)
    said = turn.voice.phrase("stop_or_go_on", turn.number, author="safety")
    return Outcome(route="crisis", replies=(said, *again))


def _start(session: Session, kit: Kit, turn: Turn) -> Outcome | None:
    """Back again: the open protocol goes on where it was."""
    identity = turn.conversation.identity
    if identity.opted_out_at is None:
        # Where a guide is open or a human is awaited or there, it is a message like any other.
        busy = guide.current(session, turn.conversation) or turn.conversation.holder != Holder.BOT
        return None if busy else verbs.greeting(turn)
    identity.opted_out_at = None
    said = () if _is_handled(turn) else (_notice(turn, "resubscribed"),)
    return Outcome(route="command", replies=(*said, *verbs.repeated(session, turn, answered=True)))


def _help(session: Session, turn: Turn) -> Outcome:
    """What one can write and whom one can call; the carrier's own answer is not said again."""
    said = () if _is_handled(turn) else (_notice(turn, "help"),)
    return Outcome(route="command", replies=(*said, *verbs.repeated(session, turn, answered=True)))


def _not_words(turn: Turn, kind: str) -> Outcome:
    conversation = turn.conversation
    if kind in {"deleted", "left"} or conversation.identity.opted_out_at:
        return Outcome(route="command")
    if kind in {"reaction", "group"}:
        # Once is polite; under each of twenty thumbs it would be a nuisance.
        if conversation.recall(f"told_{kind}"):
            return Outcome(route="command")
        conversation.remember(**{f"told_{kind}": True})
    name = {"media": "media_received", "reaction": "reaction_seen", "group": "private_only"}
    return Outcome(route="command", replies=(_notice(turn, name.get(kind, "unknown_received")),))


def _notice(turn: Turn, name: str) -> Reply:
    return turn.voice.phrase(name, turn.number, author="notice")


def _is_handled(turn: Turn) -> bool:
    return any((message.body or {}).get("handled") for message in turn.messages)


def _meaning(known: dict[str, frozenset[str]], said: str) -> Command | None:
    kinds: tuple[Command, ...] = ("stop", "weak", "start", "help", "join")
    for kind in kinds:
        if said in known[kind] or _without(said, known["fillers"]) in known[kind]:
            return kind
    words = said.split()
    acts, things = known["acts"], known["things"]
    if not acts & set(words) or not things & set(words):
        return None
    return "stop" if set(words) <= acts | things | known["polite"] else None


def _without(said: str, fillers: frozenset[str]) -> str:
    return " ".join(word for word in said.split() if word not in fillers)


@lru_cache(maxsize=8)
def _folded(words: Commands) -> dict[str, frozenset[str]]:
    lists = ("stop", "weak", "start", "help", "join", "acts", "things", "polite")
    folded = {name: frozenset(_plain(one) for one in getattr(words, name)) for name in lists}
    return folded | {"fillers": frozenset({"please", "pls", "plz", "por", "favor", "porfa", "porfavor"})}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one for one in letters if not unicodedata.combining(one) and one not in "'’`´")
    return " ".join(re.sub(r"[^\w\s]", " ", kept).split())


_STOPS: dict[Command | None, Callable[[Session, Kit, Turn], Outcome | None]] = {
    "stop": _stop,
    "weak": _weak,
    "start": _start,
}
