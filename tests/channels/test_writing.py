"""People write on every channel: choices, numbers, pictures, edits, long answers, and two channels joined."""

from __future__ import annotations

import json
import re

import pytest
from house import said, topic
from providers import PATHS, pressed
from street import BUTTONS, PEOPLE, Street

from bot.content import length


@pytest.mark.parametrize("channel", PEOPLE)
def test_a_question_gets_a_reviewed_cited_answer_on_every_channel(street: Street, channel: str) -> None:
    answers = street.says(channel, "what is an abscess")
    assert any("https://" in text for text in answers), "nothing is shown without its source"
    assert any("program, not a person" in text for text in answers)
    limits = street.house.kit.channels.by_name[channel].limits(channel)
    assert all(0 < length(text) <= limits.text for text in answers)


@pytest.mark.parametrize("channel", BUTTONS)
def test_choices_are_buttons_and_pressing_one_answers(street: Street, channel: str) -> None:
    street.house.engine.answer = said("greet")
    street.says(channel, "hi")
    [(number, label), *_] = street.providers.sent[0].buttons
    assert len(number) <= 64
    assert street.presses(channel, label)


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_choices_are_numbers_where_there_are_no_buttons(street: Street, channel: str) -> None:
    street.house.engine.answer = said("greet")
    [first, *_] = street.says(channel, "hi there")
    assert re.search(r"^1\. Track marks$", first, re.MULTILINE)
    assert "Reply with a number" in first
    asked = len(street.house.engine.asked)
    answered = street.says(channel, "1.")
    assert len(street.house.engine.asked) == asked, "a number is a choice and no question for the engine"
    assert any("mark" in text.lower() for text in answered)


@pytest.mark.parametrize("channel", BUTTONS)
def test_numbers_work_also_where_there_are_buttons(street: Street, channel: str) -> None:
    street.house.engine.answer = said("greet")
    street.says(channel, "hi there")
    asked = len(street.house.engine.asked)
    assert street.says(channel, "1")
    assert len(street.house.engine.asked) == asked


def test_a_text_message_is_short_and_plain_and_a_chat_message_is_whole(street: Street) -> None:
    short = street.says("sms", "what is an abscess")[0]
    whole = street.says("telegram", "what is an abscess")[0]
    assert len(short) < len(whole)
    assert not set("’“”–—…") & set(short), "one such sign would turn it into parts of 70 letters"


@pytest.mark.parametrize("channel", BUTTONS)
def test_a_pressed_button_of_somebody_else_does_nothing(street: Street, channel: str) -> None:
    """S5: ids are neither guessed nor crossed."""
    street.house.engine.answer = said("greet")
    street.says(channel, "hi there")
    [(number, _), *_] = street.providers.sent[0].buttons
    stranger = {"telegram": "5550002", "messenger": "7000000000000002", "slack": "D0SAMPLE2"}[channel]
    street.says(channel, "hello", who=stranger)
    before = len(street.providers.to(stranger))
    for chosen in (number, "passage:abscess", "A" * 22):
        street.number += 1
        path, body = pressed(channel, stranger, str(street.number), chosen)
        assert street.post(path, body).status_code == 200
        street.work()
    answers = street.providers.to(stranger)[before:]
    assert len(answers) == 3
    assert all("number" in text or "choice" in text for text in answers)


def test_a_button_press_that_is_repeated_by_the_provider_answers_once(street: Street) -> None:
    """S5: a replayed press is the same press."""
    street.house.engine.answer = said("greet")
    street.says("telegram", "hi there")
    [(number, _), *_] = street.providers.sent[0].buttons
    path, body = pressed("telegram", PEOPLE["telegram"], "77", number)
    for _ in range(4):
        street.post(path, body)
        street.work()
    assert len([row for row in street.rows("in") if row.kind == "choice"]) == 1


@pytest.mark.parametrize(
    "name",
    [
        "telegram/photo_only.json",
        "twilio/mms_only.txt",
        "messenger/attachment_only.json",
        "slack/file_only.json",
    ],
)
def test_a_picture_is_answered_politely_with_a_number_to_call(street: Street, name: str) -> None:
    street.payload(name)
    street.work()
    assert re.search(r"picture|text", street.providers.sent[0].text)
    assert re.search(r"911|112|emergency", street.providers.sent[0].text)


@pytest.mark.parametrize(
    "name", ["telegram/future_type.json", "messenger/future_type.json", "slack/future_type.json"]
)
def test_what_no_version_of_ours_knows_is_answered_politely(street: Street, name: str) -> None:
    street.payload(name)
    street.work()
    assert re.search("words|palabras", street.providers.sent[0].text)


@pytest.mark.parametrize("name", ["telegram/edited.json", "messenger/edit.json", "slack/edited.json"])
def test_an_edited_message_is_read_anew(street: Street, name: str) -> None:
    street.payload(name)
    street.work()
    texts = [one.text for one in street.providers.sent]
    assert street.house.engine.asked
    assert any("new" in text and ("text" in text or "version" in text) for text in texts)


