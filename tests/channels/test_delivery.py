"""R7: whatever a provider answers, nothing is lost, nothing comes twice, and staff see what failed."""

from __future__ import annotations

import datetime as dt

import pytest
from providers import Failure
from street import PEOPLE, Street

from bot import delivery, handoff, outbox
from bot.models import Alert, Conversation, Delivery

CHANNELS = list(PEOPLE)
BUSY = [
    Failure(429, {"parameters": {"retry_after": 7}}, {"Retry-After": "7"}),
    Failure(500),
    Failure(503, headers={"Retry-After": "7"}),
    Failure(reset=True),
]


def alerts(street: Street) -> list[str]:
    with street.house.kit.database.read() as session:
        return [alert.kind for alert in session.query(Alert).order_by(Alert.raised_at)]


def unreachable(street: Street, channel: str) -> str | None:
    with street.house.kit.database.read() as session:
        conversation = session.query(Conversation).filter_by(channel=channel).one()
        return handoff.unreachable(session, conversation, street.house.clock())


@pytest.mark.parametrize("failure", BUSY, ids=lambda failure: str(failure.status or "reset"))
def test_what_failed_for_now_is_tried_again_in_order(street: Street, failure: Failure) -> None:
    for channel in CHANNELS:
        street.providers.failing[channel].append(failure)
        street.write(channel, "what is an abscess")
    street.work()
    assert street.providers.sent == []
    assert {row.state for row in street.rows()} == {"queued"}
    street.house.clock.pass_(seconds=8)
    street.deliver()
    assert {row.state for row in street.rows()} == {"sent"}
    assert len(street.providers.sent) == len(street.rows())
    assert [row.attempts for row in street.rows()].count(2) == len(CHANNELS)


def test_a_provider_that_asks_for_time_gets_it(street: Street) -> None:
    street.providers.failing["telegram"].append(Failure(429, {"parameters": {"retry_after": 30}}))
    street.says("telegram", "what is an abscess")
    street.house.clock.pass_(seconds=29)
    street.deliver()
    assert street.providers.sent == []
    street.house.clock.pass_(seconds=2)
    street.deliver()
    assert street.providers.sent


FOR_GOOD = [
    ("sms", "21610", "stopped"),
    ("whatsapp", "63016", "63016"),
    ("messenger", "(#10)", "(#10)"),
    ("telegram", "403", "403"),
]


@pytest.mark.parametrize(("channel", "code", "why"), FOR_GOOD)
def test_a_refusal_for_good_stops_and_the_console_says_why(
    street: Street, channel: str, code: str, why: str
) -> None:
    {"sms": street.providers.stopped, "telegram": street.providers.blocked}.get(
        channel, street.providers.outside
    ).add(PEOPLE[channel])
    street.says(channel, "what is an abscess")
    first = street.rows()[0]
    assert (first.state, first.failure) == ("refused", code)
    tries = street.providers.tries[channel]
    street.house.clock.pass_(hours=2)
    street.deliver()
    assert street.providers.tries[channel] == tries, "it is not tried again"
    assert unreachable(street, channel) == why
    assert "delivery.failed" in alerts(street)
    assert [row.state for row in street.rows("in")] == ["closed"], "what the person wrote is kept"


def test_whoever_writes_again_can_be_reached_again(street: Street) -> None:
    street.providers.blocked.add(PEOPLE["telegram"])
    street.says("telegram", "hello")
    assert unreachable(street, "telegram") == "403"
    street.providers.blocked.clear()
    assert street.says("telegram", "hello again")
    assert unreachable(street, "telegram") is None


def test_a_wrong_token_of_ours_is_no_fault_of_the_person(street: Street) -> None:
    street.providers.failing["telegram"].append(Failure(401, {"ok": False}))
    street.providers.failing["sms"].append(Failure(401, {"code": 20003}))
    street.providers.failing["slack"].append(Failure(200, {"ok": False, "error": "invalid_auth"}))
    street.providers.failing["messenger"].append(Failure(400, {"error": {"code": 190}}))
    for channel in ("telegram", "sms", "slack", "messenger"):
        street.write(channel, "what is an abscess")
    street.work()
    assert {row.state for row in street.rows()} == {"queued"}
    street.house.clock.pass_(minutes=1)
    street.deliver()
    assert {row.state for row in street.rows()} == {"sent"}


def test_a_lost_answer_is_the_only_way_to_a_second_copy_and_the_key_is_the_same(street: Street) -> None:
    street.providers.failing["sms"].append(Failure(lost=True))
    street.says("sms", "what is an abscess")
    street.house.clock.pass_(minutes=1)
    street.deliver()
    first, second, *_ = [one for one in street.providers.sent if one.address == PEOPLE["sms"]]
    assert (first.text, first.key) == (second.text, second.key)
    assert first.key


