"""Who is taken next: by risk, language and wait, and for a minute by what a free colleague knows about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.errors import Conflict
from bot.handoff import moves, presence, waiting
from bot.handoff.needs import split
from bot.models import Counsellor, Handoff

# So long is a person left for a free colleague who knows more; where somebody may be in danger, not at all.
LEFT_FOR = dt.timedelta(seconds=60)


def claim_next(session: Session, counsellor: Counsellor, at: dt.datetime) -> Handoff | None:
    """Take the person this counsellor should talk to next; None when nobody waits for them.

    The highest risk first, then the longest wait. Without danger whoever writes another language is
    left out, and for a minute whoever a colleague with empty hands knows more about.
    """
    for found in _suited(session, counsellor, at):
        presence.check_room(session, counsellor, found.level)
        try:
            return moves.claim(session, counsellor, found.conversation_id, at)
        except Conflict:
            continue  # a colleague was first; the next one, then
    return None


def knows(counsellor: Counsellor, handoff: Handoff) -> bool:
    """True if the counsellor named a skill that is needed here."""
    return bool(split(counsellor.skills) & split(handoff.needs))


def _suited(session: Session, counsellor: Counsellor, at: dt.datetime) -> Sequence[Handoff]:
    queue = waiting.queue(session)
    grave = [one for one in queue if one.level in waiting.GRAVE]
    if grave:
        return grave
    mine = [one for one in queue if one.language in counsellor.languages.split(",")]
    free = [
        one for one in presence.present(session, at) if one.id != counsellor.id and _is_free(session, one)
    ]
    return [one for one in mine if not _is_left(one, counsellor, free, at)]


def _is_free(session: Session, counsellor: Counsellor) -> bool:
    return presence.load(session, counsellor) == 0


def _is_left(handoff: Handoff, counsellor: Counsellor, free: Sequence[Counsellor], at: dt.datetime) -> bool:
    """True while somebody free knows about it and this counsellor does not."""
    if at - handoff.requested_at >= LEFT_FOR or knows(counsellor, handoff):
        return False
    return any(knows(one, handoff) and handoff.language in one.languages.split(",") for one in free)
