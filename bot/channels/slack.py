"""Slack: direct messages to the app; staff alerts go to one channel, with a link and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
from typing import Any

import msgspec

from bot.channels.contract import (
    Button,
    Limits,
    Outgoing,
    Received,
    Request,
    cleaned,
    inside,
    refuse,
)
from bot.channels.http import Provider
from bot.errors import BadInput, Refused, TryLater
from bot.messages import Arrival, ArrivalKind

NAME = "slack"
# An older request is a replay.
_OLDEST_SECONDS = 300
_LATER = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
    | {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"}
)
_UNREACHABLE = frozenset(
    {"channel_not_found", "is_archived", "user_disabled", "cannot_dm_bot", "user_not_found"}
)
_SUBTYPES: dict[str, ArrivalKind] = {
    "file_share": "media",
    "message_changed": "edited",
    "message_deleted": "deleted",
}


class Variables(msgspec.Struct, frozen=True):
    """Signing secret, the bot's token, and the channel id for staff alerts (none: no alerts)."""

    secret: str
    token: str
    alerts: str = ""
    api: str = "https://slack.com/api"


def connect(variables: Variables, url: str) -> Slack:
    """The channel."""
    return Slack(variables)


class Slack:
    """One workspace's app."""

    names = (NAME,)

    def __init__(self, variables: Variables) -> None:
        self._secret = variables.secret.encode()
        # Where staff are told that somebody needs them; read by bot/dispatch.py.
        self.alerts = variables.alerts
        self.provider = Provider(variables.api, headers={"Authorization": f"Bearer {variables.token}"})

    def limits(self, name: str) -> Limits:
        """A section block holds 3000 units, one row of actions 25 buttons of 75 letters."""
        return Limits(text=3000, buttons=20, label=75)

    def receive(self, request: Request) -> Received:
        """One event, or one press of a button; the address check of a new app is echoed."""
        self._verify(request)
        if request.body.startswith(b"payload="):
            pressed = _pressed(_payload(request), request)
            return Received(arrivals=(pressed,) if pressed else ())
        body = request.json()
        if body.get("type") == "url_verification":
            return Received(answer=cleaned(body.get("challenge")).encode()[:200])
        event = body.get("event")
        arrival = _arrival(event, str(body.get("event_id", "")), request) if isinstance(event, dict) else None
        return Received(arrivals=(arrival,) if arrival else ())

    def send(self, outgoing: Outgoing) -> str:
        """Post to a direct message. Slack has no idempotency key: only a lost answer makes a copy."""
        text = html.escape(outgoing.part.text, quote=False)
        body: dict[str, Any] = {"channel": outgoing.address, "text": text}
        body |= {"unfurl_links": False, "unfurl_media": False, "parse": "none"}
        if outgoing.part.buttons:
            body["blocks"] = [
                {"type": "section", "text": {"type": "plain_text", "text": outgoing.part.text}},
                {
                    "type": "actions",
                    "elements": [_button(one) for one in outgoing.part.buttons],
                },
            ]
        _, answer = self.provider.post("chat.postMessage", json=body)
        if answer.get("ok") is True:
            return f"{outgoing.address}:{answer.get('ts', '')}"
        code = str(answer.get("error", "unknown"))[:40]
        if code in _LATER:
            raise TryLater("Slack does not take messages of ours just now", code=code)
        raise Refused("Slack does not take this message", code=code, unreachable=code in _UNREACHABLE)

    def _verify(self, request: Request) -> None:
        """Slack's signature over version, moment and raw body; both are checked before either is used."""
        moment = request.headers.get("x-slack-request-timestamp", "")
        base = b"v0:" + moment.encode() + b":" + request.body
        wanted = "v0=" + hmac.new(self._secret, base, hashlib.sha256).hexdigest()
        is_ours = hmac.compare_digest(request.headers.get("x-slack-signature", "").encode(), wanted.encode())
        is_fresh = moment.isdecimal() and abs(request.at.timestamp() - int(moment[:12])) <= _OLDEST_SECONDS
        if not is_ours or not is_fresh:
            raise refuse(NAME, "SLACK_SECRET")


def _button(button: Button) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"choice:{button.id}",
        "value": button.id,
        "text": {"type": "plain_text", "text": button.label},
    }


def _payload(request: Request) -> dict[str, Any]:
    try:
        payload = json.loads(dict(request.form()).get("payload", ""))
    except (ValueError, RecursionError):
        raise BadInput("the payload is not valid JSON") from None
    return payload if isinstance(payload, dict) else {}


def _pressed(payload: dict[str, Any], request: Request) -> Arrival | None:
    """A press of a button of ours; its moment tells a second press from a repeated request."""
    actions = payload.get("actions")
    place = inside(payload, "channel").get("id")
    if not isinstance(actions, list) or not actions or not isinstance(place, str):
        return None
    action = actions[0] if isinstance(actions[0], dict) else {}
    return Arrival(
        channel=NAME,
        address=place,
        provider_id=f"{place}:{cleaned(action.get('action_id'))[:80]}:{cleaned(action.get('action_ts'))[:20]}",
        at=request.at,
        kind="choice",
        choice=cleaned(action.get("value"))[:64],
    )


def _arrival(event: dict[str, Any], number: str, request: Request) -> Arrival | None:
    """What a person did in a direct message; None for the app's own words and for other places."""
    inner = inside(event, "message") or event
    place = event.get("channel") or inside(event, "item").get("channel")
    if not number or not isinstance(place, str):
        return None
    if event.get("bot_id") or inner.get("bot_id") or event.get("subtype") == "bot_message":
        return None
    if not place.startswith("D"):
        return Arrival(channel=NAME, address=place, provider_id=number, at=request.at, kind="group")
    # Slack writes &, < and > as entities.
    text = html.unescape(cleaned(inner.get("text")))
    kind = _kind(event, text)
    return Arrival(
        channel=NAME,
        address=place,
        provider_id=number,
        at=request.at,
        kind=kind,
        text=text if kind in {"text", "edited"} else "",
    )


def _kind(event: dict[str, Any], text: str) -> ArrivalKind:
    if str(event.get("type", "")).startswith("reaction_"):
        return "reaction"
    if event.get("type") != "message":
        return "unknown"
    special = _SUBTYPES.get(str(event.get("subtype", "")))
    if special in {"edited", "deleted"}:
        return special
    return "text" if text else special or "unknown"
