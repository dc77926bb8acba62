"""Handoff invariants H1-H8 after every step of random walks: people, counsellors, clocks, deaths."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any
from unittest import mock

import handoff_rules as rules
from consoles import WANTS_HUMAN
from house import topic
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import select
from walk_house import WalkHouse

from bot import handoff, outbox, timers, turn
from bot.console import speaking
from bot.errors import BadInput
from bot.messages import Reply
from bot.models import Callback, Choice, Conversation, Counsellor, Holder

PEOPLE = ("maria", "jo")
STAFF = {"ana": "counsellor", "rosa": "counsellor", "boss": "supervisor"}
DANGER = "i took all the pills just now"
SAYS = ("hello there my friend", "/restart", "/deny", "/handoff", "STOP", "START", "are you there")
JUMPS = (1, 20, 31, 59, 70, 400, 61 * 60, 25 * 3600)
FREE_MOVES = ("next", "accept", "decline", "take_over", "call_back")
MOVES_OF_A_HOLDER = ("release", "close", "invite", "flag")
DEATHS = ("turn.claimed", "turn.screened", "turn.decided", "turn.before_commit")
STEPS = int(os.environ.get("HANDOFF_STEPS", "40"))
WALKS = int(os.environ.get("HANDOFF_WALKS", "12"))


class Died(BaseException):
    """A worker's process ended."""


