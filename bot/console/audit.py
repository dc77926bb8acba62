"""Verifies the audit log: any edit, deletion or change of order breaks the chain of hashes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import Audit


def broken_at(session: Session) -> int | None:
    """The number of the first entry that does not fit the one before it; None when all fit."""
    previous = ""
    entries = session.scalars(select(Audit).order_by(Audit.number).execution_options(yield_per=1000))
    for number, entry in enumerate(entries, 1):
        if entry.number != number or entry.previous != previous or entry.hash != entry.digest():
            return number
        previous = entry.hash
    return None


def last(session: Session) -> tuple[int, str]:
    """Number and hash of the newest entry, to be kept elsewhere: a cut-off end shows only beside it."""
    entry = session.scalar(select(Audit).order_by(Audit.number.desc()).limit(1))
    return (entry.number, entry.hash) if entry else (0, "")
