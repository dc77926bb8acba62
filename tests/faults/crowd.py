"""People who ask one question after another while processes die, and what must hold for each of them."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
from town import Town, Visitor, Writer, counted, until

from bot.crypt import Vault
from bot.db import Database
from bot.models import Conversation, Identity, Message, State

TOPICS = ("abscess", "sepsis", "hepatitis_c", "hiv", "blood_clots", "skin_infection", "collapsed_veins")
# What is said when a question was asked again and again in vain: the last word, and no answer.
GIVEN_UP = "ry again in a moment"
EACH = 6
# Whoever writes more than 60 messages a minute is told to slow down, and gets no answers (S9).
PAUSE_SECONDS = 1.1
KEPT = ("keep your question", "question is kept")


class Row(msgspec.Struct):
    """A message as it is stored, opened."""

    id: str
    seq: int
    direction: str
    author: str
    state: State
    provider_id: str | None
    answers_id: str | None
    content: str | None
    route: str | None
    protocol: str | None
    text: str

    @property
    def topic(self) -> str:
        """The topic of an answer; empty for other words."""
        kind, _, name = (self.content or "").partition("/")
        return name.rpartition("/")[2] if kind == "passages" else ""

    @property
    def is_promise(self) -> bool:
        """True for the word that a question is kept, which is no answer."""
        return any(word in self.text for word in KEPT)


class Crowd:
    """Visitors of the website and people with phones, as many of each."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.visitors = [Visitor(town) for _ in range(EACH)]
        self.writers = [Writer(town, "sms", f"+1202555{n:04}") for n in range(EACH)]
        self.broken: list[AssertionError] = []
        self._over = threading.Event()
        self.people: list[Visitor | Writer] = [*self.visitors, *self.writers]
        self._threads = [threading.Thread(target=self._ask, args=(p, n)) for n, p in enumerate(self.people)]

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
        until(self._all_is_settled)

    def check(self) -> dict[str, int]:
        """Nothing is lost, doubled or out of order; the counts that are worth keeping."""
        for visitor in self.visitors:
            check_log(visitor.log(), visitor.acknowledged)
            check_answers(self._rows(visitor))
        for writer in self.writers:
            check_answers(self._rows(writer))
            self._check_sent(writer)
        said = [row for one in self.people for row in self._rows(one) if row.direction == "out"]
        sent = self.town.providers.sent
        return {
            "questions": sum(len(one.acknowledged) for one in self.people),
            "answers": sum(row.topic in TOPICS for row in said),
            "kept_and_answered_later": sum(row.is_promise for row in said),
            "given_up": sum(GIVEN_UP in row.text for row in said),
            "repeated_to_the_provider_under_one_key": len(sent) - len({one.key for one in sent}),
        }

    def close(self) -> None:
        """Let nobody write any more, and give back the connections."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for one in self.people:
            one.close()

    def _ask(self, person: Visitor | Writer, number: int) -> None:
        asked = 0
        try:
            while not self._over.is_set():
                asked += 1
                person.write(f"question {number}.{asked} about {TOPICS[asked % len(TOPICS)]}")
                self._over.wait(PAUSE_SECONDS)
        except AssertionError as error:
            self.broken.append(error)

    def _all_is_settled(self) -> bool:
        waiting = (State.RECEIVED, State.SCREENED, State.ASKED, State.QUEUED, State.SENDING)
        return all(row.state not in waiting for one in self.people for row in self._rows(one))

    def _check_sent(self, writer: Writer) -> None:
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

    def _rows(self, person: Visitor | Writer) -> list[Row]:
        settings = self.town.settings
        database = Database(settings.database_url, Vault.from_text(settings.keys))
        with database.read() as session:
            rows = session.query(Message).join(Conversation).order_by(Message.seq)
            if isinstance(person, Visitor):
                rows = rows.filter(Conversation.id == person.conversation)
            else:
                hashed = database.vault.lookup_hash("address:sms", person.address)
                rows = rows.join(Identity).filter(Identity.address_hash == hashed)
            found = [Row(**{name: getattr(row, name) for name in Row.__struct_fields__}) for row in rows]
        database.close()
        return found


def asked_of(log: list[dict[str, Any]]) -> list[str]:
    """What the person wrote, as the log shows it."""
    return [e["data"]["text"] for e in log if e["event"] == "message" and e["data"]["author"] == "contact"]


def said_of(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the person was shown."""
    return [e["data"] for e in log if e["event"] == "message" and e["data"]["author"] != "contact"]


def check_log(log: list[dict[str, Any]], acknowledged: list[str]) -> None:
    """Everything acknowledged is there once and in order, and nothing is shown twice."""
    assert [event["id"] for event in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert asked_of(log) == acknowledged
    assert max(counted([one["id"] for one in said_of(log)]).values()) == 1, "shown twice"


def check_answers(rows: list[Row]) -> None:
    """Every answer is to its own question, in the order of the questions, and the last one has its answer.

    A burst is answered once, by the answer to its last message. The next question may come while an
    answer is on its way, so what counts is not where a reply stands but which message it answers.
    """
    asked = {row.id: row for row in rows if row.direction == "in"}
    answers = [row for row in rows if row.answers_id and row.author == "bot" and not row.is_promise]
    order = [asked[str(row.answers_id)].seq for row in answers]
    assert order == sorted(order), "answered out of order"
    for row in answers:
        question = asked[str(row.answers_id)].text
        assert question.endswith(row.topic or "?") or GIVEN_UP in row.text, "another question's answer"
    last = max(asked.values(), key=lambda row: row.seq)
    assert order[-1] == last.seq, f"no answer to {last.text!r}: {last.state}, {last.route} {last.protocol}"
