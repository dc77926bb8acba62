"""Two counsellors press Claim at the same moment: one has it, the other is told who."""

from __future__ import annotations

import os
import threading

from consoles import account
from house import House
from sqlalchemy import select

from bot import handoff
from bot.console import audit
from bot.errors import Conflict
from bot.models import Conversation, Counsellor, Handoff

ROUNDS = int(os.environ.get("HANDOFF_ROUNDS", "40"))


def _claims(
    house: House, counsellor_id: str, conversation: str, go: threading.Barrier, told: list[str]
) -> None:
    go.wait()
    try:
        with house.kit.database.begin() as session:
            counsellor = session.get_one(Counsellor, counsellor_id)
            handoff.claim(session, counsellor, conversation, house.clock())
        told.append("won")
    except Conflict as refused:
        told.append(str(refused))


def _waits(house: House, who: str) -> str:
    """Somebody is in the queue; their turn is not what is raced here."""
    conversation = house.write("hello", who)
    with house.kit.database.begin() as session:
        row = session.get_one(Conversation, conversation)
        assert handoff.request(session, row, "asked", "P3", house.clock(), 60)
    return conversation


def test_of_two_claims_at_once_exactly_one_wins(house: House) -> None:
    both = [account(house, login, capacity=ROUNDS + 1) for login in ("ana", "rosa")]
    with house.kit.database.begin() as session:
        for counsellor in session.scalars(select(Counsellor)):
            handoff.heartbeat(session, counsellor, house.clock(), available=True)
    for n in range(ROUNDS):
        conversation = _waits(house, f"person {n}")
        told: list[str] = []
        go = threading.Barrier(2)
        threads = [
            threading.Thread(target=_claims, args=(house, one, conversation, go, told)) for one in both
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(word == "won" for word in told) == [False, True]
        assert any("already has this conversation" in word for word in told)
    with house.kit.database.read() as session:
        assert len(session.scalars(select(Handoff).where(Handoff.state == "claimed")).all()) == ROUNDS
        assert audit.broken_at(session) is None
