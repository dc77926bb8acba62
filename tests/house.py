"""A house without doors for tests: people write, turns are taken, replies are read; the clock is ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from bot import inbox, timers, turn
from bot.dialogue import Question
from bot.errors import DialogueError
from bot.messages import Answered, Arrival, Outcome, Understood
from bot.models import Conversation, Message
from bot.stage import Kit

NOON = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> dt.datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        """Let time pass: `clock.pass_(minutes=61)`."""
        self.at += dt.timedelta(**span)


@dataclass
class Engine:
    """A scripted stand-in for Rasa: answers what the test says, or fails."""

    answer: Answered = field(default_factory=lambda: said("dont_know"))
    down: bool = False
    asked: list[Question] = field(default_factory=list)

    def ask(self, question: Question) -> Answered:
        self.asked.append(question)
        if self.down:
            raise DialogueError("Rasa did not answer: a test says so")
        return self.answer


def said(phrase: str, *near: str) -> Answered:
    """The engine chose a phrase."""
    return Answered(replies=({"say": phrase},), understood=Understood(near=near))


def topic(*names: str) -> Answered:
    """The engine recognised topics."""
    return Answered(
        replies=({"passage": names[0]},),
        understood=Understood(intent=f"learn/{names[0]}", confidence=0.9, topics=names, near=names),
        events=({"event": "user"},),
    )


@dataclass
class House:
    """A gateway without doors: people write, turns are taken, replies are read."""

    kit: Kit
    clock: Clock
    engine: Engine
    written: int = 0

    def says(self, text: str, who: str = "maria", **arrival: Any) -> Outcome:
        """Somebody writes on the terminal channel and the turn is taken."""
        conversation = self.write(text, who, **arrival)
        outcome = turn.take(self.kit, conversation)
        assert outcome is not None
        return outcome

    def write(self, text: str, who: str = "maria", **arrival: Any) -> str:
        """Somebody writes; nobody has looked at it yet. Returns the conversation's id."""
        self.written += 1
        values: dict[str, Any] = {
            "channel": "terminal",
            "address": who,
            "provider_id": f"{who}-{self.written}",
            "at": self.clock(),
            "text": text,
            "country": "US",
        }
        with self.kit.database.begin() as session:
            return inbox.receive(session, Arrival(**(values | arrival))).conversation_id

    def chooses(self, label: str, who: str = "maria") -> Outcome:
        """Somebody presses the newest choice with this label."""
        conversation = self.conversation(who)
        with self.kit.database.read() as session:
            rows = [m for m in self.thread(who, session) if m.direction == "out"]
            choices = [c for m in rows for c in (m.body or {}).get("choices", []) if c["label"] == label]
        assert choices, f"no choice {label!r} was offered"
        self.written += 1
        with self.kit.database.begin() as session:
            row = session.get_one(Conversation, conversation.id)
            arrival = Arrival(
                channel="terminal",
                address=who,
                provider_id=f"{who}-{self.written}",
                at=self.clock(),
                kind="choice",
                choice=choices[-1]["id"],
            )
            inbox.append(session, row, arrival)
        outcome = turn.take(self.kit, conversation.id)
        assert outcome is not None
        return outcome

    def conversation(self, who: str = "maria") -> Conversation:
        """The newest conversation of somebody."""
        vault = self.kit.database.vault
        hashed = vault.lookup_hash("address:terminal", who)
        with self.kit.database.read() as session:
            rows = session.query(Conversation).order_by(Conversation.created_at.desc()).all()
            return next(row for row in rows if row.identity.address_hash == hashed)

    def thread(self, who: str, session: Any) -> list[Message]:
        """All messages of somebody, in order."""
        conversation = self.conversation(who)
        rows = session.query(Message).filter_by(conversation_id=conversation.id).order_by(Message.seq)
        return list(rows)

    def heard(self, who: str = "maria") -> list[str]:
        """What somebody was shown, oldest first."""
        with self.kit.database.read() as session:
            return [m.text for m in self.thread(who, session) if m.direction == "out" and m.sent_at]

    def later(self, **span: float) -> None:
        """Time passes and timers fire."""
        self.clock.pass_(**span)
        timers.fire(self.kit)
