"""Why somebody in danger is where they are in the queue: what the screen saw, and what they answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.models import Conversation, GuideRun, Message

MOST = 3
# Steps of the protocols about suicide where a yes means that a way is at hand.
SUICIDE = ("S2", "S3", "S4", "S5", "S6")
AT_HAND = ("means", "near")


def seen(session: Session, conversations: Sequence[Conversation]) -> dict[str, dict[str, Any]]:
    """By conversation with an open risk: codes of the dangers, newest first, then signs; and when it was."""
    ids = [one.id for one in conversations if one.risk_open]
    if not ids:
        return {}
    found: dict[str, dict[str, Any]] = {}
    latest = func.max(Message.created_at)
    query = select(Message.conversation_id, Message.protocol, latest).where(
        Message.conversation_id.in_(ids), Message.level.is_not(None), Message.protocol.is_not(None)
    )
    query = query.group_by(Message.conversation_id, Message.protocol).order_by(latest.desc())
    for conversation_id, protocol, at in session.execute(query):
        row = found.setdefault(conversation_id, {"seen": [], "seen_at": at.isoformat(timespec="seconds")})
        row["seen"] = [*row["seen"], protocol][:MOST]
    for conversation_id in _with_means(session, ids) & found.keys():
        found[conversation_id]["seen"].append("means")
    return found


def _with_means(session: Session, ids: Sequence[str]) -> set[str]:
    """Conversations in which somebody answered that what they thought of is within reach."""
    query = select(GuideRun).where(GuideRun.conversation_id.in_(ids), GuideRun.guide.in_(SUICIDE))
    return {
        run.conversation_id
        for run in session.scalars(query)
        if any("yes" in (run.answers or {}).get(step, ()) for step in AT_HAND)
    }
