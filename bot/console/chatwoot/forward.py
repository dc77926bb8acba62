"""What waits for a human or is with one goes to Chatwoot, in order; who is there comes from Chatwoot."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import eventlog, handoff
from bot.console import summary
from bot.console.chatwoot.client import Chatwoot
from bot.errors import TryLater
from bot.models import ChatwootThread, Conversation, Counsellor, Handoff, Message
from bot.stage import Kit

log = structlog.get_logger()
LOGIN = "chatwoot"
LOOK_SECONDS = 2.0
# Presence is asked for less often than it runs out.
_BEAT_ROUNDS = 8
_DANGER = frozenset({"P0", "P1"})


class Bridge:
    """A thread that forwards and beats, until `stop`."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.chatwoot = Chatwoot(kit.settings)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chatwoot", daemon=True)

    def start(self) -> None:
        """Begin; the account that stands for the team in Chatwoot is made when it is missing."""
        with self.kit.database.begin() as session:
            team(session, self.kit)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Let the running round finish."""
        self._stopping.set()
        self.kit.database.wakeups.announce(eventlog.CONSOLE)
        self._thread.join(seconds)
        self.chatwoot.close()

    def _run(self) -> None:
        ready = threading.Event()
        stop = self.kit.database.wakeups.subscribe(eventlog.CONSOLE, ready.set)
        rounds = 0
        while not self._stopping.is_set():
            ready.clear()
            try:
                if rounds % _BEAT_ROUNDS == 0:
                    beat(self.kit, self.chatwoot)
                forward(self.kit, self.chatwoot)
            except TryLater as error:
                log.warning("chatwoot.away", error=str(error))
                self._stopping.wait(LOOK_SECONDS)
            rounds += 1
            ready.wait(LOOK_SECONDS)
        stop()


def team(session: Session, kit: Kit) -> Counsellor:
    """The account that stands for all agents in Chatwoot. Nobody can sign in with it."""
    found = session.scalar(select(Counsellor).where(Counsellor.login == LOGIN))
    if found is None:
        found = Counsellor(login=LOGIN, name="Chatwoot", role="supervisor", created_at=kit.now())
        found.languages, found.capacity = "en,es", 99
        found.new_key(session.info["vault"])
        session.add(found)
        session.flush()
    return found


def beat(kit: Kit, chatwoot: Chatwoot) -> None:
    """The team is there while an agent is online; silence from Chatwoot is nobody (H6)."""
    online = chatwoot.anybody_online()
    with kit.database.begin() as session:
        one = team(session, kit)
        if online or handoff.load(session, one):
            handoff.heartbeat(session, one, kit.now(), available=online)
        elif one.available:
            handoff.sign_off(session, one)


def forward(kit: Kit, chatwoot: Chatwoot) -> None:
    """Send what is new in every open handoff, and resolve those that are over.

    A kill between Chatwoot's answer and our note of it repeats one message there; none is lost.
    """
    with kit.database.read() as session:
        open_ones = session.scalars(select(Handoff.conversation_id).where(Handoff.ended_at.is_(None))).all()
        told = session.scalars(select(ChatwootThread.conversation_id).where(ChatwootThread.open)).all()
    for conversation_id in open_ones:
        _send(kit, chatwoot, conversation_id)
    for conversation_id in set(told) - set(open_ones):
        _resolve(kit, chatwoot, conversation_id)


def _send(kit: Kit, chatwoot: Chatwoot, conversation_id: str) -> None:
    with kit.database.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        thread = session.get(ChatwootThread, conversation_id)
        handed = handoff.open_handoff(session, conversation)
        mine = thread is not None and thread.open
        fresh = _after(session, conversation_id, thread.forwarded if thread else 0)
        if handed is None or (mine and not fresh):
            return
        number = thread.number if thread else 0
        about = {"level": handed.level, "reason": handed.reason, "language": conversation.language}
        quotes = summary.by_quotes(fresh)
        lines = [(one.seq, *_said(one)) for one in fresh]
    if not mine:
        number = chatwoot.open_conversation(f"Person {conversation_id[-6:]}", about)
        head = " · ".join(f"{name}: {value}" for name, value in about.items())
        quoted = "\n".join(f"“{one['quote']}”" for one in quotes)
        chatwoot.say(number, f"{head}\nQuotes, made by machine:\n{quoted}", by_person=False)
        _note(kit, conversation_id, number, lines[0][0] - 1 if lines else 0)
    for seq, text, by_person in lines:
        chatwoot.say(number, text, by_person=by_person)
        _note(kit, conversation_id, number, seq)


def _after(session: Session, conversation_id: str, seq: int) -> Sequence[Message]:
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > seq)
    rows = session.scalars(query.order_by(Message.seq)).all()
    # What an agent wrote there is known there.
    return [
        one for one in rows if one.text and not str((one.body or {}).get("console_key", "")).startswith(LOGIN)
    ]


def _said(message: Message) -> tuple[str, bool]:
    """Text and whether the person wrote it; words of danger are marked."""
    if message.direction == "in":
        mark = f"[{message.level}] " if message.level in _DANGER else ""
        return f"{mark}{message.text}", True
    return f"{message.author}: {message.text}", False


def _note(kit: Kit, conversation_id: str, number: int, seq: int) -> None:
    with kit.database.begin() as session:
        row = ChatwootThread(conversation_id=conversation_id, number=number, forwarded=seq, open=True)
        session.merge(row)


def _resolve(kit: Kit, chatwoot: Chatwoot, conversation_id: str) -> None:
    with kit.database.begin() as session:
        thread = session.get_one(ChatwootThread, conversation_id)
        thread.open = False
        number = thread.number
    chatwoot.resolve(number)
