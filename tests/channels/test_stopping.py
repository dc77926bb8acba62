"""STOP, START and HELP in the words that people use; whoever is in danger still gets help."""

from __future__ import annotations

import re

import pytest
from street import PEOPLE, Street

from bot import content, turn
from bot.channels.contract import Limits, Outgoing
from bot.commands import meaning
from bot.models import Alert

STOPS = [
    "STOP", "stop", "Stop.", "STOP PLEASE", "please stop", "unsubscribe", "stop texting me",
    "please stop texting me", "don't text me anymore", "dont message me again", "no more messages please",
    "no more texts", "quit messaging me", "stop sending me these messages", "opt out",
    "remove me from your list", "take me off your list", "stopall", "I want to stop receiving messages",
    "can you stop sending texts", "alto a los mensajes", "no me escribas más", "no me mandes mensajes",
    "darme de baja", "deja de escribirme", "no más mensajes por favor", "quiero darme de baja",
    "dejen de mandarme mensajes", "no quiero recibir más mensajes",
]  # fmt: skip
WEAK = ["end", "END", "quit", "cancel", "Cancel please", "fin", "basta", "para", "alto", "stop it"]
OTHER = [
    "how do I stop using", "I want to stop", "I can't stop", "I want it to end", "make it stop", "stop me",
    "I want to quit heroin", "quit dope", "end my life", "I want to end it all", "he won't stop",
    "the bleeding won't stop", "no", "no message from him", "why do you stop me", "text me",
    "can you text the clinic", "para qué sirve", "quiero parar de consumir", "no puedo parar",
    "quiero que acabe todo", "fin de semana", "cancel my appointment", "he stopped breathing",
    "should I stop methadone", "don't stop", "end it", "end it all", "end it now", "stop the pain",
    "make the pain stop", "i want everything to end", "quiero parar de vivir", "quiero que pare el dolor",
    "ya no quiero vivir", "acabar con todo",
]  # fmt: skip
STARTS = ["START", "start", "unstop", "Start please", "darme de alta"]
HELPS = ["HELP", "help", "info", "ayuda", "Ayuda por favor"]


@pytest.fixture(scope="module")
def words() -> list[content.Commands]:
    return list(content.load().commands.values())


@pytest.mark.parametrize("text", STOPS)
def test_any_reasonable_wording_of_stop_is_understood(words: list[content.Commands], text: str) -> None:
    assert meaning(words, text) == "stop"


@pytest.mark.parametrize("text", WEAK)
def test_words_that_may_be_answers_are_told_apart(words: list[content.Commands], text: str) -> None:
    assert meaning(words, text) == "weak"


@pytest.mark.parametrize("text", OTHER)
def test_talk_about_stopping_something_else_is_no_command(words: list[content.Commands], text: str) -> None:
    assert meaning(words, text) is None


def test_start_and_help_are_understood(words: list[content.Commands]) -> None:
    assert {meaning(words, text) for text in STARTS} == {"start"}
    assert {meaning(words, text) for text in HELPS} == {"help"}


@pytest.mark.parametrize("channel", ["telegram", "messenger", "slack", "whatsapp"])
def test_stop_is_confirmed_once_with_a_number_and_then_nothing_comes(street: Street, channel: str) -> None:
    street.says(channel, "hi there")
    [confirmed] = street.says(channel, "please stop texting me")
    assert "START" in confirmed
    assert any(number in confirmed for number in ("911", "112", "emergency"))
    assert street.says(channel, "stop") == []
    assert street.says(channel, "what is an abscess") == []
    back = street.says(channel, "start")
    assert "STOP" in back[0]
    assert street.says(channel, "what is an abscess")


@pytest.mark.parametrize("payload", ["stop_advanced", "end_default"])
def test_what_the_carrier_has_answered_is_not_answered_again(street: Street, payload: str) -> None:
    street.says("sms", "hi there")
    before = len(street.providers.sent)
    street.payload(f"twilio/{payload}.txt")
    street.work()
    assert len(street.providers.sent) == before
    assert street.conversation("sms").identity.opted_out_at is not None
    street.payload("twilio/start_default.txt")
    street.work()
    assert len(street.providers.sent) == before
    assert street.conversation("sms").identity.opted_out_at is None


