"""R2, R4, R5, R12: the database is asked twice at once, goes away, starts late; what is due fires once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from house import House, topic
from postgres import Postgres
from providers import PUBLIC, signed, written
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import app, channels, db, inbox, timers, turn, visitors
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.messages import Arrival
from bot.models import Message, Timer

AT_ONCE = 12


@pytest.fixture
def two_houses(make_house: Callable[..., House], postgres: Postgres) -> list[House]:
    """Two processes' views of one PostgreSQL."""
    url, vault = postgres.fresh(), Vault([new_key()])
    return [make_house(database=Database(url, vault)) for _ in range(2)]


def at_once(jobs: list[Callable[[], object]]) -> list[BaseException]:
    """Run all jobs at the same moment; the errors."""
    go, broken = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        go.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            broken.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return broken


def deliver(house: House, number: str) -> None:
    arrival = Arrival(
        channel="terminal", address="maria", provider_id=number, at=house.clock(), text="hello you"
    )
    with house.kit.database.begin() as session:
        inbox.receive(session, arrival)


@pytest.mark.postgres
def test_the_same_message_delivered_twelve_times_at_once_to_two_processes_is_one(
    two_houses: list[House],
) -> None:
    """R2: one row, one conversation, one reply; also when it is the person's very first message."""
    for number in range(4):
        jobs = [partial(deliver, two_houses[n % 2], f"m{number}") for n in range(AT_ONCE)]
        assert at_once(jobs) == []
    with two_houses[0].kit.database.read() as session:
        rows = session.scalars(select(Message).where(Message.direction == "in")).all()
        assert sorted(row.provider_id or "" for row in rows) == ["m0", "m1", "m2", "m3"]
        assert len({row.conversation_id for row in rows}) == 1
    jobs = [lambda house=house: turn.take(house.kit) for house in two_houses * 4]
    assert at_once(jobs) == []
    assert sum(len(house.engine.asked) for house in two_houses) == 1
    for house in two_houses:
        house.kit.database.close()


@pytest.mark.postgres
def test_a_widget_that_repeats_itself_to_two_gateways_at_once_is_heard_once(two_houses: list[House]) -> None:
    """R2: one row, and every copy gets the first one's number."""
    started = visitors.start(two_houses[0].kit, "https://site.example", {"lang": "en"})
    stored: list[str] = []

    def write(house: House) -> None:
        body = {"text": "hello there"}
        one, _ = visitors.write(
            house.kit, started["token"], "https://site.example", "a-key-of-the-widget", body
        )
        stored.append(one["id"])

    assert at_once([partial(write, two_houses[n % 2]) for n in range(AT_ONCE)]) == []
    assert len(stored) == AT_ONCE
    assert len(set(stored)) == 1
    for house in two_houses:
        house.kit.database.close()


@pytest.mark.postgres
def test_many_workers_take_every_turn_once(two_houses: list[House]) -> None:
    for house in two_houses:
        house.engine.answer = topic("abscess")
    for number in range(24):
        two_houses[0].write("what is an abscess", who=f"person-{number}")

    def work(house: House) -> None:
        for _ in range(40):
            turn.take(house.kit)

    assert at_once([lambda house=house: work(house) for house in two_houses * 3]) == []
    for number in range(24):
        answers = [text for text in two_houses[0].heard(f"person-{number}") if "absc" in text.lower()]
        assert len(answers) == 1
    for house in two_houses:
        house.kit.database.close()


def test_a_first_message_twice_at_once_on_sqlite_is_one(house: House) -> None:
    assert at_once([lambda: deliver(house, "m") for _ in range(AT_ONCE)]) == []
    with house.kit.database.read() as session:
        assert session.query(Message).filter_by(direction="in").count() == 1


def front(house: House, database: Database) -> TestClient:
    """The front door before a database."""
    providers = {
        "LANTERN_TELEGRAM_TOKEN": "1:t",
        "LANTERN_TELEGRAM_SECRET": "a-secret-of-telegram-tests",
    }
    kit = dataclasses.replace(house.kit, database=database, channels=channels.load(providers, PUBLIC))
    return TestClient(app.create(kit, work=False), base_url=PUBLIC, raise_server_exceptions=False)


def post(client: TestClient, number: str) -> int:
    path, body = written("telegram", "5550001", number, "hello there")
    return client.post(f"/webhooks/{path}", content=body, headers=signed(path, body, 0)).status_code


def test_a_gateway_that_starts_before_its_database_is_not_ready_and_recovers(
    house: House, tmp_path: Path
) -> None:
    """R5: no traffic is promised, nothing is acknowledged, and it recovers without a restart."""
    folder = tmp_path / "later"
    url = f"sqlite:///{folder / 'late.db'}"
    with front(house, Database(url, house.kit.database.vault)) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        assert post(client, "1") >= 500
        folder.mkdir()
        db.migrate(url)
        assert client.get("/health/ready").status_code == 200
        assert post(client, "1") == 200


def test_a_read_only_database_acknowledges_nothing_and_recovers(house: House) -> None:
    """R4: what cannot be stored is not acknowledged; the provider keeps it and comes again."""
    database = house.kit.database
    with front(house, database) as client:
        assert post(client, "1") == 200
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        database.engine.dispose()

        from sqlalchemy import event

        def read_only(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA query_only = ON")

        event.listen(database.engine, "connect", read_only)
        assert post(client, "2") >= 500
        event.remove(database.engine, "connect", read_only)
        database.engine.dispose()
        assert post(client, "2") == 200
    with database.read() as session:
        assert session.query(Message).filter_by(direction="in").count() == 2


@pytest.mark.postgres
def test_postgresql_that_ends_all_connections_loses_nothing(house: House, postgres: Postgres) -> None:
    """R4: a restart of the database drops every connection in the pool."""
    database = Database(postgres.fresh(), house.kit.database.vault)
    with front(house, database) as client:
        assert post(client, "1") == 200
        postgres.drop_connections(database.url)
        assert [post(client, "2") for _ in range(3)][-1] == 200
        assert client.get("/health/ready").status_code == 200
        with database.read() as session:
            assert session.query(Message).filter_by(direction="in").count() == 2


def test_what_is_due_survives_a_restart_and_fires_once(house: House) -> None:
    """R12: two workers and a restart between, one follow-up."""
    house.says("i took all the pills just now")
    with house.kit.database.read() as session:
        due = session.scalars(select(Timer).where(Timer.done_at.is_(None))).all()
    assert due, "the protocol follows up on silence"
    again = Database(house.kit.database.url, house.kit.database.vault)
    house.clock.at = max(timer.due_at for timer in due) + dt.timedelta(seconds=1)
    before = len(house.heard())
    restarted = dataclasses.replace(house.kit, database=again)
    assert at_once([lambda: timers.fire(restarted), lambda: timers.fire(house.kit)]) == []
    assert len(house.heard()) == before + len(due)
    again.close()
