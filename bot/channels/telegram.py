"""Telegram: private chats of a bot by webhook; buttons are inline keyboards."""

from __future__ import annotations

import hmac
import json
import re
from typing import Any

import msgspec

from bot.channels.contract import (
    Limits,
    Outgoing,
    Received,
    Request,
    cleaned,
    inside,
    refuse,
)
from bot.channels.http import Provider
from bot.errors import Refused, SettingsError, TryLater
from bot.messages import Arrival

NAME = "telegram"
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_BLOCKED = 403
# Commands that Telegram's own menu writes with a slash.
_COMMANDS = frozenset({"/start", "/stop", "/help"})
_MEDIA = (
    "photo", "voice", "audio", "video", "video_note", "document", "sticker", "animation", "contact",
    "location", "venue", "poll", "dice", "story",
)  # fmt: skip


class Variables(msgspec.Struct, frozen=True):
    """Bot token, the secret given to setWebhook, and another Bot API server if one is used."""

    token: str
    secret: str
    api: str = "https://api.telegram.org"


def connect(variables: Variables, url: str) -> Telegram:
    """The channel. Raises SettingsError when the secret is not one that Telegram accepts."""
    if not _SECRET.fullmatch(variables.secret):
        raise SettingsError("LANTERN_TELEGRAM_SECRET must be 16 to 256 of A-Z a-z 0-9 _ -; make a new one")
    return Telegram(variables)


class Telegram:
    """One bot."""

    names = (NAME,)

    def __init__(self, variables: Variables) -> None:
        self._secret = variables.secret.encode()
        self.provider = Provider(f"{variables.api}/bot{variables.token}/")

    def limits(self, name: str) -> Limits:
        """4096 units a message; a keyboard's labels are cut by phones after about 40 letters."""
        return Limits(text=4096, buttons=12, label=40)

    def receive(self, request: Request) -> Received:
        """One update; what a person cannot have written is answered 200 and left out."""
        sent = request.headers.get("x-telegram-bot-api-secret-token", "").encode()
        if not hmac.compare_digest(sent, self._secret):
            raise refuse(NAME, "TELEGRAM_SECRET")
        update = request.json()
        kind, content = _content(update)
        translate = _KINDS.get(kind, _unknown)
        arrival = translate(content, str(update.get("update_id", "")), request)
        answer = b""
        if kind == "callback_query":
            # Answered in the response itself: the pressed button stops to blink.
            method = {"method": "answerCallbackQuery", "callback_query_id": str(content.get("id", ""))}
            answer = json.dumps(method).encode()
        return Received(arrivals=(arrival,) if arrival else (), answer=answer, media_type="application/json")

    def send(self, outgoing: Outgoing) -> str:
        """Telegram has no idempotency key: only a lost answer can make a second copy."""
        body: dict[str, Any] = {"chat_id": outgoing.address, "text": outgoing.part.text}
        body["link_preview_options"] = {"is_disabled": True}
        if outgoing.part.buttons:
            rows = [[{"text": one.label, "callback_data": one.id}] for one in outgoing.part.buttons]
            body["reply_markup"] = {"inline_keyboard": rows}
        status, answer = self.provider.post("sendMessage", json=body)
        if answer.get("ok") is True:
            return f"{outgoing.address}:{inside(answer, 'result').get('message_id')}"
        if status == _BLOCKED:
            raise Refused("the person blocked the bot", code="403", unreachable=True)
        if status in {401, 404}:
            raise TryLater("the bot's token is wrong; check LANTERN_TELEGRAM_TOKEN", code=str(status))
        raise Refused("Telegram does not take this message", code=str(status))


def _content(update: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one field beside update_id: the kind of update and its content."""
    return next(((k, v) for k, v in update.items() if isinstance(v, dict)), ("", {}))


def _arrival(content: dict[str, Any], number: str, request: Request, **values: Any) -> Arrival | None:
    """An arrival from a private chat; a group is told so; None when nobody can be answered."""
    sender = inside(content, "from") or inside(content, "user")
    chat = inside(content, "chat") or inside(content, "message", "chat") or sender
    if not number or not isinstance(chat.get("id"), int):
        return None
    if chat.get("type", "private") != "private":
        values = {"kind": "group"}
    return Arrival(
        channel=NAME,
        address=str(chat["id"]),
        provider_id=number,
        at=request.at,
        lang=sender.get("language_code") if isinstance(sender.get("language_code"), str) else None,
        **values,
    )


def _message(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    text = cleaned(content.get("text") or content.get("caption"))
    if text:
        command, _, rest = text.partition(" ")
        # "/start CODE" is a link that somebody followed; the code is what they want to say.
        text = rest or command[1:] if command in _COMMANDS else text
        return _arrival(content, number, request, text=text)
    kind = "media" if any(name in content for name in _MEDIA) else "unknown"
    return _arrival(content, number, request, kind=kind)


def _edited(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    text = cleaned(content.get("text") or content.get("caption"))
    return _arrival(content, number, request, kind="edited", text=text)


def _pressed(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    return _arrival(content, number, request, kind="choice", choice=cleaned(content.get("data"))[:64])


def _reaction(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    return _arrival(content, number, request, kind="reaction")


def _membership(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    status = inside(content, "new_chat_member").get("status")
    return _arrival(content, number, request, kind="left" if status == "kicked" else "reaction")


def _unknown(content: dict[str, Any], number: str, request: Request) -> Arrival | None:
    return _arrival(content, number, request, kind="unknown")


_KINDS = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
}
