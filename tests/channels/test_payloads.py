"""What each provider sends becomes what a person did; nothing of it is lost, nothing makes it fail."""

from __future__ import annotations

import pytest
from street import PAYLOADS, Street

# payload -> (kind, text or None) of each message that is stored
EXPECTED: dict[str, list[tuple[str, str]]] = {
    "telegram/text.json": [("text", "what is an abscess?")],
    "telegram/start.json": [("text", "start")],
    "telegram/photo_only.json": [("media", "")],
    "telegram/photo_with_caption.json": [("text", "is this an abscess?")],
    "telegram/voice.json": [("media", "")],
    "telegram/edited.json": [("edited", "what is a vein infection?")],
    "telegram/callback.json": [("choice", "")],
    "telegram/reaction.json": [("reaction", "")],
    "telegram/blocked.json": [("left", "")],
    # The words of a group are not ours to keep.
    "telegram/group.json": [("group", "")],
    "telegram/future_type.json": [("unknown", "")],
    "telegram/future_fields.json": [("text", "what is sepsis?")],
    # Nobody is behind it, so nobody can be answered.
    "telegram/no_sender.json": [],
    "telegram/odd_characters.json": [("text", "what is an abscess")],
    "twilio/sms.txt": [("text", "what is an abscess?")],
    "twilio/blank_fields.txt": [("unknown", "")],
    "twilio/mms_only.txt": [("media", "")],
    "twilio/stop_advanced.txt": [("text", "Stop")],
    "twilio/end_default.txt": [("text", "END")],
    "twilio/stop_in_words.txt": [("text", "please stop texting me")],
    "twilio/help_advanced.txt": [("text", "HELP")],
    "twilio/start_default.txt": [("text", "START")],
    "twilio/future_fields.txt": [("text", "what is sepsis?")],
    "twilio/whatsapp.txt": [("text", "¿qué es un absceso?")],
    "twilio/whatsapp_reaction.txt": [("reaction", "")],
    "twilio/whatsapp_voice.txt": [("media", "")],
    # Receipts of messages that we never sent.
    "twilio/status_delivered.txt": [],
    "twilio/status_failed.txt": [],
    "twilio/status_sent.txt": [],
    "twilio/status_undelivered.txt": [],
    "messenger/text.json": [("text", "what is an abscess?")],
    # Two entries, four events, two people, in the order of their moments (R3).
    "messenger/batch.json": [
        ("text", "hello"),
        ("text", "what is an abscess?"),
        ("text", "what is hepatitis c?"),
        ("text", "and sepsis?"),
    ],
    "messenger/attachment_only.json": [("media", "")],
    "messenger/quick_reply.json": [("choice", "")],
    "messenger/postback.json": [("text", "Get Started")],
    "messenger/edit.json": [("edited", "what is sepsis?")],
    "messenger/reaction.json": [("reaction", "")],
    "messenger/echo.json": [],
    "messenger/delivery.json": [],
    "messenger/read.json": [],
    "messenger/future_type.json": [("unknown", "")],
    "messenger/future_fields.json": [("text", "what is sepsis?")],
    "messenger/not_a_page.json": [],
    "slack/text.json": [("text", "what is an abscess & how bad?")],
    "slack/challenge.json": [],
    "slack/own_message.json": [],
    "slack/file_only.json": [("media", "")],
    "slack/edited.json": [("edited", "what is sepsis?")],
    "slack/deleted.json": [("deleted", "")],
    "slack/reaction.json": [("reaction", "")],
    "slack/future_type.json": [("unknown", "")],
    "slack/channel_message.json": [("group", "")],
    "slack/future_fields.json": [("text", "what is sepsis?")],
    "slack/press.txt": [("choice", "")],
}


def test_every_payload_has_its_expectation() -> None:
    found = {f"{path.parent.name}/{path.name}" for path in PAYLOADS.glob("*/*")}
    assert found == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_payload_is_stored_as_what_the_person_did(street: Street, name: str) -> None:
    assert street.payload(name).status_code == 200
    assert [(row.kind, row.text) for row in street.rows("in")] == EXPECTED[name]


def test_payloads_that_come_again_change_nothing(street: Street) -> None:
    for name in (*EXPECTED, *EXPECTED):
        assert street.payload(name).status_code == 200
    assert len(street.rows("in")) == sum(map(len, EXPECTED.values()))
    street.work()
    said = len(street.providers.sent)
    for name in EXPECTED:
        street.payload(name)
    street.work()
    assert len(street.providers.sent) == said > 0


def test_slack_and_messenger_hear_their_challenge(street: Street) -> None:
    assert street.payload("slack/challenge.json").text.startswith("3eZbrw1aBm2r")
    query = {"hub.mode": "subscribe", "hub.verify_token": "a-word", "hub.challenge": "1158201444"}
    assert street.client.get("/webhooks/messenger", params=query).text == "1158201444"
    wrong = query | {"hub.verify_token": "another"}
    assert street.client.get("/webhooks/messenger", params=wrong).status_code == 403


def test_a_pressed_telegram_button_stops_to_blink(street: Street) -> None:
    assert street.payload("telegram/callback.json").json()["method"] == "answerCallbackQuery"
