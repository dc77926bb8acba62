"""A model of a street: people write, providers repeat and fail, workers die, the clock jumps."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house import Clock, Engine, topic
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot import content, db, delivery, inbox, outbox, safety, timers, turn
from bot.channels import Channels
from bot.channels.contract import Limits, Outgoing
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.errors import Refused, TryLater
from bot.messages import Arrival
from bot.models import Conversation, Message, State
from bot.settings import Settings
from bot.stage import Kit

STEPS = int(os.environ.get("MODEL_STEPS", "18"))
WALKS = int(os.environ.get("MODEL_WALKS", "6"))
PEOPLE = ("maria", "omar")
SAYS = (
    "what is an abscess",
    "hello my friend",
    "STOP",
    "START",
    "end",
    "HELP",
    "i took all the pills just now",
)
FAILS = ("busy", "lost", "refused")
JUMPS = (1, 70, 700, 61 * 60, 25 * 3600)
LIBRARY = content.load()
EMPTY = Path(tempfile.mkdtemp(prefix="lantern-model-")) / "empty.db"


@dataclass
class Post:
    """A provider in memory, that fails as it is told."""

    names = ("post",)
    taken: list[Outgoing] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)
    provider: Any = None

    def limits(self, name: str) -> Limits:
        return Limits(text=400)

    def send(self, outgoing: Outgoing) -> str:
        fault = self.failing.pop() if self.failing else ""
        if fault == "busy":
            raise TryLater("busy", code="503")
        if fault == "refused":
            raise Refused("no", code="400")
        self.taken.append(outgoing)
        if fault == "lost":
            raise TryLater("the answer was lost", code="timeout")
        return f"{len(self.taken)}"


class Street(RuleBasedStateMachine):
    """See the module."""

    @initialize()
    def open_house(self) -> None:
        if not EMPTY.exists():
            db.migrate(f"sqlite:///{EMPTY}")
        self.folder = Path(tempfile.mkdtemp(prefix="lantern-model-"))
        shutil.copyfile(EMPTY, self.folder / "model.db")
        self.clock, self.post, self.vault = Clock(), Post(), Vault([new_key()])
        self.arrivals: list[Arrival] = []
        random.seed(1)
        self.open()

    def open(self) -> None:
        self.kit = Kit(
            database=Database(f"sqlite:///{self.folder / 'model.db'}", self.vault),
            library=LIBRARY,
            dialogue=Engine(topic("abscess")),
            settings=Settings(var=self.folder),
            channels=Channels({"post": self.post}),  # type: ignore[dict-item]
            screen=safety.screen,
            encode=lambda text: {},
            now=self.clock,
        )

    def teardown(self) -> None:
        if not hasattr(self, "kit"):
            return
        self.post.failing.clear()
        for _ in range(3):
            self.clock.pass_(hours=1)
            self.work_goes_on()
        with self.kit.database.read() as session:
            rows = session.query(Message).all()
            waiting = {State.RECEIVED, State.SCREENED, State.ASKED, State.QUEUED, State.SENDING}
            assert not [row.state for row in rows if row.state in waiting], "something still waits"
            assert len([row for row in rows if row.direction == "in"]) == len(self.arrivals)
        self.kit.database.close()
        shutil.rmtree(self.folder)

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(SAYS))
    def somebody_writes(self, who: str, text: str) -> None:
        number = f"n{len(self.arrivals)}"
        arrival = Arrival(
            channel="post", address=who, provider_id=number, at=self.clock(), text=text, country="US"
        )
        self.arrivals.append(arrival)
        self.deliver_in(arrival)

    @rule(data=st.data())
    def the_provider_repeats_itself(self, data: st.DataObject) -> None:
        if self.arrivals:
            self.deliver_in(data.draw(st.sampled_from(self.arrivals)))

    def deliver_in(self, arrival: Arrival) -> None:
        with self.kit.database.begin() as session:
            inbox.receive(session, arrival)

    @rule()
    def work_goes_on(self) -> None:
        while turn.take(self.kit) is not None:
            pass
        timers.fire(self.kit)
        while delivery.deliver(self.kit, "post"):
            pass

    @rule()
    def a_worker_dies_with_a_turn_in_hand(self) -> None:
        with self.kit.database.begin() as session:
            inbox.claim(session, self.clock())

    @rule()
    def a_sender_dies_with_a_message_in_hand(self) -> None:
        with self.kit.database.begin() as session:
            outbox.claim(session, "post", self.clock())

    @rule(fault=st.sampled_from(FAILS))
    def the_provider_will_fail(self, fault: str) -> None:
        self.post.failing.append(fault)

    @rule(seconds=st.sampled_from(JUMPS))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_(seconds=seconds)

    @rule()
    def everything_restarts(self) -> None:
        self.kit.database.close()
        self.open()

    @invariant()
    def nothing_came_out_of_order_or_under_two_texts(self) -> None:
        if not hasattr(self, "kit"):
            return
        for who in PEOPLE:
            mine = [one for one in self.post.taken if one.address == who]
            texts = {one.key: one.part.text for one in mine}
            assert all(texts[one.key] == one.part.text for one in mine), "one key, one text"
            order = [key.rpartition("-")[0] for key in dict.fromkeys(one.key for one in mine)]
            assert order == sorted(order), "ids grow with time"

    @invariant()
    def everything_acknowledged_is_there_once_and_in_order(self) -> None:
        if not hasattr(self, "kit"):
            return
        with self.kit.database.read() as session:
            rows = session.query(Message).filter_by(direction="in").order_by(Message.id).all()
            assert [row.provider_id for row in rows] == [one.provider_id for one in self.arrivals]
            for one in session.query(Conversation):
                seqs = [r.seq for r in session.query(Message).filter_by(conversation_id=one.id)]
                assert sorted(seqs) == list(range(1, one.next_seq))


Street.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestStreet = Street.TestCase
