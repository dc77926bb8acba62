"""The search for a therapist is left on one channel and taken up on another, days later."""

from __future__ import annotations

import re

from house import said
from seekers import ASKED
from street import Street

from bot.models import GuideRun


def test_questions_left_in_one_channel_go_on_in_the_joined_one(street: Street) -> None:
    street.house.engine.answer = ASKED
    street.says("telegram", "please find me a therapist")
    street.house.engine.answer = said("dont_know")
    for text in ("yes", "i'm safe", "35", "for me", "ohio"):
        street.says("telegram", text)
    street.house.clock.pass_(days=3)
    [offered, *_] = street.says("telegram", "continue on another channel")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", offered)
    assert code
    joined = street.says("sms", code[0])
    assert any("help with" in text or "matters most" in text for text in joined)
    assert street.says("sms", "1, 6")
    with street.house.kit.database.read() as session:
        run = session.query(GuideRun).filter_by(kind="questionnaire").one()
        assert run.conversation_id == street.conversation("sms").id
        assert (run.answers["country"], run.answers["goals"]) == (["US-OH"], ["stop", "trauma"])
