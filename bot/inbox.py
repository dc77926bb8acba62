"""The inbox: what people wrote, durable before it is acknowledged, handled once and in order."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import eventlog
from bot.content import known_lang
from bot.crypt import Vault
from bot.messages import Arrival
from bot.models import Contact, Conversation, Holder, Identity, Message, State, new_id

# A worker that died gives its conversation back after this long.
LEASE = dt.timedelta(seconds=10)
# A burst is answered in one turn; more than this waits for the next one.
BURST = 20
LONGEST_TEXT = 10_000
LONGEST_ID = 255
_OPEN = (State.RECEIVED, State.SCREENED, State.ASKED)


def receive(session: Session, arrival: Arrival) -> Message:
    """Store an arrival and return its row; a repeat of the same provider id returns the first row.

    The unique constraint on (channel, provider_id) decides, not a look before the insert, so two
    deliveries at once cannot both win.
    """
    if len(arrival.provider_id) > LONGEST_ID:
        # No provider has ids of this length; a hash tells them apart as well as they do.
        short = hashlib.sha256(arrival.provider_id.encode()).hexdigest()
        arrival = msgspec.structs.replace(arrival, provider_id=short)
    known_already = find(session, arrival.channel, arrival.provider_id)
    if known_already:
        return known_already
    try:
        with session.begin_nested():
            conversation = current(session, arrival)
            return append(session, conversation, arrival)
    except IntegrityError:
        first = find(session, arrival.channel, arrival.provider_id)
        if first is None:
            raise
        return first


def find(session: Session, channel: str, provider_id: str) -> Message | None:
    """The message with this provider id on this channel."""
    query = select(Message).where(Message.channel == channel, Message.provider_id == provider_id)
    return session.scalar(query)


def current(session: Session, arrival: Arrival) -> Conversation:
    """The person's conversation on this channel, made with contact and identity when new."""
    identity = identify(session, arrival)
    query = (
        select(Conversation)
        .where(Conversation.identity_id == identity.id, Conversation.holder != Holder.CLOSED)
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )
    return session.scalar(query) or open_conversation(session, identity, arrival)


def identify(session: Session, arrival: Arrival) -> Identity:
    """The identity behind an address, found by keyed hash; made when new."""
    vault: Vault = session.info["vault"]
    hashed = vault.lookup_hash(f"address:{arrival.channel}", arrival.address)
    query = select(Identity).where(Identity.channel == arrival.channel, Identity.address_hash == hashed)
    identity = session.scalar(query)
    if identity is None:
        contact = Contact(created_at=arrival.at)
        contact.new_key(vault)
        session.add(contact)
        identity = Identity(id=new_id(), contact=contact, channel=arrival.channel, address_hash=hashed)
        session.add(identity)
        identity.address = arrival.address
        session.flush()
    return identity


def open_conversation(session: Session, identity: Identity, arrival: Arrival) -> Conversation:
    """A new conversation with what the channel already knows about language and country."""
    conversation = Conversation(
        identity=identity,
        contact_id=identity.contact_id,
        channel=arrival.channel,
        site=arrival.site,
        language=known_lang(arrival.lang),
        country=arrival.country,
        country_source=arrival.country_source,
        created_at=arrival.at,
    )
    conversation.new_key(session.info["vault"])
    session.add(conversation)
    session.flush()
    return conversation


def append(session: Session, conversation: Conversation, arrival: Arrival) -> Message:
    """Add an arrival to a conversation and mark the conversation as waiting for a worker."""
    eventlog.lock(session, conversation)
    message = Message(
        conversation=conversation,
        seq=conversation.take_seq(),
        direction="in",
        author="contact",
        channel=arrival.channel,
        provider_id=arrival.provider_id,
        kind=arrival.kind,
        state=State.RECEIVED,
        language=conversation.language,
        created_at=arrival.at,
    )
    session.add(message)
    message.body = {
        "text": arrival.text[:LONGEST_TEXT],
        "choice": arrival.choice,
        "lang": arrival.lang,
        "handled": arrival.handled,
    }
    conversation.last_inbound_at = conversation.identity.last_inbound_at = arrival.at
    # Whoever writes can be written to again, whatever the provider said before.
    conversation.identity.unreachable = "left" if arrival.kind == "left" else None
    conversation.waiting_since = conversation.waiting_since or arrival.at
    eventlog.record(session, conversation, "message", arrival.at, message=message)
    eventlog.touch(session, eventlog.WORK)
    session.flush()
    return message


def is_waiting(session: Session, at: dt.datetime, only: str | None = None) -> bool:
    """True if a conversation waits that nobody holds."""
    return session.scalar(_waiting(select(Conversation.id), at, only).limit(1)) is not None


def claim(session: Session, at: dt.datetime, only: str | None = None) -> tuple[str, int] | None:
    """Lease the conversation that has waited longest: its id and a fencing token, or None."""
    query = _waiting(select(Conversation), at, only).order_by(Conversation.waiting_since).limit(1)
    conversation = session.scalar(query.with_for_update(skip_locked=True))
    if conversation is None:
        return None
    conversation.lease_until = at + LEASE
    conversation.lease_token += 1
    return conversation.id, conversation.lease_token


def is_held(session: Session, conversation: Conversation, token: int) -> bool:
    """True if the lease with this token is still ours; a stale worker must change nothing."""
    eventlog.lock(session, conversation)
    return conversation.lease_token == token


def pending(session: Session, conversation: Conversation) -> Sequence[Message]:
    """Messages not yet handled, oldest first, at most a burst."""
    query = select(Message).where(Message.conversation_id == conversation.id, Message.direction == "in")
    # "+ 0" keeps SQLite from reading a whole long conversation in order, where it needs the few open rows.
    query = query.where(Message.state.in_(_OPEN)).order_by(Message.seq + 0).limit(BURST)
    return session.scalars(query).all()


def handled_before(session: Session, conversation: Conversation, count: int) -> dt.datetime | None:
    """When the message came that was handled `count` messages ago; None when there are fewer."""
    query = select(Message.created_at).where(Message.conversation_id == conversation.id)
    query = query.where(Message.direction == "in", Message.state == State.CLOSED)
    return session.scalar(query.order_by(Message.seq.desc()).offset(count - 1).limit(1))


def close(session: Session, conversation: Conversation, messages: Sequence[Message], at: dt.datetime) -> None:
    """Mark messages as handled and give the conversation back."""
    for message in messages:
        message.state = State.CLOSED
    session.flush()
    # One that was asked and not closed is kept for later (again.py): nobody waits for it now.
    unread = any(message.state != State.ASKED for message in pending(session, conversation))
    conversation.waiting_since = at if unread else None
    conversation.lease_until = None


def _waiting(query: Select[Any], at: dt.datetime, only: str | None) -> Select[Any]:
    query = query.where(Conversation.waiting_since.is_not(None))
    query = query.where(Conversation.lease_until.is_(None) | (Conversation.lease_until < at))
    return query.where(Conversation.id == only) if only else query
