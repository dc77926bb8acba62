"""Tables about staff and handoffs: counsellors, their sessions, requests, call-backs, audit."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bot.models.base import Base, Keyed, Sealed, new_id
from bot.models.people import Conversation


class Counsellor(Keyed, Base):
    """A human who answers in the console. Roles: counsellor, supervisor, editor, administrator."""

    __tablename__ = "counsellor"

    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(15), default="counsellor")
    languages: Mapped[str] = mapped_column(String(40), default="en")
    skills: Mapped[str] = mapped_column(String(80), default="", server_default="")
    capacity: Mapped[int] = mapped_column(default=4)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    totp_sealed: Mapped[bytes | None]
    totp_used_step: Mapped[int] = mapped_column(default=0)
    # Who the organisation's own sign-in says they are (issuer and subject, hashed).
    oidc_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[dt.datetime | None]
    link_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    link_expires_at: Mapped[dt.datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    heartbeat_at: Mapped[dt.datetime | None]
    available: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]

    totp = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A counsellor's secret opens with a key of their own."""
        return self


class Passkey(Base):
    """A counsellor's passkey: its public half, and the moment of the newest challenge that it answered."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("counsellor.id", ondelete="CASCADE"), index=True)
    credential: Mapped[str] = mapped_column(String(400), unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    answered: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    counsellor: Mapped[Counsellor] = relationship()


class ConsoleSession(Base):
    """A signed-in console: hash of the cookie's token, ended by sign-out, idleness or a role change."""

    __tablename__ = "console_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("counsellor.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    counsellor: Mapped[Counsellor] = relationship()


class Handoff(Base):
    """One stretch of a conversation with humans, from request to close.

    `shown` is the place and wait that the person was last told; `flagged_at`: the counsellor asks
    for help; `invited` is the counsellor asked to take over, who may read along until then.
    """

    __tablename__ = "handoff"
    __table_args__ = (Index("handoff_queue", "state", "level", "requested_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(2), default="P3")
    language: Mapped[str] = mapped_column(String(5))
    needs: Mapped[str] = mapped_column(String(80), default="", server_default="")
    requested_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    first_reply_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    counsellor_id: Mapped[str | None] = mapped_column(ForeignKey("counsellor.id"))
    released: Mapped[int] = mapped_column(default=0)
    shown: Mapped[str] = mapped_column(String(20), default="")
    flagged_at: Mapped[dt.datetime | None]
    invited_id: Mapped[str | None] = mapped_column(ForeignKey("counsellor.id"))
    invited_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()
    counsellor: Mapped[Counsellor | None] = relationship(foreign_keys=[counsellor_id])
    invited: Mapped[Counsellor | None] = relationship(foreign_keys=[invited_id])


class ChatwootThread(Base):
    """A conversation's number in Chatwoot, and the number of the last message sent there."""

    __tablename__ = "chatwoot_thread"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(index=True)
    forwarded: Mapped[int] = mapped_column(default=0)
    open: Mapped[bool] = mapped_column(default=True)


class Callback(Base):
    """A wish to be called or written to later, made when nobody is on shift."""

    __tablename__ = "callback"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(2), default="P3")
    asked_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]

    conversation: Mapped[Conversation] = relationship()


class Note(Base):
    """What staff write about a conversation and never send: sealed with the conversation's key.

    Kinds: `note`, `whisper` (a supervisor's to the counsellor), `case` (the structured note at the
    end), `access` (why a supervisor opened it).
    """

    __tablename__ = "note"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("counsellor.id"))
    kind: Mapped[str] = mapped_column(String(10), default="note")
    body_sealed: Mapped[bytes | None]
    at: Mapped[dt.datetime]

    conversation: Mapped[Conversation] = relationship()
    counsellor: Mapped[Counsellor] = relationship()
    body = Sealed()

    @property
    def keyed(self) -> Keyed:
        """A note opens with its conversation's key."""
        return self.conversation


class Grant(Base):
    """A supervisor's leave, for a while and with a reason, to read a conversation that is not theirs."""

    __tablename__ = "access_grant"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    counsellor_id: Mapped[str] = mapped_column(ForeignKey("counsellor.id"))
    reason: Mapped[str] = mapped_column(String(20))
    until: Mapped[dt.datetime]


class Alert(Base):
    """Something staff must see at once: a P0 while claimed, the screen down, a dead letter."""

    __tablename__ = "alert"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(30))
    level: Mapped[str | None] = mapped_column(String(2))
    raised_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(36))


class Audit(Base):
    """Append-only and hash-chained: who did what to which conversation, when and why; never a text."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_by_subject", "subject", "actor"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(36))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(36), default="")
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @classmethod
    def append(
        cls,
        session: Session,
        *,
        actor: str,
        action: str,
        subject: str,
        at: dt.datetime,
        details: dict[str, Any],
    ) -> Audit:
        """Add an entry whose hash covers its content and the entry before it."""
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            # A lock on the last row is not enough: who waits for it would then read an old last row.
            session.execute(text("select pg_advisory_xact_lock(1790)"))
        last = session.scalar(select(cls).order_by(cls.number.desc()).limit(1).with_for_update())
        entry = cls(
            number=last.number + 1 if last else 1,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            details=details,
            previous=last.hash if last else "",
            hash="",
        )
        entry.hash = entry.digest()
        session.add(entry)
        return entry

    def digest(self) -> str:
        """SHA-256 over the entry and the hash of the one before; differs if anything was changed."""
        moment = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        fields = [self.number, moment, self.actor, self.action, self.subject, self.details, self.previous]
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()


class Unanswered(Base):
    """A question that nothing answered, kept encrypted for review until it expires."""

    __tablename__ = "unanswered"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str] = mapped_column(String(5))
    text_sealed: Mapped[bytes | None]
    at: Mapped[dt.datetime]

    conversation: Mapped[Conversation] = relationship()
    text = Sealed()

    @property
    def keyed(self) -> Keyed:
        """The text opens with its conversation's key."""
        return self.conversation
