"""What we hold about a contact: export, erase, expire."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import eventlog
from bot.models import Contact, Conversation, GuideRun


def wipe(session: Session, conversation: Conversation) -> None:
    """Delete the person behind a conversation: keys first among all rows, so backups are unreadable."""
    conversation_id, contact_id = conversation.id, conversation.contact_id
    session.flush()
    session.expunge_all()
    session.execute(delete(Contact).where(Contact.id == contact_id))
    eventlog.touch(session, conversation_id, eventlog.CONSOLE)


def forget_answers(session: Session, conversation: Conversation) -> None:
    """Delete the answers of every questionnaire of this person, on all channels."""
    own = select(Conversation.id).where(Conversation.contact_id == conversation.contact_id)
    query = select(GuideRun).where(GuideRun.conversation_id.in_(own), GuideRun.kind == "questionnaire")
    for run in session.scalars(query):
        session.delete(run)
    session.flush()


def expired(session: Session, at: dt.datetime) -> bool:
    """True if the time of any answers is over."""
    return session.scalar(select(GuideRun.id).where(GuideRun.expires_at <= at).limit(1)) is not None


def expire(session: Session, at: dt.datetime) -> int:
    """Delete runs of guides whose time is over, answers and all; how many there were."""
    due = session.scalars(select(GuideRun).where(GuideRun.expires_at <= at).limit(200)).all()
    for run in due:
        session.delete(run)
    return len(due)
