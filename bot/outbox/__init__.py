"""The outbox: replies as durable rows; the only way out. Who may speak is checked when sending.

queued -> sending -> sent -> delivered | refused
sending -> queued       the provider wants it later, or the process died
queued -> withheld      somebody else holds the conversation, or the person wrote STOP
"""

from bot.outbox.rows import choice, offered, put
from bot.outbox.sending import (
    FINAL,
    LEASE,
    LONGEST_TRYING,
    SHOWN_BY_LOG,
    claim,
    is_due,
    later,
    may_speak,
    receipt,
    refuse,
    sent,
    show,
    still_ours,
    took,
    withhold,
)

__all__ = [
    "FINAL",
    "LEASE",
    "LONGEST_TRYING",
    "SHOWN_BY_LOG",
    "choice",
    "claim",
    "is_due",
    "later",
    "may_speak",
    "offered",
    "put",
    "receipt",
    "refuse",
    "sent",
    "show",
    "still_ours",
    "took",
    "withhold",
]
