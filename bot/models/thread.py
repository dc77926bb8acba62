"""Tables of a conversation's thread: messages in and out, choices, events, guides, timers."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Keyed, Sealed, new_id
from bot.models.people import Conversation


class State(enum.StrEnum):
    """State of a message.

    Inbound: received -> screened -> asked -> closed | failed.
    Outbound: queued -> sending -> sent -> delivered | refused; sending -> queued on retry;
    queued -> withheld when somebody else holds the conversation at the time of sending.
    """

    RECEIVED = "received"
    SCREENED = "screened"
    ASKED = "asked"
    CLOSED = "closed"
    FAILED = "failed"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    WITHHELD = "withheld"


class Message(Base):
    """One utterance, inbound (author `contact`) or outbound; the inbox and the outbox are views of it.

    `body` is the sealed JSON of a reply (text, title, sources, choices ...) or of an arrival.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        UniqueConstraint("conversation_id", "seq"),
        Index("message_by_work", "direction", "state", "due_at"),
        Index("message_by_state", "conversation_id", "state", "seq"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    seq: Mapped[int]
    direction: Mapped[str] = mapped_column(String(3))
    author: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(12), default="text")
    state: Mapped[State] = mapped_column(String(10))
    body_sealed: Mapped[bytes | None]
    content: Mapped[str | None] = mapped_column(String(80))
    content_version: Mapped[str | None] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(5), default="en")
    holder_version: Mapped[int] = mapped_column(default=0)
    level: Mapped[str | None] = mapped_column(String(2))
    protocol: Mapped[str | None] = mapped_column(String(10))
    route: Mapped[str | None] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime | None]
    failure: Mapped[str | None] = mapped_column(String(80))
    answers_id: Mapped[str | None] = mapped_column(String(36))
    counsellor_id: Mapped[str | None] = mapped_column(ForeignKey("counsellor.id"))
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()
    body = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A message opens with its conversation's key."""
        return self.conversation

    @property
    def text(self) -> str:
        """The words of the message."""
        return str((self.body or {}).get("text", ""))


class Choice(Base):
    """A button that we offered, with the effect it had when it was offered."""

    __tablename__ = "choice"

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    effect_kind: Mapped[str] = mapped_column(String(10))
    effect_value: Mapped[str] = mapped_column(String(120))
    label_sealed: Mapped[bytes | None]
    used_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()
    label = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A label opens with its conversation's key."""
        return self.conversation


class Event(Base):
    """One entry of what a widget or console shows: append-only, numbered from 1 without gaps."""

    __tablename__ = "event"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[dt.datetime]

    message: Mapped[Message | None] = relationship()


class GuideRun(Base):
    """A protocol or questionnaire in progress or finished; at most one is open in a conversation."""

    __tablename__ = "guide_run"
    __table_args__ = (Index("guide_run_open", "conversation_id", "state"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    guide: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(13))
    version: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(5))
    step: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default="open")
    level: Mapped[str | None] = mapped_column(String(2))
    unclear: Mapped[int] = mapped_column(default=0)
    answers_sealed: Mapped[bytes | None]
    started_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()
    answers = Sealed()

    @property
    def keyed(self) -> Keyed:
        """Answers open with the conversation's key."""
        return self.conversation


class Timer(Base):
    """Something to do later, once: a silence step, an unclaimed handoff, a 30 s emergency card."""

    __tablename__ = "timer"
    __table_args__ = (Index("timer_due", "done_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(80), default="")
    due_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()


class Feedback(Base):
    """A thumb on an answer, with what was shown and which model chose it."""

    __tablename__ = "feedback"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    thumb: Mapped[str] = mapped_column(String(4))
    content: Mapped[str | None] = mapped_column(String(80))
    content_version: Mapped[str | None] = mapped_column(String(12))
    model: Mapped[str] = mapped_column(String(64), default="")
    language: Mapped[str] = mapped_column(String(5))
    at: Mapped[dt.datetime]
