"""Words of danger are heard at every question; the questions wait, and go on only when the person says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from house import House
from seekers import FREELY, answer, begin, kept, step, titles

from bot import content, matching, safety
from bot.safety import Context

DANGER = {"en": "i want to kill myself tonight", "es": "quiero matarme esta noche"}
STEPS = range(max(map(len, FREELY.values())))


@pytest.fixture
def seeker(make_house: Callable[..., House]) -> House:
    """A house with the sample directory."""
    return make_house(directory=matching.load(content.ROOT / "directory" / "sample.yml"))


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("number", STEPS)
def test_at_every_question_danger_comes_first(seeker: House, lang: str, number: int) -> None:
    if number >= len(FREELY[lang]):
        number = len(FREELY[lang]) - 1
    outcome = answer(seeker, *FREELY[lang][:number], lang=lang)
    asked, before = step(outcome), kept(seeker)
    interrupted = seeker.says(DANGER[lang], lang=lang)
    assert interrupted.route == "crisis"
    assert seeker.conversation().risk_open
    assert step(interrupted) == ""
    assert begin(seeker, lang).route == "crisis"  # asking for a therapist now does not pass danger over
    assert kept(seeker) == before
    assert asked


def test_after_danger_the_same_question_comes_back_when_it_is_chosen(seeker: House) -> None:
    outcome = answer(seeker, *FREELY["en"][:5])
    asked = step(outcome)
    assert seeker.says("i took an overdose and i want to die").route == "crisis"
    seeker.says("i'm safe")
    for text in ("i'm safe now", "no", "i'm safe", "no"):
        if not seeker.conversation().risk_open:
            break
        closed = seeker.says(text)
        assert step(closed) == ""
    assert not seeker.conversation().risk_open
    assert step(begin(seeker)) == asked
    assert not titles(outcome)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "i want to quit. my boyfriend hits me when i try"),
        ("en", "fentanyl, and my lips are blue right now"),
        ("es", "quiero dejarlo. mi novio me pega cuando lo intento"),
        ("es", "fentanilo, y ahora no puedo respirar"),
    ],
)
def test_danger_beside_an_answer_is_heard(seeker: House, lang: str, text: str) -> None:
    assert safety.screen(text, Context()).signals
    answer(seeker, *FREELY[lang][:5], lang=lang)
    assert seeker.says(text, lang=lang).route in {"crisis", "check_in"}
