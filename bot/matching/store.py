"""The directory in our own tables: read once for each change, replaced as a whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from bot.matching.entry import Directory, Entry
from bot.models import DirectoryEntry

_HELD: WeakKeyDictionary[Engine, tuple[tuple[int, dt.datetime | None], Directory]] = WeakKeyDictionary()


def held(session: Session, sample: Directory) -> Directory:
    """The directory that is loaded, else the sample."""
    mark = session.execute(select(func.count(DirectoryEntry.id), func.max(DirectoryEntry.changed_at))).one()
    state = (int(mark[0]), mark[1])
    if not state[0]:
        return sample
    engine = session.get_bind()
    engine = engine if isinstance(engine, Engine) else engine.engine
    known = _HELD.get(engine)
    if known is None or known[0] != state:
        known = (state, Directory(tuple(stored(session))))
        _HELD[engine] = known
    return known[1]


def stored(session: Session) -> list[Entry]:
    """All entries of the tables, in the order of their ids."""
    rows = session.scalars(select(DirectoryEntry).order_by(DirectoryEntry.id))
    return [msgspec.convert(row.data, Entry) for row in rows]


def replace(
    session: Session, entries: Iterable[Entry], at: dt.datetime, by: str, *, keep_others: bool = False
) -> tuple[int, int, int]:
    """Put entries in place of what was there: how many are new, changed and gone."""
    before = {row.id: row for row in session.scalars(select(DirectoryEntry))}
    new = changed = 0
    kept = set()
    for entry in entries:
        kept.add(entry.id)
        data = msgspec.to_builtins(entry)
        row = before.get(entry.id)
        if row is None:
            session.add(DirectoryEntry(id=entry.id, data=data, changed_at=at, changed_by=by))
            new += 1
        elif row.data != data:
            row.data, row.changed_at, row.changed_by = data, at, by
            changed += 1
    gone = [] if keep_others else [entry_id for entry_id in before if entry_id not in kept]
    for start in range(0, len(gone), 500):
        session.execute(delete(DirectoryEntry).where(DirectoryEntry.id.in_(gone[start : start + 500])))
    session.flush()
    return new, changed, len(gone)
