"""What we hold about a contact: export, erase, expire."""

from __future__ import annotations

from sqlalchemy import delete

from bot import eventlog
from bot.db import Database
from bot.models import Contact, Conversation


def erase(database: Database, conversation_id: str) -> None:
    """Delete the person behind a conversation: keys first among all rows, so backups are unreadable."""
    with database.begin() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            return
        session.execute(delete(Contact).where(Contact.id == conversation.contact_id))
        eventlog.touch(session, conversation_id, eventlog.CONSOLE)