def test_a_provider_that_is_away_for_a_day_leaves_a_dead_letter_that_staff_see(street: Street) -> None:
    street.providers.failing["slack"].extend(Failure(503) for _ in range(400))
    street.says("slack", "what is an abscess")
    for _ in range(160):
        street.house.clock.pass_(minutes=10)
        street.deliver()
    assert street.rows()[0].state == "refused"
    assert "delivery.late" in alerts(street)
    assert "delivery.failed" in alerts(street)
    with street.house.kit.database.read() as session:
        assert delivery.dead_letters(session)["slack"] >= 1
    assert 'lantern_dead_letters{channel="slack"}' in metrics(street)


def metrics(street: Street) -> str:
    from starlette.testclient import TestClient

    from bot import app

    near = TestClient(app.create(street.house.kit, work=False), client=("127.0.0.1", 1))
    return near.get("/metrics").text


@pytest.mark.parametrize("order", [["sent", "delivered"], ["delivered", "sent"], ["delivered", "delivered"]])
def test_receipts_may_come_in_any_order_and_more_than_once(street: Street, order: list[str]) -> None:
    street.says("sms", "what is an abscess")
    for one in [one for one in street.providers.sent if one.channel == "sms"]:
        for state in order:
            body = f"MessageSid={one.number}&MessageStatus={state}&To=%2B12025550143"
            assert street.post("twilio", body.encode()).status_code == 200
    assert {row.state for row in street.rows()} == {"delivered"}


def test_a_message_that_fails_after_it_was_taken_is_marked_and_told(street: Street) -> None:
    street.says("sms", "what is an abscess")
    number = street.providers.sent[0].number
    body = f"MessageSid={number}&MessageStatus=undelivered&ErrorCode=30005&To=%2B12025550143"
    street.post("twilio", body.encode())
    assert (street.rows()[0].state, street.rows()[0].failure) == ("refused", "30005")
    assert unreachable(street, "sms") == "30005"
    assert "delivery.failed" in alerts(street)


def test_a_receipt_that_is_faster_than_our_own_note_counts(street: Street) -> None:
    """The provider reports delivery before the process that sent it could write down its id."""
    body = "MessageSid=sms-1&MessageStatus=delivered&To=%2B12025550143"
    street.post("twilio", body.encode())
    street.says("sms", "what is an abscess")
    assert street.rows()[0].state == "delivered"


def test_a_day_later_the_bot_is_silent_on_whatsapp_and_a_human_is_told(street: Street) -> None:
    street.says("whatsapp", "hello")
    street.house.clock.pass_(hours=25)
    assert unreachable(street, "whatsapp") == "window"


def test_a_sender_that_died_gives_its_row_back(street: Street) -> None:
    street.write("telegram", "what is an abscess")
    from bot import turn

    turn.take(street.house.kit)
    with street.house.kit.database.begin() as session:
        assert outbox.claim(session, "telegram", street.house.clock()) is not None
    street.deliver()
    assert street.providers.sent == [], "somebody has it"
    street.house.clock.at += outbox.LEASE + dt.timedelta(seconds=1)
    street.deliver()
    assert len(street.providers.sent) == len(street.rows())


def test_parts_that_were_taken_are_not_sent_again(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.channels.contract import Limits

    channel = street.house.kit.channels.by_name["telegram"]
    monkeypatch.setattr(channel, "limits", lambda name: Limits(text=150))
    street.write("telegram", "what is an abscess")
    from bot import turn

    turn.take(street.house.kit)
    really_send, calls = channel.send, []

    def send(outgoing):  # type: ignore[no-untyped-def]
        calls.append(outgoing.key)
        if len(calls) == 2:
            raise RuntimeError("the process dies here")
        return really_send(outgoing)

    monkeypatch.setattr(channel, "send", send)
    with pytest.raises(RuntimeError):
        delivery.deliver(street.house.kit, "telegram")
    street.house.clock.at += outbox.LEASE + dt.timedelta(seconds=1)
    street.deliver()
    texts = street.providers.to(PEOPLE["telegram"])
    assert len(texts) == len(set(texts))
    assert calls[1] == calls[2], "the same part, under the same key"
    with street.house.kit.database.read() as session:
        assert session.query(Delivery).count() == len(texts)


def test_a_failing_channel_holds_up_no_other(street: Street) -> None:
    street.providers.failing["sms"].extend(Failure(500) for _ in range(50))
    street.write("sms", "what is an abscess")
    street.write("telegram", "what is an abscess")
    street.work()
    assert street.providers.to(PEOPLE["telegram"])
