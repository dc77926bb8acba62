"""What agents write and decide in Chatwoot, as its signed webhook tells it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import eventlog, handoff, outbox
from bot.channels import web
from bot.console.chatwoot.forward import LOGIN, team
from bot.content import known_lang
from bot.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from bot.messages import Reply
from bot.models import ChatwootThread, Conversation, Counsellor, Holder, Message
from bot.stage import Kit

LARGEST_BODY = 1024 * 1024
# A signature older than this may be a replay.
FRESH_SECONDS = 300
# In Chatwoot `pending` is the bot's: both mean that the agents are done.
_OVER = frozenset({"resolved", "pending"})


def routes(kit: Kit) -> list[Route]:
    """The webhook; 404 where no Chatwoot is set up."""

    async def hook(request: Request) -> Response:
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > LARGEST_BODY:
                raise TooMuch(f"a webhook has at most {LARGEST_BODY} bytes")
        stamp = request.headers.get("x-chatwoot-timestamp", "")
        signature = request.headers.get("x-chatwoot-signature", "")
        check(kit, bytes(raw), stamp, signature)
        await run_in_threadpool(take, kit, bytes(raw))
        return Response(status_code=204)

    return [Route("/chatwoot", hook, methods=["POST"])]


def check(kit: Kit, raw: bytes, stamp: str, signature: str) -> None:
    """Raise NotAllowed unless Chatwoot signed these bytes lately with our secret."""
    secret = kit.settings.chatwoot_secret
    if not kit.settings.chatwoot_url or not secret:
        raise NotFound("no Chatwoot is set up here")
    right = hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={right}".encode(), signature.encode()):
        raise NotAllowed("the signature does not fit; compare the webhook's secret with LANTERN_CHATWOOT_SECRET")
    if not stamp.isdecimal() or abs(kit.now().timestamp() - int(stamp)) > FRESH_SECONDS:
        raise NotAllowed("this webhook is too old")


def take(kit: Kit, raw: bytes) -> None:
    """Carry out one event; what is none of ours, or comes too late, changes nothing."""
    try:
        event = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        raise BadInput("the body is not valid JSON") from None
    if not isinstance(event, dict):
        raise BadInput("send a JSON object")
    about = event.get("conversation") if event.get("event") == "message_created" else event
    number = about.get("id") if isinstance(about, dict) else None
    with kit.database.begin() as session:
        query = select(ChatwootThread.conversation_id).where(ChatwootThread.number == number)
        conversation = session.get(Conversation, session.scalar(query)) if isinstance(number, int) else None
        if conversation is None:
            return
        try:
            _carry_out(session, kit, conversation, event)
        except (Conflict, NotFound):
            # Somebody in our own console was first, or the person has left.
            return


def _carry_out(session: Session, kit: Kit, conversation: Conversation, event: dict[str, Any]) -> None:
    one = team(session, kit)
    match event.get("event"):
        case "message_created" if _is_answer(event):
            name = str((event.get("sender") or {}).get("name") or one.name)
            _claim(session, kit, conversation, one, name)
            _answer(session, kit, conversation, one, event, name)
        case "conversation_updated":
            assignee = (event.get("meta") or {}).get("assignee") or {}
            if assignee.get("name"):
                _claim(session, kit, conversation, one, str(assignee["name"]))
        case "conversation_status_changed" if event.get("status") in _OVER:
            _tell(session, kit, handoff.holding(session, one, conversation.id), "human_closed")
            handoff.close(session, conversation, kit.now(), one.id, "answered")


def _is_answer(event: dict[str, Any]) -> bool:
    """True for words of an agent to the person: no note, no echo of what we sent, not empty."""
    by_agent = (event.get("sender") or {}).get("type", "user") == "user"
    outgoing = event.get("message_type") in {"outgoing", 1}
    return bool(outgoing and by_agent and not event.get("private") and event.get("content"))


def _claim(session: Session, kit: Kit, conversation: Conversation, one: Counsellor, name: str) -> None:
    if conversation.holder != Holder.REQUESTED:
        return
    handoff.heartbeat(session, one, kit.now())
    handoff.claim(session, one, conversation.id, kit.now())
    _tell(session, kit, conversation, "human_joined", name=name[:40])


def _answer(
    session: Session, kit: Kit, conversation: Conversation, one: Counsellor, event: dict[str, Any], name: str
) -> None:
    handoff.holding(session, one, conversation.id)
    key = f"{LOGIN}-{event.get('id')}"
    written = select(Message).where(Message.conversation_id == conversation.id, Message.counsellor_id == one.id)
    if any((row.body or {}).get("console_key") == key for row in session.scalars(written)):
        return
    text = web.clean(event["content"])
    reply = Reply(text=text, author="counsellor", lang=known_lang(conversation.language))
    [message] = outbox.put(session, conversation, [reply], kit.now(), counsellor=one.id)
    message.body = {**(message.body or {}), "name": name[:40], "console_key": key}
    handed = handoff.open_handoff(session, conversation)
    if handed and handed.first_reply_at is None:
        handed.first_reply_at = kit.now()
    outbox.show(session, conversation, kit.now())
    eventlog.touch(session, eventlog.WORK, eventlog.CONSOLE)


def _tell(session: Session, kit: Kit, conversation: Conversation, phrase: str, **values: str) -> None:
    said = kit.voice(conversation, kit.now()).phrase(phrase, conversation.next_seq, author="notice", **values)
    outbox.put(session, conversation, [said], kit.now())
    outbox.show(session, conversation, kit.now())
    eventlog.touch(session, eventlog.WORK)
