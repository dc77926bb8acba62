"""People who ask one question after another while processes die, and what must hold for each of them."""

from __future__ import annotations

import threading
import time
from typing import Any

from town import Town, Visitor, Writer, counted, until

from bot.crypt import Vault
from bot.db import Database
from bot.models import Message, State

TOPICS = ("abscess", "sepsis", "hepatitis_c", "hiv", "blood_clots", "skin_infection", "collapsed_veins")
# What is said when a question was asked again and again in vain: the last word, and no answer.
GIVEN_UP = "ry again in a moment"
KEPT = ("keep your question", "question is kept")


class Crowd:
    """Two visitors of the website and two people with phones."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.visitors = [Visitor(town) for _ in range(2)]
        self.writers = [Writer(town, "sms", f"+1202555{n:04}") for n in range(2)]
        self.broken: list[AssertionError] = []
        self._over = threading.Event()
        people = (*self.visitors, *self.writers)
        self._threads = [threading.Thread(target=self._ask, args=(one, n)) for n, one in enumerate(people)]

    def start(self) -> None:
        """Everybody begins to write."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Everybody has written the last question and waits for its answer."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.broken:
            raise self.broken[0]
        until(lambda: all(not unanswered(visitor.log()) for visitor in self.visitors))
        until(self._all_is_sent)

    def check(self) -> dict[str, int]:
        """Nothing is lost, doubled or out of order; the counts that are worth keeping."""
        logs = [visitor.log() for visitor in self.visitors]
        for visitor, log in zip(self.visitors, logs, strict=True):
            check_log(log, visitor.acknowledged)
        for writer in self.writers:
            self._check_writer(writer)
        said = [one for log in logs for one in said_of(log)]
        sent = self.town.providers.sent
        return {
            "questions": sum(len(one.acknowledged) for one in (*self.visitors, *self.writers)),
            "answers": sum(bool(one.get("passage")) for one in said),
            "kept_and_answered_later": sum(any(word in one["text"] for word in KEPT) for one in said),
            "given_up": sum(GIVEN_UP in one["text"] for one in said),
            "repeated_to_the_provider_under_one_key": len(sent) - len({one.key for one in sent}),
        }

    def close(self) -> None:
        """Give back the connections."""
        for one in (*self.visitors, *self.writers):
            one.close()

    def _ask(self, person: Any, number: int) -> None:
        asked = 0
        try:
            while not self._over.is_set():
                asked += 1
                person.write(f"question {number}.{asked} about {TOPICS[asked % len(TOPICS)]}")
                time.sleep(0.05)
        except AssertionError as error:
            self.broken.append(error)

    def _all_is_sent(self) -> bool:
        waiting = (State.RECEIVED, State.SCREENED, State.ASKED, State.QUEUED, State.SENDING)
        return all(row.state not in waiting for writer in self.writers for row in self._rows(writer))

    def _check_writer(self, writer: Writer) -> None:
        """Each message is stored once and in order; each reply was sent, in order, under one key."""
        rows = self._rows(writer)
        numbers = [row.provider_id for row in rows if row.direction == "in"]
        assert numbers == writer.numbers, "a message is missing, doubled or out of order"
        mine = [one for one in self.town.providers.sent if one.address == writer.address]
        texts = {one.key: one.text for one in mine}
        assert all(texts[one.key] == one.text for one in mine), "one key, two texts"
        order = list(dict.fromkeys(one.key.rpartition("-")[0] for one in mine))
        replies = [row for row in rows if row.direction == "out"]
        assert {row.state for row in replies} <= {State.SENT, State.DELIVERED}, "a reply was not sent"
        assert order == [row.id for row in replies], "a reply is missing, or out of order"
        assert rows[-1].direction == "out", "the last question has no answer"

    def _rows(self, writer: Writer) -> list[Message]:
        settings = self.town.settings
        database = Database(settings.database_url, Vault.from_text(settings.keys))
        with database.read() as session:
            hashed = database.vault.lookup_hash("address:sms", writer.address)
            rows = session.query(Message).filter_by(channel="sms").order_by(Message.seq)
            found = [row for row in rows if row.conversation.identity.address_hash == hashed]
        database.close()
        return found


def asked_of(log: list[dict[str, Any]]) -> list[str]:
    """What the person wrote, as the log shows it."""
    return [e["data"]["text"] for e in log if e["event"] == "message" and e["data"]["author"] == "contact"]


def said_of(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the person was shown."""
    return [e["data"] for e in log if e["event"] == "message" and e["data"]["author"] != "contact"]


def unanswered(log: list[dict[str, Any]]) -> list[str]:
    """The questions after the last answer; a promise that one is kept is no answer."""
    left: list[str] = []
    for event in log:
        data = event["data"]
        if event["event"] != "message":
            continue
        if data["author"] == "contact":
            left.append(data["text"])
        elif is_answer(data):
            left = []
    return left


def is_answer(data: dict[str, Any]) -> bool:
    """True for the bot's own words, but for the promise that a question is kept."""
    return data["author"] == "bot" and not any(word in data["text"] for word in KEPT)


def check_log(log: list[dict[str, Any]], acknowledged: list[str]) -> None:
    """Everything acknowledged is there once and in order, and each stretch of questions has its answer."""
    assert [event["id"] for event in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert asked_of(log) == acknowledged
    assert max(counted([one["id"] for one in said_of(log)]).values()) == 1, "shown twice"
    stretch: list[str] = []
    for event in log:
        data = event["data"]
        if event["event"] == "message" and data["author"] == "contact":
            stretch.append(data["text"])
        elif event["event"] == "message" and is_answer(data) and stretch:
            named = any(text.endswith(data.get("passage") or "?") for text in stretch)
            assert named or GIVEN_UP in data["text"], "answered out of order"
            stretch = []
    assert not stretch, "a question without an answer"