def test_an_edit_into_words_of_danger_gets_help(street: Street) -> None:
    body = json.loads(b'{"update_id": 5, "edited_message": {"chat": {"id": 1, "type": "private"}}}')
    body["edited_message"]["text"] = "i took all the pills just now"
    street.post("telegram", json.dumps(body).encode())
    street.work()
    assert street.rows()[0].author == "safety"


def test_a_reaction_is_thanked_once_and_then_left_alone(street: Street) -> None:
    for number in range(3):
        reaction = {"chat": {"id": 1, "type": "private"}, "user": {"id": 1}, "new_reaction": []}
        body = {"update_id": 100 + number, "message_reaction": reaction}
        street.post("telegram", json.dumps(body).encode())
        street.work()
    thanked = [row for row in street.rows() if "sign" in row.text or "I see that" in row.text]
    assert len(thanked) == 1
    assert len(street.rows("in")) == 3


def test_a_group_is_told_once_that_this_is_for_private_chats(street: Street) -> None:
    for number in range(3):
        message = {"chat": {"id": -5, "type": "supergroup"}, "from": {"id": 1}, "text": "i want to die"}
        street.post("telegram", json.dumps({"update_id": 200 + number, "message": message}).encode())
        street.work()
    assert len([text for text in street.providers.to("-5") if "private" in text]) == 1
    assert all(row.text == "" for row in street.rows("in")), "what others write there is not ours to keep"


def test_who_blocks_the_bot_is_marked_and_hears_nothing(street: Street) -> None:
    street.payload("telegram/blocked.json")
    street.work()
    assert street.conversation("telegram").identity.unreachable == "left"
    assert street.providers.sent == []


def test_a_burst_is_stored_in_order_and_answered_once(street: Street) -> None:
    """R8: fifty messages in a second from one person, one from another."""
    for number in range(50):
        street.write("telegram", f"message number {number}")
    street.write("sms", "what is an abscess")
    street.work()
    mine = [row.text for row in street.rows("in") if row.text.startswith("message number")]
    assert mine == [f"message number {number}" for number in range(50)]
    answers = [text for text in street.providers.to(PEOPLE["telegram"]) if "absc" in text.lower()]
    assert 1 <= len(answers) <= 5
    assert street.providers.to(PEOPLE["sms"])


def test_a_second_channel_is_joined_by_a_one_time_code(street: Street) -> None:
    street.says("telegram", "I want to find a therapist")
    [offered] = street.says("telegram", "continue on another channel")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", offered)
    assert code, offered
    joined = street.says("whatsapp", code[0].lower())
    assert any("go on" in text or "together" in text for text in joined)
    assert street.conversation("telegram").contact_id == street.conversation("whatsapp").contact_id
    # The address opens with the key of the contact that it belongs to now.
    assert street.says("whatsapp", "hello again")
    refused = street.says("sms", code[0])
    assert re.search("code|código", refused[0]), "a code works once"
    assert street.conversation("sms").contact_id != street.conversation("telegram").contact_id


def test_an_open_protocol_goes_on_in_the_joined_channel(street: Street) -> None:
    street.says("telegram", "i took all the pills just now")
    [offered, *_] = street.says("telegram", "another channel")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", offered)
    assert code
    answers = street.says("sms", code[0])
    assert street.conversation("sms").risk_level == "P0"
    assert len(answers) >= 2
    assert street.says("sms", "yes")
    assert street.rows()[-1].author == "safety", "yes is an answer to the protocol's question"


@pytest.mark.parametrize("guess", ["ABCD-2345", "join 22222222", "JOIN aaaa-2aaa"])
def test_a_code_is_never_guessed(street: Street, guess: str) -> None:
    for _ in range(8):
        [first, *_] = street.says("sms", guess)
        assert re.search("code|código", first)
    assert len({street.conversation(name).contact_id for name in ("sms",)}) == 1


def test_a_code_is_too_old_after_ten_minutes(street: Street) -> None:
    street.says("telegram", "hi there")
    [offered, *_] = street.says("telegram", "another channel")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", offered)
    assert code
    street.house.clock.pass_(minutes=11)
    assert re.search("code|código", street.says("sms", code[0])[0])


def test_spanish_is_spoken_to_whom_the_provider_says_speaks_it(street: Street) -> None:
    street.house.engine.answer = topic("abscess")
    street.payload("telegram/text.json")
    assert street.conversation("telegram").language in {"en", "es"}
    street.payload("twilio/whatsapp.txt")
    street.work()
    assert street.conversation("whatsapp").country == "MX"
    assert street.conversation("whatsapp").country_source == "phone"


def test_channels_do_not_know_each_other() -> None:
    import ast
    from pathlib import Path

    import bot.channels

    shared = {"bot.channels.contract", "bot.channels.http"}
    names = {"bot.channels." + name for name in (*set(PATHS.values()), "web")}
    for name in names:
        source = Path(bot.channels.__file__ or "").parent / f"{name.rpartition('.')[2]}.py"
        tree = ast.parse(source.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {one for one in imported if one and one.startswith("bot.channels")} - shared, name
