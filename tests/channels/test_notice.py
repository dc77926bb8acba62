"""P1: where no page shows the notice before the first word, it comes with the first reply; "no" erases."""

from __future__ import annotations

import pytest
from street import PEOPLE, Street

from bot import timers
from bot.models import Contact

FIRST = {"en": "what is an abscess and how bad is it", "es": "qué es un absceso y qué tan grave es"}


def people(street: Street) -> int:
    with street.house.kit.database.read() as session:
        return session.query(Contact).count()


def later(street: Street, **span: float) -> None:
    street.house.clock.pass_(**span)
    timers.fire(street.house.kit)
    street.work()


@pytest.mark.parametrize("channel", PEOPLE)
def test_the_notice_comes_with_the_first_reply_and_only_then(street: Street, channel: str) -> None:
    first = street.says(channel, FIRST["en"])
    assert '"no"' in first[-1]
    assert "encrypted" in first[-1]
    assert not any('"no"' in text for text in street.says(channel, "and what about sepsis"))


@pytest.mark.parametrize(("lang", "no"), [("en", "no"), ("en", "No."), ("es", "no"), ("es", "No, gracias")])
def test_no_to_the_notice_erases_everything(street: Street, lang: str, no: str) -> None:
    assert '"no"' in street.says("telegram", FIRST[lang])[-1]
    assert street.says("telegram", no), "it is said that all is deleted"
    assert people(street) == 1
    later(street, minutes=2)
    assert people(street) == 0


def test_any_other_word_agrees_and_a_later_no_is_only_a_no(street: Street) -> None:
    street.says("sms", FIRST["en"])
    street.says("sms", "ok and what about sepsis")
    street.says("sms", "no")
    later(street, minutes=2)
    assert people(street) == 1


def test_a_no_to_a_question_of_life_and_death_erases_nothing(street: Street) -> None:
    """The notice waits until no protocol is open: there "no" is an answer."""
    said = street.says("sms", "i want to kill myself")
    assert not any('"no" and' in text for text in said)
    street.says("sms", "no")
    later(street, minutes=2)
    assert people(street) == 1


def test_after_danger_is_over_the_notice_comes(street: Street) -> None:
    street.says("sms", "my friend od'd and is not breathing")
    for text in ("yes breathing", "he woke up", "yes", "paramedics are here"):
        street.says("sms", text)
    assert any('"no"' in text for text in street.says("sms", "yes they took over"))
