"""What a person has agreed to, purpose by purpose; each agreement can be taken back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base, new_id


class Consent(Base):
    """One agreement of a contact, from when it was given until it was taken back.

    Purposes: `earlier_talks` (a counsellor may read the notes of earlier conversations).
    """

    __tablename__ = "consent"
    __table_args__ = (Index("consent_by_contact", "contact_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(String(36))
    noted_by: Mapped[str] = mapped_column(String(36))
    given_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
