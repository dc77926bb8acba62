"""Tables of matching: the directory's entries, and requests sent to a therapist with the person's yes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Keyed, Sealed, new_id
from bot.models.people import Conversation


class DirectoryEntry(Base):
    """A therapist or programme; `data` is an entry of bot/matching. Nothing about people who look for one."""

    __tablename__ = "directory_entry"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[str] = mapped_column(String(36), default="")


class MatchRequest(Base):
    """A wish to be seen, sent with the person's yes to one entry of the directory.

    sent -> taken | declined; sent or taken -> withdrawn. `letter` is what was sent, word for word;
    it goes when the request is withdrawn.
    """

    __tablename__ = "match_request"
    __table_args__ = (Index("match_request_by_state", "state", "changed_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    entry_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="sent")
    letter_sealed: Mapped[bytes | None]
    asked_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]

    conversation: Mapped[Conversation] = relationship()
    letter = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A letter opens with its conversation's key."""
        return self.conversation
