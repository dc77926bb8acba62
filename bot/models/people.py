"""Tables about people: contacts, their identities on channels, their conversations."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Keyed, Sealed


class Contact(Keyed, Base):
    """A person, known only through identities and conversations."""

    __tablename__ = "contact"

    created_at: Mapped[dt.datetime]
    identities: Mapped[list[Identity]] = relationship(back_populates="contact", cascade="all, delete-orphan")


class Identity(Base):
    """A person's address on one channel; found by keyed hash, stored encrypted."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("channel", "address_hash"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(20))
    address_hash: Mapped[str] = mapped_column(String(64))
    address_sealed: Mapped[bytes | None]
    opted_out_at: Mapped[dt.datetime | None]
    unreachable: Mapped[str | None] = mapped_column(String(40))
    last_inbound_at: Mapped[dt.datetime | None]

    contact: Mapped[Contact] = relationship(back_populates="identities")
    address = Sealed()

    @property
    def keyed(self) -> Keyed:
        """The address opens with the contact's key."""
        return self.contact


class Holder(enum.StrEnum):
    """Who may speak. bot -> requested -> claimed -> bot | closed; claimed -> requested; requested -> bot."""

    BOT = "bot"
    REQUESTED = "requested"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Conversation(Keyed, Base):
    """A thread with one person on one channel, and all that is remembered about it.

    `memory` holds what the next turn needs (last topic, wordings used, mood); `events` are
    Rasa's, at most 40. `version` grows with each change of holder and is checked when sending.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("conversation_by_work", "waiting_since"),
        Index("conversation_by_identity", "identity_id"),
    )

    identity_id: Mapped[str] = mapped_column(ForeignKey("identity.id", ondelete="CASCADE"))
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(20))
    site: Mapped[str] = mapped_column(String(255), default="")
    language: Mapped[str] = mapped_column(String(5), default="en")
    language_source: Mapped[str] = mapped_column(String(10), default="page")
    country: Mapped[str | None] = mapped_column(String(2))
    country_source: Mapped[str | None] = mapped_column(String(10))
    zone: Mapped[str | None] = mapped_column(String(40))
    holder: Mapped[Holder] = mapped_column(String(10), default=Holder.BOT)
    version: Mapped[int] = mapped_column(default=0)
    counsellor_id: Mapped[str | None] = mapped_column(ForeignKey("counsellor.id"))
    risk_level: Mapped[str | None] = mapped_column(String(2))
    risk_protocol: Mapped[str | None] = mapped_column(String(10))
    risk_since: Mapped[dt.datetime | None]
    memory_sealed: Mapped[bytes | None]
    events_sealed: Mapped[bytes | None]
    disclosed_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    last_inbound_at: Mapped[dt.datetime | None]
    next_seq: Mapped[int] = mapped_column(default=1)
    next_event: Mapped[int] = mapped_column(default=1)
    waiting_since: Mapped[dt.datetime | None]
    lease_until: Mapped[dt.datetime | None]
    lease_token: Mapped[int] = mapped_column(default=0)

    identity: Mapped[Identity] = relationship()
    contact: Mapped[Contact] = relationship()
    memory = Sealed()
    events = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A conversation owns its data key."""
        return self

    @property
    def risk_open(self) -> bool:
        """True from the first sign of danger until the person says that they are safe."""
        return self.risk_level is not None

    def take_seq(self) -> int:
        """The next sequence number; lock the conversation first."""
        number = self.next_seq
        self.next_seq = number + 1
        return number

    def recall(self, name: str, default: Any = None) -> Any:
        """One remembered value."""
        return (self.memory or {}).get(name, default)

    def remember(self, **values: Any) -> None:
        """Change remembered values; None forgets one."""
        kept = {**(self.memory or {}), **values}
        self.memory = {name: value for name, value in kept.items() if value is not None}


class WebSession(Base):
    """A widget's session: the token's hash, bound to one conversation and one Origin."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    origin: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
