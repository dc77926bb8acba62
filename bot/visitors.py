"""What a website visitor can do: start, write, rate, end, leave, take the words along."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from bot import eventlog, handoff, inbox, outbox
from bot.channels import web
from bot.content import country_code, known_lang
from bot.errors import BadInput, NotFound
from bot.messages import Arrival
from bot.models import Feedback, Message
from bot.stage import Kit


def start(kit: Kit, origin: str, body: dict[str, Any]) -> dict[str, Any]:
    """A new conversation with greeting and disclosure: its id, its token and the first event number."""
    at = kit.now()
    lang, country = _short(body, "lang", 10), _short(body, "country", 2)
    site = next((site for site in kit.settings.sites if site.origin == origin), None)
    country = country or (site.country if site else None)
    arrival = Arrival(
        channel=web.NAME,
        address=secrets.token_urlsafe(16),
        provider_id="",
        at=at,
        lang=lang,
        country=country_code(country) if country else None,
        country_source="site" if country else None,
        site=origin,
    )
    with kit.database.begin() as session:
        identity = inbox.identify(session, arrival)
        conversation = inbox.open_conversation(session, identity, arrival)
        voice = kit.voice(conversation, at)
        conversation.disclosed_at = at
        outbox.put(
            session, conversation, [voice.phrase("disclosure", author="notice"), voice.phrase("greet")], at
        )
        outbox.show(session, conversation, at)
        token = web.open_session(session, conversation, origin, at)
        return {"conversation": conversation.id, "token": token, "last": 0}


def identify(kit: Kit, token: str, origin: str | None) -> str:
    """The id of the conversation behind a token."""
    with kit.database.read() as session:
        return web.signed_in(session, token, origin).id


def write(
    kit: Kit, token: str, origin: str | None, key: str, body: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Store a message before it is acknowledged; False when this key was here before."""
    at = kit.now()
    with kit.database.begin() as session:
        conversation = web.signed_in(session, token, origin)
        arrival = web.arrival(body, key, conversation, at)
        # Two copies at once must not both find nothing.
        eventlog.lock(session, conversation)
        first = inbox.find(session, web.NAME, arrival.provider_id)
        if first is None and (lang := _short(body, "lang", 10)):
            # A widget names a language only when the person has just picked it there.
            conversation.language, conversation.language_source = known_lang(lang), "chosen"
        message = first or inbox.append(session, conversation, arrival)
        return {"id": message.id, "seq": message.seq}, first is None


def feedback(kit: Kit, token: str, origin: str | None, body: dict[str, Any]) -> None:
    """Keep a thumb on an answer, with the version of what was shown; a second thumb replaces the first."""
    thumb = body.get("thumb")
    if thumb not in {"up", "down"}:
        raise BadInput('"thumb" is "up" or "down"')
    with kit.database.begin() as session:
        conversation = web.signed_in(session, token, origin)
        message = session.get(Message, str(body.get("message", "")))
        if message is None or message.conversation_id != conversation.id or message.direction != "out":
            raise NotFound("no such answer in this conversation")
        session.merge(
            Feedback(
                message_id=message.id,
                thumb=thumb,
                content=message.content,
                content_version=message.content_version,
                language=message.language,
                at=kit.now(),
            )
        )


def typing(kit: Kit, token: str, origin: str | None, on: bool) -> None:
    """Tell the console that the visitor is typing."""
    conversation = identify(kit, token, origin)
    kit.database.wakeups.announce(f"typing:{conversation}:{'on' if on else 'off'}")


def end(kit: Kit, token: str, origin: str | None) -> None:
    """Close the conversation and end its session."""
    at = kit.now()
    with kit.database.begin() as session:
        conversation = web.signed_in(session, token, origin)
        handoff.contact_ended(session, conversation, at)
        web.end_session(session, token, at)


def leave(kit: Kit, token: str) -> None:
    """Quick exit: the token is worth nothing from now on."""
    with kit.database.begin() as session:
        web.end_session(session, token, kit.now())


def transcript(kit: Kit, token: str, origin: str | None) -> str:
    """The conversation as plain text, in order, with who wrote what."""
    with kit.database.read() as session:
        conversation = web.signed_in(session, token, origin)
        query = select(Message).where(
            Message.conversation_id == conversation.id,
            Message.sent_at.is_not(None) | (Message.direction == "in"),
        )
        lines = [
            f"[{message.created_at:%Y-%m-%d %H:%M} UTC] {message.author}: {web.words(message)}"
            for message in session.scalars(query.order_by(Message.seq))
        ]
        return "\n\n".join(lines) + "\n"


def _short(body: dict[str, Any], name: str, most: int) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > most or not value.replace("-", "").isalpha():
        raise BadInput(f'"{name}" has at most {most} letters, such as "en" or "US"')
    return value
