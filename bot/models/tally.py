"""Counts for the yearly report: how often a danger was answered on a day; no person stands behind a row."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.models.base import Base


class Tally(Base):
    """One counter: a day, what happened (`crisis`, `check_in`, `safe`), where (protocol, level, country)."""

    __tablename__ = "tally"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    protocol: Mapped[str] = mapped_column(String(10), primary_key=True, default="")
    level: Mapped[str] = mapped_column(String(2), primary_key=True, default="")
    country: Mapped[str] = mapped_column(String(2), primary_key=True, default="")
    count: Mapped[int] = mapped_column(default=0)

    @classmethod
    def add(cls, session: Session, day: dt.date, kind: str, protocol: str, level: str, country: str) -> None:
        """One more of this kind on this day."""
        key = {"day": day, "kind": kind, "protocol": protocol, "level": level, "country": country}
        query = select(cls).filter_by(**key).with_for_update()
        row = session.scalar(query)
        if row is None:
            row = cls(**key, count=0)
            session.add(row)
        row.count += 1
