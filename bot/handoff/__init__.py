"""From bot to counsellor and back: request, claim, release, close; who is there, place and wait.

    bot -> requested -> claimed -> bot | closed
    claimed -> requested     released, or the counsellor was lost
    requested -> bot         the person leaves, or nobody came

The invariants H1-H8 that hold here stand in docs/console.md; tests/flows/test_handoff_model.py
checks them after every step.
"""

from bot.handoff.access import Refused, access, alert, break_glass, holding, log
from bot.handoff.callbacks import done as callback_done
from bot.handoff.callbacks import note as callback_note
from bot.handoff.hours import Team, is_open, next_open, teams
from bot.handoff.moves import (
    CARD_SECONDS,
    END_REASONS,
    EndReason,
    call_back,
    claim,
    close,
    contact_ended,
    nobody_came,
    reclaim,
    release,
    request,
    step_in,
)
from bot.handoff.needs import SKILLS
from bot.handoff.presence import PRESENCE, WEIGHT, heartbeat, load, lost, present, sign_off
from bot.handoff.reach import unreachable
from bot.handoff.skills import claim_next
from bot.handoff.team import accept, decline, flag, invite, take_over
from bot.handoff.waiting import (
    at_risk,
    open_handoff,
    place,
    queue,
    refresh,
    stale,
    still_waiting,
    wait_minutes,
)

__all__ = [
    "CARD_SECONDS",
    "END_REASONS",
    "PRESENCE",
    "SKILLS",
    "WEIGHT",
    "EndReason",
    "Refused",
    "Team",
    "accept",
    "access",
    "alert",
    "at_risk",
    "break_glass",
    "call_back",
    "callback_done",
    "callback_note",
    "claim",
    "claim_next",
    "close",
    "contact_ended",
    "decline",
    "flag",
    "heartbeat",
    "holding",
    "invite",
    "is_open",
    "load",
    "log",
    "lost",
    "next_open",
    "nobody_came",
    "open_handoff",
    "place",
    "present",
    "queue",
    "reclaim",
    "refresh",
    "release",
    "request",
    "sign_off",
    "stale",
    "step_in",
    "still_waiting",
    "take_over",
    "teams",
    "unreachable",
    "wait_minutes",
]
