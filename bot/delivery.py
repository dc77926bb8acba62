"""One row from the outbox to its provider: claimed, split, sent part by part, its fate noted.

The provider is called with the database closed. A process that dies in between leaves a lease
which runs out; parts that were noted are not sent again, and every try carries the same key.
"""

from __future__ import annotations

import datetime as dt

import msgspec
import structlog
from prometheus_client import Counter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import content, handoff, outbox
from bot.channels.contract import Button, Limits, Outgoing, Part, Receipt
from bot.channels.parts import parts
from bot.content import Voice, known_lang
from bot.crash import crash_here
from bot.errors import Refused, TryLater
from bot.messages import Reply, Value
from bot.models import Conversation, Delivery, Message, State
from bot.stage import Kit

log = structlog.get_logger()
OUTCOMES = Counter(
    "lantern_deliveries", "Tries to deliver a message, by what became of them", ["channel", "outcome"]
)
# After so many tries without success staff are told, while the tries go on.
_LATE_ATTEMPTS = 4
# The provider's code for "this person wrote STOP": true whatever we noted.
_STOPPED = frozenset({"21610"})


class Job(Value, frozen=True, kw_only=True):
    """A claimed row and what is left to send of it."""

    message: str
    lease: dt.datetime
    channel: str
    address: str
    parts: tuple[Part, ...]
    done: int
    human: bool
    late: bool


def deliver(kit: Kit, name: str) -> bool:
    """Send the next due row of a channel, or settle that it is not to be sent; False when there is none."""
    with kit.database.read() as session:
        if not outbox.is_due(session, name, kit.now()):
            return False
    with kit.database.begin() as session:
        message = outbox.claim(session, name, kit.now())
        job = _job(session, kit, name, message) if message else None
    if job is None:
        return message is not None
    crash_here("delivery.claimed")
    channel = kit.channels.by_name[name]
    for number in range(job.done, len(job.parts)):
        try:
            provider_id = channel.send(_outgoing(job, number))
        except Refused as error:
            return _fail(kit, job, error)
        except TryLater as error:
            return _postpone(kit, job, error)
        crash_here("delivery.sent")
        lease = _note(kit, job, number, provider_id)
        crash_here("delivery.noted")
        if lease is None:
            break
        job = msgspec.structs.replace(job, lease=lease)
    return True


def note_receipt(session: Session, kit: Kit, receipt: Receipt) -> None:
    """What a provider reported; a message that failed after it was taken is told to staff."""
    at = kit.now()
    failed = outbox.receipt(session, receipt.channel, receipt.provider_id, receipt.state, receipt.code, at)
    OUTCOMES.labels(receipt.channel, f"receipt_{receipt.state}").inc()
    if failed is not None:
        _mark(
            session, failed, Refused("reported later", code=receipt.code, unreachable=receipt.unreachable), at
        )


def dead_letters(session: Session) -> dict[str, int]:
    """How many messages were refused for good, by channel."""
    query = select(Message.channel, func.count()).where(
        Message.direction == "out", Message.state == State.REFUSED
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Message.channel))}


def _job(session: Session, kit: Kit, name: str, message: Message) -> Job | None:
    """What is left to send of a claimed row; None when it may not be said any more, or not any longer."""
    at, conversation = kit.now(), message.conversation
    limits = kit.channels.by_name[name].limits(name)
    if not outbox.may_speak(conversation, message):
        outbox.withhold(message)
        OUTCOMES.labels(name, "withheld").inc()
        return None
    late = _is_late(conversation, limits, at)
    if late and message.author != "counsellor":
        _mark(session, message, Refused("outside the window", code="window"), at)
        return None
    return Job(
        message=message.id,
        lease=message.due_at or at,
        channel=name,
        address=conversation.identity.address,
        parts=_parts(message, kit, limits),
        done=session.scalar(select(func.count()).where(Delivery.message_id == message.id)) or 0,
        human=message.author == "counsellor",
        late=late,
    )


def _parts(message: Message, kit: Kit, limits: Limits) -> tuple[Part, ...]:
    """The row's words in its own language and at its own time: the same on every try."""
    body = message.body or {}
    reply = msgspec.convert({name: body[name] for name in Reply.__struct_fields__ if name in body}, Reply)
    conversation = message.conversation
    voice = Voice(kit.library, known_lang(message.language), conversation.country, message.created_at)
    text = content.plain(reply, voice, short=limits.short)
    choices = [Button(choice["id"], choice["label"]) for choice in body.get("choices", ())]
    return parts(text, choices, limits, voice.label("more_choices_by_number"))


def _outgoing(job: Job, number: int) -> Outgoing:
    return Outgoing(
        channel=job.channel,
        address=job.address,
        part=job.parts[number],
        key=f"{job.message}-{number}",
        human=job.human,
        late=job.late,
    )


def _is_late(conversation: Conversation, limits: Limits, at: dt.datetime) -> bool:
    last = conversation.last_inbound_at
    return limits.window is not None and (last is None or at - last >= dt.timedelta(hours=limits.window))


def _note(kit: Kit, job: Job, number: int, provider_id: str) -> dt.datetime | None:
    """Note a part as sent. The new lease while more is to be sent and may still be said, else None."""
    at = kit.now()
    with kit.database.begin() as session:
        message = outbox.still_ours(session, job.message, job.lease)
        if message is None:
            return None
        outbox.took(session, message, number, provider_id, at)
        OUTCOMES.labels(job.channel, "sent").inc()
        if number == len(job.parts) - 1:
            outbox.sent(session, message.conversation, message, at)
        elif not outbox.may_speak(message.conversation, message):
            outbox.withhold(message)
        else:
            message.due_at = at + outbox.LEASE
            return message.due_at
        return None


def _fail(kit: Kit, job: Job, error: Refused) -> bool:
    at = kit.now()
    with kit.database.begin() as session:
        if message := outbox.still_ours(session, job.message, job.lease):
            _mark(session, message, error, at)
    return True


def _postpone(kit: Kit, job: Job, error: TryLater) -> bool:
    at = kit.now()
    with kit.database.begin() as session:
        message = outbox.still_ours(session, job.message, job.lease)
        if message is None:
            return True
        OUTCOMES.labels(job.channel, "later").inc()
        tries_on = outbox.later(message, at, after=error.after, code=error.code)
        log.warning("delivery.later", channel=job.channel, code=error.code, message=job.message)
        if not tries_on:
            _mark(session, message, Refused("tried for a day", code=error.code), at)
        elif message.attempts == _LATE_ATTEMPTS:
            handoff.alert(session, "delivery.late", at, message.conversation, message.conversation.risk_level)
    return True


def _mark(session: Session, message: Message, error: Refused, at: dt.datetime) -> None:
    """A dead letter: shown as failed, counted, and told to staff where somebody may be in danger."""
    outbox.refuse(message, error.code or "refused")
    OUTCOMES.labels(message.channel, "refused").inc()
    log.warning("delivery.refused", channel=message.channel, code=error.code, message=message.id)
    conversation = message.conversation
    if error.unreachable or error.code == "window":
        conversation.identity.unreachable = error.code[:40]
    if error.code in _STOPPED:
        conversation.identity.opted_out_at = conversation.identity.opted_out_at or at
    handoff.alert(session, "delivery.failed", at, conversation, conversation.risk_level)
