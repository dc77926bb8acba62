"""The website: sessions by bearer token, messages by idempotency key, and what a widget is shown."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, object_session

from bot.errors import BadInput, NotAllowed, NotSignedIn
from bot.messages import Arrival
from bot.models import Choice, Conversation, Event, Message, WebSession

NAME = "web"
LONGEST_TEXT = 4_000
_TOKEN_BYTES = 32


def open_session(session: Session, conversation: Conversation, origin: str, at: dt.datetime) -> str:
    """A fresh token of 256 bits, bound to one conversation and Origin; only its hash is kept."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    hashed = session.info["vault"].lookup_hash("web", token)
    session.add(
        WebSession(
            token_hash=hashed,
            conversation_id=conversation.id,
            origin=origin,
            created_at=at,
            last_seen_at=at,
        )
    )
    return token


def signed_in(session: Session, token: str, origin: str | None) -> Conversation:
    """The conversation of a token. Raises NotSignedIn or, from another Origin, NotAllowed."""
    row = _session(session, token)
    if row is None or row.ended_at is not None:
        raise NotSignedIn("this chat session is over; open the chat again")
    if origin is not None and origin != row.origin:
        raise NotAllowed("this session belongs to another website")
    return session.get_one(Conversation, row.conversation_id)


def end_session(session: Session, token: str, at: dt.datetime) -> None:
    """End a session at once; an unknown token changes nothing."""
    row = _session(session, token)
    if row is not None:
        row.ended_at = at


def arrival(body: Any, key: str, conversation: Conversation, at: dt.datetime) -> Arrival:
    """A posted message, checked. Raises BadInput naming the rule."""
    if not isinstance(body, dict):
        raise BadInput('send a JSON object such as {"text": "hello"}')
    text, choice = body.get("text"), body.get("choice")
    if (text is None) == (choice is None):
        raise BadInput('send either "text" or "choice"')
    if choice is not None:
        if not isinstance(choice, str) or not 0 < len(choice) <= 64:
            raise BadInput('"choice" is the id of a choice that was offered')
        return Arrival(
            channel=NAME,
            address="",
            provider_id=_scoped(conversation, key),
            at=at,
            kind="choice",
            choice=choice,
        )
    return Arrival(channel=NAME, address="", provider_id=_scoped(conversation, key), at=at, text=clean(text))


def clean(text: Any) -> str:
    """A typed text without control characters. Raises BadInput when empty, too long or broken."""
    if not isinstance(text, str):
        raise BadInput('"text" must be a string')
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"a message has at most {LONGEST_TEXT} characters; send it in parts")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput("the text is not valid Unicode (it holds a lone surrogate)") from None
    if "\x00" in text:
        raise BadInput("the text holds a NUL character")
    kept = "".join(c for c in text if c in "\n\t" or ord(c) >= 32).strip()
    if not kept:
        raise BadInput("the message is empty")
    return kept


def idempotency_key(value: str | None) -> str:
    """The Idempotency-Key header. Raises BadInput when it is missing or not a plain token."""
    if not value or not 8 <= len(value) <= 64 or not value.replace("-", "").isalnum():
        raise BadInput("send a header Idempotency-Key with a fresh UUID for each message")
    return value


def shown(event: Event) -> dict[str, Any] | None:
    """What a widget is shown of an event; None for what is not for it."""
    if event.kind != "message" or event.message is None:
        return {"id": event.number, "event": event.kind, "data": event.data or {}}
    return {"id": event.number, "event": "message", "data": _message(event.message)}


def words(message: Message) -> str:
    """What a message says; of a pressed choice, its label."""
    session, choice = object_session(message), (message.body or {}).get("choice")
    offered = session.get(Choice, choice) if session and choice else None
    if offered and offered.conversation_id == message.conversation_id:
        return str(offered.label)
    return message.text


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _message(message: Message) -> dict[str, Any]:
    body = message.body or {}
    data = {
        "id": message.id,
        "author": message.author,
        "text": words(message),
        "lang": message.language,
        "at": message.created_at.isoformat(timespec="seconds"),
    }
    if message.direction == "in":
        key = (message.provider_id or "").rpartition(":")[2]
        data |= {"key": key} | ({"choice": body["choice"]} if body.get("choice") else {})
    for name in ("title", "passage", "sources", "choices", "progress", "reviewed", "feedback", "name"):
        if body.get(name):
            data[name] = body[name]
    return data


def _scoped(conversation: Conversation, key: str) -> str:
    # A key is the browser's own: the same key in two conversations is not the same message.
    return f"{conversation.id}:{key}"


def _session(session: Session, token: str) -> WebSession | None:
    return session.get(WebSession, session.info["vault"].lookup_hash("web", token))