def test_stop_in_other_words_is_honoured_on_sms_though_the_carrier_ignores_it(street: Street) -> None:
    street.payload("twilio/stop_in_words.txt")
    street.work()
    assert len(street.providers.sent) == 1
    assert street.says("sms", "hello?") == []


def test_help_says_how_to_end_how_to_come_back_and_whom_to_call(street: Street) -> None:
    """P8: the crisis numbers stand in the reply to HELP."""
    for channel in ("telegram", "messenger"):
        [first, *_] = street.says(channel, "HELP")
        assert "STOP" in first
        assert "START" in first
        assert any(number in first for number in ("988", "911", "112", "emergency", "findahelpline"))


def test_end_typed_in_danger_is_an_answer_and_no_good_bye(street: Street) -> None:
    street.says("telegram", "i took all the pills just now")
    answers = street.says("telegram", "end")
    assert any("STOP" in text for text in answers)
    assert len(answers) >= 2, "the protocol's question stands again"
    assert street.conversation("telegram").identity.opted_out_at is None
    assert street.says("telegram", "yes")


def test_end_typed_in_danger_on_sms_still_gets_help_through_what_remains(street: Street) -> None:
    """The carrier cuts the line at "END": staff are told, and another channel of the person is used."""
    street.says("telegram", "hi there")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", street.says("telegram", "another channel")[0])
    assert code
    street.says("sms", code[0])
    street.says("sms", "i took all the pills just now")
    street.providers.stopped.add(PEOPLE["sms"])
    before = len(street.providers.to(PEOPLE["telegram"]))
    assert street.says("sms", "END") == []
    [card] = street.providers.to(PEOPLE["telegram"])[before:]
    assert "911" in card
    with street.house.kit.database.read() as session:
        assert "risk.stopped" in [alert.kind for alert in session.query(Alert)]


def test_words_of_danger_after_stop_get_help_where_the_provider_allows_it(street: Street) -> None:
    street.says("telegram", "stop")
    answers = street.says("telegram", "i took all the pills just now")
    assert answers
    assert all(row.author == "safety" for row in street.rows() if row.state == "sent" and row.text in answers)
    assert street.says("telegram", "yes"), "the protocol goes on while they write"
    street.house.later(minutes=30)
    before = len(street.providers.sent)
    street.deliver()
    unasked = [one.text for one in street.providers.sent[before:]]
    assert not unasked, "but nothing comes unasked"


def test_stop_between_two_parts_stops_the_second(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: an answer in several parts, STOP after the first."""
    channel = street.house.kit.channels.by_name["telegram"]
    really_send = channel.send

    def send(outgoing: Outgoing) -> str:
        number = really_send(outgoing)
        if len(street.providers.sent) == 1:
            street.write("telegram", "STOP")
            turn.take(street.house.kit)
        return number

    monkeypatch.setattr(channel, "send", send)
    monkeypatch.setattr(channel, "limits", lambda name: Limits(text=120))
    answers = street.says("telegram", "what is an abscess")
    assert answers[1].startswith(("You're unsubscribed", "All messages are off")), answers
    assert not any("In danger" not in text for text in answers[2:]), "the confirmation and nothing more"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "i want to end it"),
        ("en", "i want to end it all"),
        ("en", "i want to stop living"),
        ("es", "quiero parar de vivir"),
        ("es", "quiero acabar con todo"),
    ],
)
@pytest.mark.parametrize("stopped", [False, True])
def test_danger_in_words_that_sound_like_stop_gets_help_and_ends_nothing(
    street: Street, lang: str, text: str, stopped: bool
) -> None:
    """The hazard of STOP words, before and after an opt-out on a channel whose carrier cuts nothing."""
    street.says("telegram", "hola, ¿qué es un absceso?" if lang == "es" else "hi, what is an abscess")
    if stopped:
        street.says("telegram", "stop" if lang == "en" else "darme de baja")
    assert street.says("telegram", text), "help goes out"
    if not stopped:
        assert street.conversation("telegram").identity.opted_out_at is None
    assert street.conversation("telegram").risk_open
