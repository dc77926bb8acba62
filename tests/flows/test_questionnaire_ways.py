"""The whole questionnaire by free words, buttons and SMS numbers; killed at every step; left for days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from house import House
from seekers import FREELY, NUMBERED, answer, begin, kept, step, titles

from bot import content, matching, outbox, turn
from bot.db import Database
from bot.messages import Outcome
from bot.models import GuideRun

LANGS = ("en", "es")


@pytest.fixture
def seeker(make_house: Callable[..., House]) -> House:
    """A house with the sample directory."""
    return make_house(directory=matching.load(content.ROOT / "directory" / "sample.yml"))


def shows_matches(outcome: Outcome) -> bool:
    """True for one to three cards, each with a reason and the word that it is a sample."""
    cards = [reply for reply in outcome.replies if reply.title]
    told = all(("Shown because" in c.text or "Se muestra porque" in c.text) for c in cards)
    made_up = all(("made" in card.text.lower() or "invent" in card.text.lower()) for card in cards)
    return 1 <= len(cards) <= 3 and told and made_up


@pytest.mark.parametrize("lang", LANGS)
def test_in_free_words(seeker: House, lang: str) -> None:
    outcome = answer(seeker, *FREELY[lang], lang=lang)
    assert shows_matches(outcome)
    given = kept(seeker)
    assert given["country"] == ["US-OH"]
    assert given["mode"] == ["phone", "video"]
    assert given["reach"] == ["614 555 0100"]
    assert not seeker.conversation().risk_open


@pytest.mark.parametrize("lang", LANGS)
def test_by_numbers_as_in_a_text_message(seeker: House, lang: str) -> None:
    outcome = answer(seeker, *NUMBERED, lang=lang)
    assert shows_matches(outcome)
    assert kept(seeker)["goals"] == ["stop", "trauma"]


@pytest.mark.parametrize("lang", LANGS)
def test_by_buttons_alone(seeker: House, lang: str) -> None:
    """A place has no buttons; all else is pressed, several answers one after the other."""
    guide = seeker.kit.library.guides["therapist_match", lang]  # type: ignore[index]
    labels = {one.id: {o.id: o.label for o in one.options} for one in guide.steps}
    skip = seeker.kit.library.phrases[lang].labels["skip"]  # type: ignore[index]
    enough = seeker.kit.library.phrases[lang].labels["that_is_all"]  # type: ignore[index]
    picks = {
        "safe_now": "safe",
        "age": "adult",
        "whom": "me",
        "health": "none",
        "review": "ok",
        "agree": "keep",
    }
    outcome = begin(seeker, lang)
    for _ in range(40):
        asked = step(outcome)
        if asked == "results":
            break
        if asked in {"country", "state"}:
            outcome = seeker.says("Ohio", lang=lang)
            continue
        if asked in {"interest", "down"}:
            outcome = seeker.chooses(skip)
            continue
        outcome = seeker.chooses(labels[asked][picks.get(asked, next(iter(labels[asked])))])
        if outcome.replies[0].content == "phrases/picked":
            outcome = seeker.chooses(enough)
    assert shows_matches(outcome)
    assert kept(seeker)["agree"] == ["keep"]


def test_several_may_be_picked_by_buttons_up_to_the_most(seeker: House) -> None:
    answer(seeker, "yes", "i'm safe", "30", "me", "ohio")
    seeker.chooses("Trauma")
    again = seeker.chooses("Grief")
    assert "Trauma; Grief" in again.replies[0].text
    assert step(seeker.chooses("Stay safer")) == "substance"  # three are the most
    assert kept(seeker)["goals"] == ["trauma", "grief", "safer"]


@pytest.mark.parametrize("stopping", ["yes, seizures", "never"])
def test_where_talking_may_not_be_enough_a_doctor_is_named_beside_the_matches(
    seeker: House, stopping: str
) -> None:
    answers = [stopping if text == "never" else text for text in FREELY["en"]]
    said = [reply.content for reply in answer(seeker, *answers).replies]
    assert ("phrases/match_care_first" in said) is (stopping != "never")
    assert any(content_.startswith(("directory/", "phrases/match_none")) for content_ in said)


def test_the_questions_are_fourteen_screens(seeker: House) -> None:
    """With every question skipped that may be; what belongs to a screen is counted with it."""
    outcome, seen = answer(seeker, "yes", "i'm safe", "30", "me", "ohio"), 5
    while step(outcome) not in {"review", "results"}:
        shown = [reply.progress for reply in outcome.replies if reply.progress]
        assert [one.of for one in shown] == [14]
        outcome, seen = seeker.says("skip"), seen + 1
    assert shown[0].at == 14
    assert seen <= 15  # the boxes of consent stand apart from the way to be reached


def restarted(house: House) -> House:
    """The same house after its process was killed: a new connection to the same tables."""
    old = house.kit.database
    old.close()
    return replace(house, kit=replace(house.kit, database=Database(old.url, old.vault)))


@pytest.mark.parametrize("lang", LANGS)
def test_killed_at_every_step_it_goes_on_where_it_was(
    seeker: House, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = seeker
    outcome = begin(house, lang)
    put = outbox.put
    for text in FREELY[lang]:
        house = restarted(house)
        conversation = house.write(text, lang=lang)
        # The worker dies after it has thought and before its transaction is committed.
        monkeypatch.setattr(outbox, "put", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            turn.take(house.kit, conversation)
        monkeypatch.setattr(outbox, "put", put)
        house.clock.pass_(seconds=21)
        again = turn.take(house.kit, conversation)
        assert again is not None
        outcome = again
    assert shows_matches(outcome)
    house.kit.database.close()


@pytest.mark.parametrize("lang", LANGS)
def test_left_at_any_question_and_taken_up_three_days_later(seeker: House, lang: str) -> None:
    outcome = begin(seeker, lang)
    for text in FREELY[lang]:
        seeker.later(days=1 if seeker.clock.at.day % 2 else 0, hours=1)
        outcome = seeker.says(text, lang=lang)
    assert shows_matches(outcome)


def test_a_greeting_after_three_days_brings_the_open_question_back(seeker: House) -> None:
    answer(seeker, "yes", "i'm safe", "30", "me", "ohio")
    seeker.later(days=3)
    back = seeker.says("hi again")
    assert step(back) == "goals"
    assert kept(seeker)["country"] == ["US-OH"]


def test_answers_expire_as_said(seeker: House) -> None:
    answer(seeker, *FREELY["en"])
    assert kept(seeker)
    seeker.later(days=29)
    assert kept(seeker)  # the person ticked that they be kept for 30 days
    seeker.later(days=2)
    assert kept(seeker) == {}


def test_without_a_yes_to_keep_them_answers_go_after_a_day(seeker: House) -> None:
    answer(seeker, *NUMBERED)
    seeker.later(days=1, minutes=1)
    assert kept(seeker) == {}


def test_answers_are_encrypted_in_the_tables(seeker: House) -> None:
    answer(seeker, "yes", "i'm safe", "30", "me", "ohio", "trauma")
    with seeker.kit.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select answers_sealed from guide_run").fetchall()
    assert rows
    assert all(b"trauma" not in bytes(row[0]) and b"US-OH" not in bytes(row[0]) for row in rows)


def test_the_one_reminder_comes_only_to_who_asked_for_it(seeker: House) -> None:
    answer(seeker, *FREELY["en"])
    seeker.later(days=2, minutes=1)
    reminders = [text for text in seeker.heard() if "remind" in text and "2 days" not in text]
    assert len([text for text in reminders if "asked me to remind" in text or "one reminder" in text]) == 1
    answer(seeker, *NUMBERED, who="other")
    seeker.later(days=3)
    assert not [text for text in seeker.heard("other") if "asked me to remind" in text]


def test_titles_are_three_at_most(seeker: House) -> None:
    assert len(titles(answer(seeker, *FREELY["en"]))) <= matching.MOST_MATCHES


def test_a_question_that_exists_no_more_is_apologised_for_and_the_questions_start_again(
    seeker: House,
) -> None:
    first = step(begin(seeker))
    answer(seeker, "yes that's ok", "yeah im safe")
    with seeker.kit.database.begin() as session:
        session.query(GuideRun).one().step = "taken_out"
    outcome = seeker.says("i am 34")
    assert outcome.replies[0].content == "phrases/guide_restarted"
    assert step(outcome) == first
    assert kept(seeker) == {}
