"""Handoff invariants H1-H8 after every step of random walks: people, counsellors, clocks, restarts."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from consoles import WANTS_HUMAN
from house import Clock, Engine, topic
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from bot import content, db, handoff, inbox, outbox, safety, timers, turn
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.errors import BadInput
from bot.messages import Arrival, Reply
from bot.models import Conversation, Counsellor, Event, Handoff, Holder, Message, State, Timer
from bot.settings import Settings
from bot.stage import Kit

LIBRARY = content.load(strict=False)
PEOPLE = ("maria", "jo")
STAFF = ("ana", "rosa")
SAYS = ("hello there my friend", "i took all the pills just now", "/restart", "/deny", "are you there")
JUMPS = (1, 20, 59, 70, 400, 61 * 60, 25 * 3600)
# Design rule 4, said here once more so that a change over there is noticed.
MAY_SPEAK = {
    Holder.BOT: {"bot", "safety", "notice", "counsellor"},
    Holder.REQUESTED: {"safety", "notice"},
    Holder.CLAIMED: {"counsellor", "notice"},
    Holder.CLOSED: {"safety", "notice", "counsellor"},
}
STEPS = int(os.environ.get("HANDOFF_STEPS", "40"))
WALKS = int(os.environ.get("HANDOFF_WALKS", "12"))


@cache
def empty_tables() -> Path:
    """Migrated once; each walk begins with a copy."""
    path = Path(tempfile.mkdtemp()) / "empty.db"
    db.migrate(f"sqlite:///{path}")
    return path


class Walk(RuleBasedStateMachine):
    """One house; every rule is one thing that somebody does."""

    @initialize()
    def open_house(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'walk.db'}"
        self.key = new_key()
        shutil.copy(empty_tables(), Path(self.folder.name) / "walk.db")
        self.clock, self.engine = Clock(), Engine()
        self.written = 0
        self.open()
        with self.kit.database.begin() as session:
            for login in STAFF:
                row = Counsellor(login=login, name=login.title(), role="counsellor", created_at=self.clock())
                row.new_key(self.kit.database.vault)
                session.add(row)

    def open(self) -> None:
        self.kit = Kit(
            database=Database(self.url, Vault([self.key])),
            library=LIBRARY,
            dialogue=self.engine,
            settings=Settings(),
            screen=safety.lexicon_only,
            encode=lambda text: {},
            now=self.clock,
        )

    def teardown(self) -> None:
        if hasattr(self, "kit"):
            self.kit.database.close()
            self.folder.cleanup()

    def counsellor(self, session: Any, login: str) -> Counsellor:
        return session.scalars(select(Counsellor).where(Counsellor.login == login)).one()

    def conversations(self, session: Any) -> list[Conversation]:
        return list(session.scalars(select(Conversation).order_by(Conversation.created_at, Conversation.id)))

    def write(self, who: str, text: str) -> str:
        self.written += 1
        arrival = Arrival(
            channel="terminal",
            address=who,
            provider_id=str(self.written),
            at=self.clock(),
            text=text,
            country="US",
        )
        with self.kit.database.begin() as session:
            return inbox.receive(session, arrival).conversation_id

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(SAYS))
    def somebody_writes(self, who: str, text: str) -> None:
        self.engine.answer = topic("abscess")
        before = self.written
        conversation = self.write(who, text)
        with self.kit.database.read() as session:
            held = session.get_one(Conversation, conversation).holder
        turn.take(self.kit, conversation)
        if held == Holder.REQUESTED:
            assert self.heard_since(conversation, before), "H3: no silence while a human is awaited"

    def heard_since(self, conversation: str, _before: int) -> bool:
        with self.kit.database.read() as session:
            last = session.scalar(
                select(func.max(Message.seq)).where(
                    Message.conversation_id == conversation, Message.direction == "in"
                )
            )
            query = select(Message.id).where(Message.conversation_id == conversation, Message.seq > last)
            return session.scalar(query.where(Message.sent_at.is_not(None)).limit(1)) is not None

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_asks_for_a_human(self, who: str) -> None:
        self.engine.answer = WANTS_HUMAN
        conversation = self.write(who, "can i talk to a person")
        turn.take(self.kit, conversation)

    @rule(who=st.sampled_from(PEOPLE))
    def a_worker_dies_after_the_bot_has_answered(self, who: str) -> None:
        """A reply is stored, and sent only after whatever comes next."""
        with self.kit.database.begin() as session:
            for conversation in self.conversations(session):
                if conversation.holder != Holder.CLOSED:
                    outbox.put(session, conversation, [Reply(text="computed before")], self.clock())

    @rule()
    def deliveries_go_on(self) -> None:
        with self.kit.database.begin() as session:
            for conversation in self.conversations(session):
                outbox.show(session, conversation, self.clock())

    @rule(login=st.sampled_from(STAFF), on=st.booleans())
    def a_heart_beats(self, login: str, on: bool) -> None:
        with self.kit.database.begin() as session:
            handoff.heartbeat(session, self.counsellor(session, login), self.clock(), available=on)

    @rule(login=st.sampled_from(STAFF))
    def a_counsellor_signs_out(self, login: str) -> None:
        with self.kit.database.begin() as session:
            handoff.sign_off(session, self.counsellor(session, login))

    @rule(login=st.sampled_from(STAFF), data=st.data())
    def a_counsellor_acts(self, login: str, data: st.DataObject) -> None:
        with self.kit.database.read() as session:
            ids = [one.id for one in self.conversations(session)]
        if not ids:
            return
        target = data.draw(st.sampled_from(ids))
        move = data.draw(st.sampled_from(("claim", "answer", "release", "close", "invite", "accept")))
        try:
            with self.kit.database.begin() as session:
                self.move(session, self.counsellor(session, login), target, move)
        except BadInput:
            pass

    def move(self, session: Any, counsellor: Counsellor, target: str, move: str) -> None:
        at = self.clock()
        handoff.heartbeat(session, counsellor, at)
        if move == "claim":
            handoff.step_in(session, counsellor, target, at)
            return
        if move == "accept":
            handoff.accept(session, counsellor, target, at)
            return
        conversation = handoff.holding(session, counsellor, target)
        if move == "answer":
            outbox.put(
                session,
                conversation,
                [Reply(text="a human", author="counsellor")],
                at,
                counsellor=counsellor.id,
            )
            outbox.show(session, conversation, at)
        elif move == "release":
            handoff.release(session, conversation, at, counsellor.id, 10)
        elif move == "close":
            handoff.close(session, conversation, at, counsellor.id, "answered")
        else:
            other = self.counsellor(session, STAFF[counsellor.login == STAFF[0]])
            handoff.invite(session, conversation, counsellor, other, at)

    @rule(seconds=st.sampled_from(JUMPS))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)

    @rule()
    def timers_fire(self) -> None:
        timers.fire(self.kit)
        with self.kit.database.read() as session:
            assert not handoff.lost(session, self.clock()), "H6: a lost counsellor still holds something"
            query = select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= self.clock())
            assert session.scalar(query.limit(1)) is None
            limit = self.clock() - handoff.PRESENCE * 11
            for waiting in handoff.queue(session):
                assert waiting.released or waiting.requested_at > limit, "H4: somebody waits beyond the limit"

    @rule()
    def everything_restarts(self) -> None:
        self.kit.database.close()
        self.open()

    @rule(who=st.sampled_from(PEOPLE))
    @precondition(lambda self: self.written > 0)
    def somebody_ends_the_chat(self, who: str) -> None:
        with self.kit.database.begin() as session:
            for conversation in self.conversations(session)[-1:]:
                if conversation.holder != Holder.CLOSED:
                    handoff.contact_ended(session, conversation, self.clock())

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "kit"):
            return
        with self.kit.database.read() as session:
            for conversation in self.conversations(session):
                self.one_owner(session, conversation)
                self.nobody_talks_over_the_other(session, conversation)
                self.the_log_has_no_gap(session, conversation)

    def one_owner(self, session: Any, conversation: Conversation) -> None:
        """H1, H8: at most one open handoff, and it agrees with the conversation."""
        rows = session.scalars(select(Handoff).where(Handoff.conversation_id == conversation.id)).all()
        opened = [row for row in rows if row.state != "closed"]
        assert len(opened) <= 1
        if conversation.holder in {Holder.REQUESTED, Holder.CLAIMED}:
            assert [row.state for row in opened] == [conversation.holder]
            assert opened[0].counsellor_id == conversation.counsellor_id
            assert (conversation.counsellor_id is not None) == (conversation.holder == Holder.CLAIMED)
        else:
            assert not opened
            assert conversation.counsellor_id is None

    def nobody_talks_over_the_other(self, session: Any, conversation: Conversation) -> None:
        """H2: between a request and the hand-back, nothing of the bot's was delivered."""
        holder = Holder.BOT
        query = select(Event).where(Event.conversation_id == conversation.id).order_by(Event.number)
        for event in session.scalars(query):
            if event.kind in {"state", "closed"}:
                holder = Holder((event.data or {})["holder"])
            elif event.message is not None and event.message.direction == "out":
                message = event.message
                card = message.author == "safety" and message.kind == "card"
                assert message.author in MAY_SPEAK[holder] or card
                assert message.state != State.WITHHELD

    def the_log_has_no_gap(self, session: Any, conversation: Conversation) -> None:
        """H5: every number is there, and every message stands in order."""
        query = select(Event.number).where(Event.conversation_id == conversation.id).order_by(Event.number)
        numbers = list(session.scalars(query))
        assert numbers == list(range(1, conversation.next_event))


Walk.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWalk = Walk.TestCase
