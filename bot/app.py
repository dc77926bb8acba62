"""Composition: settings in, one ASGI application out."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from bot import channels, content, hooks, language, letterbox, matching, routes, safety, static
from bot.channels import web
from bot.console import chatwoot, pages
from bot.console import routes as console
from bot.content import Voice, known_lang
from bot.crypt import Vault
from bot.db import Database
from bot.dialogue import Rasa
from bot.errors import BadInput, LanternError, TooMuch
from bot.settings import Settings
from bot.stage import Kit
from bot.worker import Worker

_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID")


def kit(settings: Settings) -> Kit:
    """Everything a turn needs, from settings whose secrets are filled in."""
    library = content.load(settings.content or content.ROOT, strict=False)
    database = Database(settings.database_url, Vault.from_text(settings.keys))
    url = settings.rasa_url or f"http://127.0.0.1:{settings.rasa_port}"
    dialogue = Rasa(url, settings.rasa_secret, settings.dialogue_seconds)
    sample = (settings.content or content.ROOT) / "directory" / "sample.yml"
    # Made-up people help to try it out; in production nobody may meet one by mistake.
    directory = matching.Directory() if settings.production else matching.load(sample)
    return Kit(
        database=database,
        library=library,
        dialogue=dialogue,
        settings=settings,
        directory=directory,
        channels=channels.load(settings.channels, settings.url),
    )


def warm(kit: Kit) -> None:
    """Load every model that a turn needs, and keep the garbage collector from walking through them.

    They live as long as the process and are 300,000 objects: without this one message in twenty waits
    150 ms or more for the collector (bench/load.py).
    """
    with suppress(LanternError):  # the screen says it again with the first message, and staff are alerted
        safety.screen("hello")
    language.detect("hello there my friend")
    kit.encode("hello")
    gc.collect()
    gc.freeze()


def create(kit: Kit, *, work: bool = True) -> Starlette:
    """The application; with `work` it runs its own worker threads, otherwise another process does."""
    own = web.origin_of(kit.settings.url)
    origins = frozenset({own, *(site.origin for site in kit.settings.sites)})
    return Starlette(
        routes=[
            *routes.routes(kit, origins),
            *hooks.routes(kit),
            *letterbox.routes(kit),
            console.routes(kit),
            *static.mounts(),
        ],
        middleware=[
            Middleware(pages.Headers),
            Middleware(
                CORSMiddleware,
                allow_origins=sorted(origins),
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=list(_HEADERS),
                expose_headers=["Retry-After"],
                max_age=600,
            ),
        ],
        exception_handlers={BadInput: _refuse, DBAPIError: _down(kit)},
        lifespan=_lifespan(kit, work=work),
    )


def background(kit: Kit) -> list[Worker | chatwoot.Bridge]:
    """What works behind the doors: in the gateway's own process, or in one of its own."""
    bridge = [chatwoot.Bridge(kit)] if kit.settings.chatwoot_url else []
    return [Worker(kit, kit.settings.workers), *bridge]


def _lifespan(kit: Kit, *, work: bool) -> Any:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        kit.database.listen()
        running = background(kit) if work else []
        for one in running:
            one.start()
        yield
        for one in running:
            one.stop()
        kit.channels.close()
        kit.database.close()

    return lifespan


def _down(kit: Kit) -> Any:
    """The database is away: the answer is the emergency card, held in memory since the start."""

    async def down(request: Request, error: Exception) -> Response:
        voice = Voice(kit.library, known_lang(request.headers.get("accept-language")), None, kit.now())
        sentence = "your message could not be stored; try again in a moment"
        body = msgspec.json.encode({"error": sentence, "rule": "Down", "say": voice.card().text})
        headers = {"Cache-Control": "no-store", "Retry-After": "5"}
        return Response(body, 503, headers, media_type="application/json")

    return down


async def _refuse(request: Request, error: Exception) -> Response:
    """A refused request as JSON: the sentence, the rule's name, and when to come back."""
    assert isinstance(error, BadInput)  # noqa: S101 (registered for this class only)
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, TooMuch) and error.after:
        headers["Retry-After"] = str(error.after)
    body = msgspec.json.encode({"error": str(error), "rule": type(error).__name__})
    return Response(body, error.status, headers, media_type="application/json")
