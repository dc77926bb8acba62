"""Chatwoot's public API, as much of it as a handoff needs."""

from __future__ import annotations

from typing import Any

import httpx2

from bot.errors import TryLater
from bot.settings import Settings

_SECONDS = 5.0


class Chatwoot:
    """One account and its API inbox. Every failure is TryLater: the next round tries again."""

    def __init__(self, settings: Settings) -> None:
        self.inbox = settings.chatwoot_inbox
        self._client = httpx2.Client(
            base_url=f"{settings.chatwoot_url.rstrip('/')}/api/v1/accounts/{settings.chatwoot_account}",
            headers={"api_access_token": settings.chatwoot_token},
            timeout=_SECONDS,
        )

    def open_conversation(self, name: str, about: dict[str, str]) -> int:
        """A new contact with one open conversation; its number."""
        contact = self._post("/contacts", {"inbox_id": self.inbox, "name": name})["payload"]
        made = self._post(
            "/conversations",
            {
                "source_id": contact["contact_inbox"]["source_id"],
                "inbox_id": self.inbox,
                "contact_id": contact["contact"]["id"],
                "status": "open",
                "custom_attributes": about,
            },
        )
        return int(made["id"])

    def say(self, number: int, text: str, *, by_person: bool) -> None:
        """The person's words as an incoming message; all else as a private note, which is sent to nobody."""
        kind = {"message_type": "incoming"} if by_person else {"message_type": "outgoing", "private": True}
        self._post(f"/conversations/{number}/messages", {"content": text, **kind})

    def resolve(self, number: int) -> None:
        """Nothing is left to do there."""
        self._post(f"/conversations/{number}/toggle_status", {"status": "resolved"})

    def anybody_online(self) -> bool:
        """True if an agent takes conversations now."""
        try:
            agents = self._client.get("/agents").raise_for_status().json()
            return any(one.get("availability_status") == "online" for one in agents)
        except (httpx2.HTTPError, ValueError, AttributeError) as error:
            raise TryLater(f"Chatwoot does not answer ({type(error).__name__})") from None

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._client.post(path, json=body).raise_for_status()
            return dict(answer.json())
        except (httpx2.HTTPError, ValueError) as error:
            raise TryLater(f"Chatwoot does not take this ({type(error).__name__})") from None
