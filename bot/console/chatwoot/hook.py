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

from bot import handoff
from bot.console import speaking
from bot.console.chatwoot.forward import LOGIN, team
from bot.errors import BadInput, Conflict, NotAllowed, NotFound, TooMuch
from bot.models import ChatwootThread, Conversation, Counsellor, Holder
from bot.stage import Kit

LARGEST_BODY = 1024 * 1024
# A signature older than this may be a replay.
FRESH_SECONDS = 300
LONGEST_NAME = 40
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
        raise NotAllowed(
            "the signature does not fit; compare the webhook's secret with LANTERN_CHATWOOT_SECRET"
        )
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
        query = select(Conversation).join(ChatwootThread, ChatwootThread.conversation_id == Conversation.id)
        ours = query.where(ChatwootThread.number == number).limit(1)
        conversation = session.scalar(ours) if isinstance(number, int) else None
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
            key = f"{LOGIN}-{event.get('id')}"
            speaking.answer(
                session, conversation.id, one, event["content"], key, kit.now(), name[:LONGEST_NAME]
            )
        case "conversation_updated":
            assignee = (event.get("meta") or {}).get("assignee") or {}
            if assignee.get("name"):
                _claim(session, kit, conversation, one, str(assignee["name"]))
        case "conversation_status_changed" if event.get("status") in _OVER:
            speaking.tell(
                session, kit, handoff.holding(session, one, conversation.id), "human_closed", kit.now()
            )
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
    speaking.tell(session, kit, conversation, "human_joined", kit.now(), name=name[:LONGEST_NAME])
