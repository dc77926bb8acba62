"""One person on two channels: joined by a one-time code that they carry over, never by a guess."""

from __future__ import annotations

import datetime as dt
import re
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import guide, handoff, outbox
from bot.messages import Outcome
from bot.models import Contact, Conversation, GuideRun, Holder, Identity, JoinCode
from bot.stage import Kit, Turn

# Without letters and digits that look alike; 32^8 codes, each good for ten minutes and once.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = re.compile(
    rf"^\W*(?:(?:join|unir|code|código)\W+)?([{_LETTERS}]{{4}})-?([{_LETTERS}]{{4}})\W*$", re.I
)
VALID = dt.timedelta(minutes=10)
# After so many wrong codes a conversation may try no more for as long as a code lives.
_MOST_TRIES = 5
# What the bot remembers about the person goes along; what it remembers about the thread does not.
_CARRIED = ("last_topic", "who", "moods", "quiet", "set_aside")


def code_in(text: str) -> str | None:
    """A code in a message that holds nothing else; at least one digit tells it from a word."""
    found = _CODE.match(text)
    if found is None or not any(letter.isdigit() for letter in found[0]):
        return None
    return (found[1] + found[2]).upper()


def offer(session: Session, kit: Kit, turn: Turn) -> Outcome:
    """A fresh code for another channel."""
    code = _fresh_code()
    at = turn.voice.at
    hashed = kit.database.vault.lookup_hash("join", code)
    session.add(JoinCode(code_hash=hashed, conversation_id=turn.conversation.id, expires_at=at + VALID))
    shown = f"{code[:4]}-{code[4:]}"
    reply = turn.voice.phrase("join_code", turn.number, author="notice", code=shown)
    return Outcome(route="command", replies=(reply,))


def accept(session: Session, kit: Kit, turn: Turn, code: str) -> Outcome:
    """Join this channel to the person whose code it is; the open guide goes on here."""
    conversation, at = turn.conversation, turn.voice.at
    row = session.get(JoinCode, kit.database.vault.lookup_hash("join", code), with_for_update=True)
    good = row is not None and row.used_at is None and row.expires_at > at
    if (
        row is None
        or not good
        or row.conversation_id == conversation.id
        or _tries(conversation, at) > _MOST_TRIES
    ):
        _count(conversation, at)
        failed = turn.voice.phrase("join_failed", turn.number, author="notice")
        return Outcome(route="command", replies=(failed,))
    row.used_at = at
    other = row.conversation
    _move_identity(session, conversation.identity, other.contact)
    _carry_over(session, other, conversation)
    turn.voice = kit.voice(conversation, at)
    handoff.log(session, "contact", "channels.join", conversation.id, at, other=other.id)
    run = guide.current(session, conversation)
    again = guide.unclear(session, run, turn.voice, answered=True).replies if run else ()
    joined = turn.voice.phrase("joined", turn.number, author="notice")
    return Outcome(route="command", replies=(joined, *again))


def card_elsewhere(session: Session, kit: Kit, turn: Turn) -> None:
    """The line of somebody in danger was cut by STOP: the emergency card goes where they can be reached."""
    query = (
        select(Conversation)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Conversation.contact_id == turn.conversation.contact_id)
        .where(Conversation.id != turn.conversation.id, Conversation.holder != Holder.CLOSED)
        .where(Identity.opted_out_at.is_(None), Identity.unreachable.is_(None))
        .order_by(Conversation.last_inbound_at.desc())
        .limit(1)
    )
    other = session.scalar(query)
    if other is None:
        return
    outbox.put(session, other, [kit.voice(other, turn.voice.at).card()], turn.voice.at)
    outbox.show(session, other, turn.voice.at)


def _fresh_code() -> str:
    """Eight signs, at least one of them a digit: `code_in` takes eight letters for a word."""
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        if code_in(code):
            return code


def _move_identity(session: Session, identity: Identity, contact: Contact) -> None:
    """The address, and all conversations on it, belong to `contact` from now on."""
    before = identity.contact
    if before.id == contact.id:
        return
    address = identity.address
    identity.contact = contact
    identity.address = address
    session.flush()
    for one in session.scalars(select(Conversation).where(Conversation.identity_id == identity.id)):
        one.contact_id = contact.id
    session.flush()
    session.refresh(before)
    if not before.identities:
        session.delete(before)


def _carry_over(session: Session, other: Conversation, here: Conversation) -> None:
    """Language, place, risk and open guides go along: the person goes on where they were."""
    here.language, here.language_source = other.language, other.language_source
    if other.country_source == "said" or here.country is None:
        here.country, here.country_source = other.country, other.country_source
    here.remember(**{name: other.recall(name) for name in _CARRIED if other.recall(name) is not None})
    if other.risk_level and (here.risk_level is None or other.risk_level < here.risk_level):
        here.risk_level, here.risk_protocol = other.risk_level, other.risk_protocol
        here.risk_since = other.risk_since
    if guide.current(session, here):
        return
    query = select(GuideRun).where(
        GuideRun.conversation_id == other.id, GuideRun.state.in_(("open", "paused"))
    )
    for run in session.scalars(query).all():
        answers = run.answers
        run.conversation = here
        # Sealed anew: the key of a row is its conversation's.
        run.answers = answers


def _tries(conversation: Conversation, at: dt.datetime) -> int:
    since, count = conversation.recall("join_tries", ("", 0))
    return int(count) if since and at - dt.datetime.fromisoformat(since) < VALID else 0


def _count(conversation: Conversation, at: dt.datetime) -> None:
    tries = _tries(conversation, at)
    since = conversation.recall("join_tries", ("", 0))[0] if tries else at.isoformat()
    conversation.remember(join_tries=(since, tries + 1))
