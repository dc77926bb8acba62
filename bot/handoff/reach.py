"""Whether words would still arrive: said to the counsellor before they type (H7)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import Conversation, Holder, WebSession

# How long after the person's last message a provider lets a human write (none: for ever).
WINDOWS = {
    "whatsapp": dt.timedelta(hours=24),
    # With the HUMAN_AGENT tag, which is for people only.
    "messenger": dt.timedelta(days=7),
}


def unreachable(session: Session, conversation: Conversation, at: dt.datetime) -> str | None:
    """Why a message would not reach the person: closed, stopped, window, left, or the provider's code."""
    identity = conversation.identity
    if conversation.holder == Holder.CLOSED:
        return "closed"
    if identity.opted_out_at is not None:
        return "stopped"
    if identity.unreachable:
        return identity.unreachable
    window = WINDOWS.get(conversation.channel)
    if window and (conversation.last_inbound_at is None or at - conversation.last_inbound_at >= window):
        return "window"
    if conversation.channel == "web" and not _has_session(session, conversation):
        return "left"
    return None


def _has_session(session: Session, conversation: Conversation) -> bool:
    query = select(WebSession.token_hash).where(WebSession.conversation_id == conversation.id)
    return session.scalar(query.where(WebSession.ended_at.is_(None)).limit(1)) is not None