class Walk(WalkHouse):
    """One house; every rule is one thing that somebody does."""

    @initialize(scene=st.sampled_from(("empty", "waiting", "held")))
    def open_house(self, scene: str) -> None:
        self.build(STAFF)
        # When words of danger were last said to a counsellor, by conversation.
        self.danger: dict[str, dt.datetime] = {}
        if scene != "empty":
            self.a_heart_beats("ana", True)
            self.somebody_asks_for_a_human("maria")
            assert self.conversations_are(Holder.REQUESTED)
        if scene == "held":
            with self.kit.database.begin() as session:
                handoff.claim_next(session, self.counsellor(session, "ana"), self.clock())
            assert self.conversations_are(Holder.CLAIMED)

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(SAYS))
    def somebody_writes(self, who: str, text: str) -> None:
        self.engine.answer = topic("abscess")
        conversation = self.write(who, text)
        before, asked = self.find(conversation), len(self.engine.asked)
        turn.take(self.kit, conversation)
        if before.holder in {Holder.REQUESTED, Holder.CLAIMED}:
            assert len(self.engine.asked) == asked, "Rasa was asked about what is a human's"
        if text == "STOP":
            self.danger.pop(conversation, None)
            return
        # Also after STOP, when no counsellor may write: then the card answers words of danger.
        if before.holder == Holder.CLAIMED and text == DANGER:
            self.danger[conversation] = self.clock()
        if before.holder == Holder.REQUESTED and not before.identity.opted_out_at:
            with self.kit.database.read() as session:
                rules.who_waits_is_heard(session, conversation)

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_writes_words_of_danger(self, who: str) -> None:
        self.somebody_writes(who, DANGER)

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_asks_for_a_human(self, who: str) -> None:
        self.engine.answer = WANTS_HUMAN
        conversation = self.write(who, "can i talk to a person")
        before = self.find(conversation).holder
        turn.take(self.kit, conversation)
        if before == Holder.BOT and self.find(conversation).holder == Holder.REQUESTED:
            with self.kit.database.read() as session:
                assert handoff.present(session, self.clock()), "a human was promised and nobody is there"

    @rule(who=st.sampled_from(PEOPLE), point=st.sampled_from(DEATHS))
    def a_worker_dies_in_the_middle_of_a_turn(self, who: str, point: str) -> None:
        conversation = self.write(who, "hello there my friend")

        def die(here: str) -> None:
            if here == point:
                raise Died

        with mock.patch.object(turn, "crash_here", die):
            try:
                turn.take(self.kit, conversation)
            except Died:
                self.everything_restarts()
        self.clock.pass_(seconds=11)

    @rule(who=st.sampled_from(PEOPLE))
    @precondition(lambda self: self.written > 0)
    def somebody_leaves_the_line(self, who: str) -> None:
        with self.kit.database.read() as session:
            query = select(Choice).where(Choice.effect_value == "cancel_human")
            choices = session.scalars(query.order_by(Choice.id)).all()
            offered = [one.id for one in choices if one.conversation.identity.address == who]
        if offered:
            turn.take(self.kit, self.write(who, "", choice=offered[-1]))

    @rule()
    def a_worker_dies_after_the_bot_has_answered(self) -> None:
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

    @rule(login=st.sampled_from(sorted(STAFF)), on=st.booleans())
    def a_heart_beats(self, login: str, on: bool) -> None:
        with self.kit.database.begin() as session:
            handoff.heartbeat(session, self.counsellor(session, login), self.clock(), available=on)

    @rule(login=st.sampled_from(sorted(STAFF)))
    def a_counsellor_signs_out(self, login: str) -> None:
        with self.kit.database.begin() as session:
            handoff.sign_off(session, self.counsellor(session, login))

    @rule(login=st.sampled_from(sorted(STAFF)), which=st.integers(0, 3))
    def a_counsellor_claims(self, login: str, which: int) -> None:
        self.act(login, which, "claim")

    @rule(login=st.sampled_from(sorted(STAFF)), which=st.integers(0, 3))
    def a_counsellor_answers(self, login: str, which: int) -> None:
        self.act(login, which, "answer")

    @rule(
        login=st.sampled_from(sorted(STAFF)),
        which=st.integers(0, 3),
        move=st.sampled_from(FREE_MOVES + MOVES_OF_A_HOLDER),
    )
    def a_counsellor_acts(self, login: str, which: int, move: str) -> None:
        self.act(login, which, move)

    def act(self, login: str, which: int, move: str) -> None:
        with self.kit.database.read() as session:
            ids = [one.id for one in self.conversations(session)]
        if not ids:
            return
        target = ids[which % len(ids)]
        try:
            with self.kit.database.begin() as session:
                self.move(session, self.counsellor(session, login), target, move)
        except BadInput:
            pass

    def move(self, session: Any, one: Counsellor, target: str, move: str) -> None:
        at = self.clock()
        handoff.heartbeat(session, one, at)
        match move:
            case "claim":
                before = session.get_one(Conversation, target).counsellor_id
                handoff.step_in(session, one, target, at)
                assert before is None, "H1: taken from somebody by a mere claim"
            case "next":
                handoff.claim_next(session, one, at)
            case "accept":
                handoff.accept(session, one, target, at)
            case "decline":
                handoff.decline(session, one, target, at)
            case "take_over":
                handoff.take_over(session, one, target, at)
            case "call_back":
                self.call_back(session, one, target, at)
            case "answer":
                why = handoff.unreachable(session, session.get_one(Conversation, target), at)
                speaking.answer(session, target, one, "a human", f"key-{self.written}-{at}", at)
                assert why is None, "H7: words were taken that cannot arrive"
            case _:
                self.hold(session, one, handoff.holding(session, one, target), move, at)

    def hold(self, session: Any, one: Counsellor, held: Conversation, move: str, at: dt.datetime) -> None:
        if move == "release":
            handoff.release(session, held, at, one.id, 10)
        elif move == "close":
            handoff.close(session, held, at, one.id, "answered")
        elif move == "flag":
            handoff.flag(session, held, one, True, at)
        else:
            other = self.counsellor(session, "rosa" if one.login == "ana" else "ana")
            handoff.invite(session, held, one, other, at)

    def call_back(self, session: Any, one: Counsellor, target: str, at: dt.datetime) -> None:
        handoff.callback_note(session, session.get_one(Conversation, target), "asked", "P3", at)
        open_wish = select(Callback.id).where(Callback.conversation_id == target, Callback.done_at.is_(None))
        handoff.call_back(session, one, session.scalars(open_wish).one(), at)

    @rule(seconds=st.sampled_from(JUMPS))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)

    @rule()
    def timers_fire(self) -> None:
        at = self.clock()
        with self.kit.database.read() as session:
            lost = list(handoff.lost(session, at))
        timers.fire(self.kit)
        with self.kit.database.read() as session:
            rules.nobody_is_forgotten(session, at)
            rules.was_loud(session, lost, at)
            rules.danger_was_answered(session, self.danger, at)

    @rule()
    def everything_restarts(self) -> None:
        self.kit.database.close()
        self.open()

    @rule()
    @precondition(lambda self: self.written > 0)
    def somebody_ends_the_chat(self) -> None:
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
                for claim in rules.CLAIMS:
                    claim(session, conversation)


Walk.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWalk = Walk.TestCase
