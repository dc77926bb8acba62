"""A conversation as a counsellor sees it: everything in order, with what failed marked as failed (H5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from bot import guide, handoff
from bot.console import summary
from bot.console.door import Call
from bot.content import known_lang
from bot.errors import BadInput
from bot.models import Conversation, GuideRun, Handoff, Message, Note, State

# What became of an outbound row, in words the page translates.
FATES = {
    State.QUEUED: "waiting",
    State.SENDING: "waiting",
    State.SENT: "sent",
    State.DELIVERED: "delivered",
    State.REFUSED: "failed",
    State.WITHHELD: "withheld",
}


def open_one(call: Call) -> dict[str, Any]:
    """The whole conversation: head, messages, notes and a summary by quotes. The look is logged."""
    conversation = handoff.access(call.session, call.counsellor, call.conversation, call.at)
    messages = _messages(call, conversation, 0)
    return {
        "head": head(call, conversation),
        "messages": [shown(message) for message in messages],
        "notes": _notes(call, conversation),
        "summary": summary.by_quotes(messages),
        "answers": _answers(call, conversation),
        "event": conversation.next_event - 1,
    }


def _answers(call: Call, conversation: Conversation) -> list[str]:
    """The answers of a search for a therapist in words, where the person ticked that staff may see them."""
    run = guide.finished(call.session, conversation, "therapist_match", call.at)
    answers = run.answers if run else None
    if run is None or not answers or "share" not in answers.get("agree", ()):
        return []
    return guide.listed(run.guide, answers, call.kit.voice(conversation, call.at))


def since(call: Call) -> dict[str, Any]:
    """Head, notes, and what was written after a message's number; states of earlier rows come along."""
    after = call.query.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        raise BadInput('"after" is a whole number from 0')
    conversation = handoff.access(call.session, call.counsellor, call.conversation, call.at)
    return {
        "head": head(call, conversation),
        "messages": [shown(message) for message in _messages(call, conversation, int(after))],
        "fates": _fates(call, conversation),
        "notes": _notes(call, conversation),
        "event": conversation.next_event - 1,
    }


def head(call: Call, conversation: Conversation) -> dict[str, Any]:
    """What stands above the thread: who holds it, risk, language, country, whether words arrive."""
    handed = handoff.open_handoff(call.session, conversation)
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "language": conversation.language,
        "country": conversation.country,
        "holder": conversation.holder,
        "mine": conversation.holder == "claimed" and conversation.counsellor_id == call.counsellor.id,
        "who": handed.counsellor.name if handed and handed.counsellor else None,
        "reason": handed.reason if handed else None,
        "level": (handed.level if handed else None) or conversation.risk_level,
        "risk": conversation.risk_level,
        "protocol": conversation.risk_protocol,
        "guide": _open_guide(call, conversation),
        "topic": conversation.recall("last_topic"),
        "requested_at": _iso(handed.requested_at) if handed else None,
        "flagged": bool(handed and handed.flagged_at),
        "invited": _invited(call, handed),
        "unreachable": handoff.unreachable(call.session, conversation, call.at),
    }


def shown(message: Message) -> dict[str, Any]:
    """One message with its author, its fate and the risk that the screen saw in it."""
    body = message.body or {}
    data: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "text": body.get("text", ""),
        "lang": message.language,
        "at": _iso(message.created_at),
        "kind": message.kind,
    }
    if message.direction == "out":
        data["fate"] = FATES[message.state]
        if message.failure and message.state == State.REFUSED:
            data["failure"] = message.failure
    for name in ("level", "protocol"):
        if value := getattr(message, name):
            data[name] = value
    if message.direction == "in" and body.get("choice"):
        data["choice"] = True
    for name in ("name", "title", "passage"):
        if body.get(name):
            data[name] = body[name]
    if body.get("choices"):
        data["choices"] = [choice["label"] for choice in body["choices"]]
    return data


def _messages(call: Call, conversation: Conversation, after: int) -> Sequence[Message]:
    query = select(Message).where(Message.conversation_id == conversation.id, Message.seq > after)
    return call.session.scalars(query.order_by(Message.seq)).all()


def _fates(call: Call, conversation: Conversation) -> dict[str, str]:
    """Fates of the newest outbound rows by id: a delivery may fail after it was shown."""
    query = select(Message.id, Message.state).where(
        Message.conversation_id == conversation.id, Message.direction == "out"
    )
    newest = call.session.execute(query.order_by(Message.seq.desc()).limit(50))
    return {message_id: FATES[State(state)] for message_id, state in newest}


def _notes(call: Call, conversation: Conversation) -> list[dict[str, Any]]:
    query = select(Note).where(Note.conversation_id == conversation.id).order_by(Note.at, Note.id)
    return [
        {"id": one.id, "kind": one.kind, "by": one.counsellor.name, "at": _iso(one.at), **(one.body or {})}
        for one in call.session.scalars(query)
    ]


def _open_guide(call: Call, conversation: Conversation) -> dict[str, str] | None:
    query = select(GuideRun).where(GuideRun.conversation_id == conversation.id, GuideRun.state == "open")
    run = call.session.scalar(query.limit(1))
    if run is None:
        return None
    guide = call.kit.library.guides.get((run.guide, known_lang(run.language)))
    return {"id": run.guide, "kind": run.kind, "title": guide.title if guide else run.guide, "step": run.step}


def _invited(call: Call, handed: Handoff | None) -> dict[str, Any] | None:
    if handed is None or handed.invited is None:
        return None
    return {"name": handed.invited.name, "me": handed.invited_id == call.counsellor.id}


def _iso(moment: Any) -> str:
    return str(moment.isoformat(timespec="milliseconds"))
