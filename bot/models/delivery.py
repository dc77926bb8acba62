"""Tables of what leaves the house: parts that providers took, events for partners, codes to join channels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, new_id
from bot.models.people import Conversation
from bot.models.thread import Message


class Delivery(Base):
    """One part of an outbound message that a provider took, and what it reported since.

    A report may come before we have noted the part: then the row has no message yet.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("message_id", "part"), UniqueConstraint("channel", "provider_id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    part: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(10), default="sent")
    code: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[dt.datetime]

    message: Mapped[Message | None] = relationship()


class Dispatch(Base):
    """An event on its way to a system, not to a person: ids and kinds only, never a text.

    queued -> sent | dead. `source` is unique, so that an event is dispatched once to each target.
    """

    __tablename__ = "dispatch"
    __table_args__ = (UniqueConstraint("target", "source"), Index("dispatch_by_work", "state", "due_at"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    target: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    failure: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[dt.datetime]


class JoinCode(Base):
    """A one-time code with which a person goes on in another channel; only its hash is kept."""

    __tablename__ = "join_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()
