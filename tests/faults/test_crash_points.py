"""Wherever a process dies, the message that it had in hand is answered once, by the real answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from town import Town, Writer, until

from bot.crash import POINTS
from bot.crypt import Vault
from bot.db import Database
from bot.models import Conversation, Message, State, Timer

GATEWAY = [point for point in POINTS if point.startswith("hook")]
WORKER = [point for point in POINTS if point.startswith(("turn", "delivery"))]
TIMER = [point for point in POINTS if point.startswith("timer")]
ANSWER = "Source: "


def answers(writer: Writer) -> int:
    return sum(ANSWER in text for text in writer.received())


def keys_of(town: Town) -> list[str]:
    return [one.key for one in town.providers.sent if ANSWER in one.text]


@pytest.mark.parametrize("point", GATEWAY)
def test_a_gateway_that_dies_there_loses_and_doubles_nothing(build: Callable[..., Town], point: str) -> None:
    town = build()
    town.start("gateway", crash=point)
    town.start("worker")
    town.await_ready()
    writer = Writer(town, "telegram", "5550001")
    path_taken = writer._try(*_body(writer, "about abscess"))
    assert not path_taken, "it died before it could acknowledge"
    until(lambda: town.is_dead("gateway"))
    town.restart("gateway")
    writer.write("about abscess")
    until(lambda: answers(writer) >= 1)
    writer.write("thanks for abscess")
    until(lambda: answers(writer) >= 2)
    assert answers(writer) == 2
    writer.close()


@pytest.mark.parametrize("point", WORKER)
def test_a_worker_that_dies_there_is_made_good_by_the_next(build: Callable[..., Town], point: str) -> None:
    town = build()
    town.start("gateway")
    town.start("worker", crash=point)
    town.await_ready()
    writer = Writer(town, "sms", "+12025550143")
    writer.write("about abscess")
    until(lambda: town.is_dead("worker"))
    town.restart("worker")
    until(lambda: answers(writer) >= 1)
    writer.write("more about abscess")
    until(lambda: len(set(keys_of(town))) == 2)
    keys = keys_of(town)
    # Only a process that dies between the provider's yes and our note can make a second copy,
    # and then it carries the same key.
    assert len(keys) == (3 if point == "delivery.sent" else 2)
    writer.close()


@pytest.mark.parametrize("point", TIMER)
def test_what_was_due_when_a_worker_died_still_comes_once(build: Callable[..., Town], point: str) -> None:
    """R12: the timer is done in the transaction that says its words, or not at all."""
    town = build()
    town.start("gateway")
    town.start("worker")
    town.await_ready()
    writer = Writer(town, "sms", "+12025550143")
    writer.write("about abscess")
    until(lambda: answers(writer) == 1)
    database = Database(town.settings.database_url, Vault.from_text(town.settings.keys))
    until(lambda: is_all_sent(database))
    town.kill("worker")
    with database.begin() as session:
        [conversation] = session.query(Conversation)
        due = dt.datetime.now(dt.UTC)
        session.add(Timer(conversation_id=conversation.id, kind="remind", due_at=due))
    town.start("worker", crash=point)
    until(lambda: town.is_dead("worker"))
    before = len(writer.received())
    town.restart("worker")
    until(lambda: len(writer.received()) > before)
    writer.write("more about abscess")
    until(lambda: answers(writer) == 2)
    until(lambda: is_all_sent(database))
    assert len(writer.received()) == before + 2
    database.close()
    writer.close()


def is_all_sent(database: Database) -> bool:
    """True if nothing waits to be sent any more."""
    with database.read() as session:
        waiting = session.query(Message).filter(Message.state.in_((State.QUEUED, State.SENDING)))
        return waiting.first() is None


def test_every_point_has_a_test() -> None:
    assert {*GATEWAY, *WORKER, *TIMER} == set(POINTS)


def _body(writer: Writer, text: str) -> tuple[str, bytes]:
    from providers import written

    return written(writer.channel, writer.address, str(writer._number + 1), text)
