"""Rasa's input channel `lantern`: a turn in, replies and events out; an error is an HTTP error.

`POST /webhooks/lantern/turn` answers one message of a conversation whose events the gateway sends
along; nothing of it stays here. `GET /webhooks/lantern/ready` says whether a model is loaded.
A failure of any kind is a status of 4xx or 5xx with `{"error": code}`, never an empty 200; no
message text is logged or sent back.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from engine import turn
from engine.request import BadRequest, parse

SECRET = "LANTERN_RASA_SECRET"
logger = logging.getLogger(__name__)


class NoSecret(RasaException):  # type: ignore[misc]  # Rasa has no type information
    """The channel has no shared secret to check callers with."""


class LanternInput(InputChannel):  # type: ignore[misc]  # Rasa has no type information
    """The gateway's door to Rasa; the only channel of credentials.yml."""

    def __init__(self, secret: str) -> None:
        self._expected = f"Bearer {secret}".encode()

    @classmethod
    def name(cls) -> str:
        """The channel's part of the address."""
        return turn.CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> LanternInput:
        """The channel with the secret of the environment.

        Raises:
            NoSecret: when it is unset or blank; Rasa then refuses to start.
        """
        secret = os.environ.get(SECRET, "").strip()
        if not secret:
            raise NoSecret(f"{SECRET} is not set. The channel needs the gateway's shared secret.")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; Rasa's own handler is not used, since it swallows failures."""
        routes = Blueprint("lantern")

        @routes.get("/")
        @routes.get("/ready", name="ready")
        async def ready(request: Request) -> HTTPResponse:
            return await self._ready(request)

        @routes.post("/turn")
        async def answer(request: Request) -> HTTPResponse:
            return await self._turn(request)

        return routes

    async def _ready(self, request: Request) -> HTTPResponse:
        agent = getattr(request.app.ctx, "agent", None)
        ready = agent is not None and agent.is_ready()
        return json({"ready": ready}, status=200 if ready else 503)

    async def _turn(self, request: Request) -> HTTPResponse:
        if not self._is_gateway(request):
            return _error("unauthorised", 401)
        try:
            ask = parse(request.body)
            return json(await turn.run(request.app.ctx.agent, ask))
        except BadRequest as fault:
            return _error(fault.code, 400)
        except turn.TurnFailed as fault:
            logger.error("A turn failed: %s", fault.code)
            return _error(fault.code, fault.status)

    def _is_gateway(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._expected)


def _error(code: str, status: int) -> HTTPResponse:
    return json({"error": code}, status=status)
