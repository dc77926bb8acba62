"""Facebook Messenger: a page's messages by webhook, in batches; choices are quick replies."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import msgspec

from bot.channels.contract import (
    Limits,
    Outgoing,
    Receipt,
    Received,
    Request,
    cleaned,
    inside,
    refuse,
)
from bot.channels.http import Provider
from bot.errors import NotAllowed, Refused, TryLater
from bot.messages import Arrival

NAME = "messenger"
# Outside the 24 hours; the person blocked the page; the person is not available.
_UNREACHABLE = frozenset({10, 551, 200})
# Rate limits, passing faults, and a token that we have to renew.
_LATER = frozenset({1, 2, 4, 17, 32, 190, 341, 368, 613})


class Variables(msgspec.Struct, frozen=True):
    """App secret (signs webhooks), the page's token, the word that verifies the webhook, and the API."""

    secret: str
    token: str
    verify: str
    api: str = "https://graph.facebook.com/v23.0"


def connect(variables: Variables, url: str) -> Messenger:
    """The channel."""
    return Messenger(variables)


class Messenger:
    """One page."""

    names = (NAME,)

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        # The token travels in a header: an address may be logged on the way.
        self.provider = Provider(variables.api, headers={"Authorization": f"Bearer {variables.token}"})

    def limits(self, name: str) -> Limits:
        """2000 units, 13 quick replies of 20 letters, answers within 24 hours."""
        return Limits(text=2000, buttons=13, label=20, window=24)

    def receive(self, request: Request) -> Received:
        """A batch of entries, each with several events, oldest first; or the webhook's verification."""
        if request.method == "GET":
            return self._verified(request.query)
        digest = hmac.new(self._variables.secret.encode(), request.body, hashlib.sha256).hexdigest()
        sent = request.headers.get("x-hub-signature-256", "").encode()
        if not hmac.compare_digest(sent, b"sha256=" + digest.encode()):
            raise refuse(NAME, "MESSENGER_SECRET")
        events = sorted(_events(request.json()), key=_moment)
        arrivals = tuple(found for event in events if (found := _arrival(event, request)))
        receipts = tuple(receipt for event in events for receipt in _receipts(event))
        return Received(arrivals=arrivals, receipts=receipts, answer=b"EVENT_RECEIVED")

    def send(self, outgoing: Outgoing) -> str:
        """Messenger has no idempotency key: only a lost answer can make a second copy."""
        message: dict[str, Any] = {"text": outgoing.part.text}
        if outgoing.part.buttons:
            message["quick_replies"] = [
                {"content_type": "text", "title": one.label, "payload": one.id}
                for one in outgoing.part.buttons
            ]
        body: dict[str, Any] = {"recipient": {"id": outgoing.address}, "message": message}
        # Seven days instead of one, for words that a counsellor wrote and for nothing else.
        if outgoing.human and outgoing.late:
            body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        else:
            body["messaging_type"] = "RESPONSE"
        _, answer = self.provider.post("me/messages", json=body)
        if isinstance(answer.get("message_id"), str):
            return str(answer["message_id"])
        code = inside(answer, "error").get("code")
        if code in _LATER:
            raise TryLater("Messenger does not take messages of ours just now", code=f"(#{code})")
        raise Refused(
            "Messenger does not take this message", code=f"(#{code})", unreachable=code in _UNREACHABLE
        )

    def _verified(self, query: Any) -> Received:
        """Echo the challenge to whoever knows our word."""
        sent = query.get("hub.verify_token", "").encode()
        known = hmac.compare_digest(sent, self._variables.verify.encode())
        if query.get("hub.mode") != "subscribe" or not known:
            raise NotAllowed("the verify token is not ours; set LANTERN_MESSENGER_VERIFY to the same word")
        return Received(answer=query.get("hub.challenge", "").encode()[:200])


def _events(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All events of all entries, also those that another app of the page handles for now."""
    entries = body.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        for name in ("messaging", "standby"):
            events = entry.get(name) if isinstance(entry, dict) else None
            yield from (one for one in (events if isinstance(events, list) else []) if isinstance(one, dict))


def _moment(event: dict[str, Any]) -> float:
    moment = event.get("timestamp")
    return float(moment) if isinstance(moment, int | float) else 0.0


def _receipts(event: dict[str, Any]) -> Iterator[Receipt]:
    mids = inside(event, "delivery").get("mids")
    for mid in mids if isinstance(mids, list) else []:
        yield Receipt(channel=NAME, provider_id=str(mid), state="delivered")


def _arrival(event: dict[str, Any], request: Request) -> Arrival | None:
    """What a person did; None for our own echo, receipts and reads."""
    sender = inside(event, "sender").get("id")
    if not isinstance(sender, str) or "delivery" in event or "read" in event:
        return None
    if inside(event, "message").get("is_echo"):
        return None
    values = _translated(event)
    # Only messages carry an id of their own; the rest is told apart by kind and moment.
    number = values.pop("number", "") or f"{sender}:{values['kind']}:{_moment(event):.0f}"
    return Arrival(channel=NAME, address=sender, provider_id=number, at=request.at, **values)


def _translated(event: dict[str, Any]) -> dict[str, Any]:
    for name, translate in _KINDS.items():
        if isinstance(content := event.get(name), dict):
            return translate(content)
    return {"kind": "unknown"}


def _message(message: dict[str, Any]) -> dict[str, Any]:
    number = str(message.get("mid", ""))
    if pressed := inside(message, "quick_reply"):
        return {"number": number, "kind": "choice", "choice": cleaned(pressed.get("payload"))[:64]}
    if text := cleaned(message.get("text")):
        return {"number": number, "kind": "text", "text": text}
    return {"number": number, "kind": "media" if message.get("attachments") else "unknown"}


def _postback(postback: dict[str, Any]) -> dict[str, Any]:
    # The page's "Get started" button and its menu: what is written on it is what the person said.
    number = str(postback.get("mid", ""))
    return {"number": number, "kind": "text", "text": cleaned(postback.get("title")) or "hello"}


def _edit(edit: dict[str, Any]) -> dict[str, Any]:
    number = f"{edit.get('mid', '')}:edit:{edit.get('num_edit', '')}"
    return {"number": number, "kind": "edited", "text": cleaned(edit.get("text"))}


def _reaction(reaction: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "reaction"}


_KINDS = {"message": _message, "postback": _postback, "message_edit": _edit, "reaction": _reaction}
