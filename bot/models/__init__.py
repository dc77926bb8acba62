"""Tables, one module a subject: people, thread (messages, guides, timers), delivery, staff."""

from bot.models.base import Base, Keyed, new_id
from bot.models.consent import Consent
from bot.models.delivery import Delivery, Dispatch, JoinCode
from bot.models.match import DirectoryEntry, MatchRequest
from bot.models.people import Contact, Conversation, Holder, Identity, WebSession
from bot.models.staff import (
    Alert,
    Audit,
    Callback,
    ChatwootThread,
    ConsoleSession,
    Counsellor,
    Grant,
    Handoff,
    Note,
    Passkey,
    Unanswered,
)
from bot.models.tally import Tally
from bot.models.thread import Choice, Event, Feedback, GuideRun, Message, State, Timer

__all__ = [
    "Alert",
    "Audit",
    "Base",
    "Callback",
    "ChatwootThread",
    "Choice",
    "Consent",
    "ConsoleSession",
    "Contact",
    "Conversation",
    "Counsellor",
    "Delivery",
    "DirectoryEntry",
    "Dispatch",
    "Event",
    "Feedback",
    "Grant",
    "GuideRun",
    "Handoff",
    "Holder",
    "Identity",
    "JoinCode",
    "Keyed",
    "MatchRequest",
    "Message",
    "Note",
    "Passkey",
    "State",
    "Tally",
    "Timer",
    "Unanswered",
    "WebSession",
    "new_id",
]
