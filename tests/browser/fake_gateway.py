"""A small gateway with scripted replies: the web API of bot/routes.py, for the widget's own tests.

It runs in a thread. `gateway.put(...)` adds an event to a conversation as the real log would, and the
switches (`lose_replies`, `refuse`, `buffer`) make it fail in the ways that networks and proxies do.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from serving import Serving, free_port
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PAGES = Path(__file__).parents[2] / "bot" / "pages"
HEARTBEAT = 10.0
CUT = b""  # body of an answer that is lost on the way


class Conversation:
    """One conversation: its log, who reads it, and which keys were seen."""

    def __init__(self, lang: str) -> None:
        self.token = secrets.token_urlsafe(24)
        self.lang = lang
        self.events: list[dict[str, Any]] = []
        self.readers: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self.keys: dict[str, dict[str, Any]] = {}
        self.closed = False


class Gateway:
    """State of the fake, and the handles that tests turn."""

    def __init__(self) -> None:
        self.reset()
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        middleware = [
            Middleware(
                CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"], max_age=600
            )
        ]
        routes = [
            Route("/api/conversations", self._start, methods=["POST"]),
            Route("/api/messages", self._write, methods=["POST"]),
            Route("/api/events", self._events),
            Route("/api/{what:path}", self._other, methods=["GET", "POST", "DELETE"]),
            Route("/host/{name}", self._page),
            Route("/safety", self._page),
            Mount("/widget", StaticFiles(directory=PAGES / "widget", check_dir=False)),
            Mount("/demo", StaticFiles(directory=PAGES / "demo", html=True, check_dir=False)),
        ]
        self.app = Starlette(routes=routes, middleware=middleware)
        self.serving = Serving(lambda: self.app, free_port())

    # -- what tests turn --------------------------------------------------------------------------

    def reset(self) -> None:
        """Everything as at the start."""
        self.conversations: dict[str, Conversation] = {}
        self.requests: list[str] = []
        self.seen: list[dict[str, Any]] = []
        self.reply: Callable[[str], list[dict[str, Any]]] = lambda text: []
        self.greeting: list[dict[str, Any]] = []
        self.lose_replies = 0.0
        self.refuse = 0
        self.buffer = False
        self.random = random.Random(1)

    @property
    def conversation(self) -> Conversation:
        """The newest conversation."""
        return list(self.conversations.values())[-1]

    def put(self, event: str = "message", conversation: Conversation | None = None, **data: Any) -> None:
        """Add one event; `typing` goes to readers only."""
        self.do(self._put, conversation or self.conversation, event, data)

    def say(self, text: str, author: str = "bot", **data: Any) -> None:
        """Add one message."""
        self.put("message", text=text, author=author, **data)

    def do(self, deed: Callable[..., Any], *args: Any) -> Any:
        """Run `deed` in the server's thread and wait for it."""
        return self.serving.do(deed, *args)

    def repeat(self) -> None:
        """Send the newest event once more, as after a change of leader."""
        newest = self.conversation.events[-1]
        self.do(lambda: [reader.put_nowait(newest) for reader in self.conversation.readers])

    def drop_streams(self) -> None:
        """End every open event stream."""
        self.do(lambda: [queue.put_nowait(None) for c in self.conversations.values() for queue in c.readers])

    def readers(self) -> int:
        """How many event streams are open."""
        return sum(len(c.readers) for c in self.conversations.values())

    def texts(self, author: str) -> list[str]:
        """Texts in the newest conversation by this author, in order."""
        events = [e["data"] for e in self.conversation.events if e["event"] == "message"]
        return [data["text"] for data in events if data["author"] == author]

    # -- inside -----------------------------------------------------------------------------------

    def _put(self, conversation: Conversation, event: str, data: dict[str, Any]) -> dict[str, Any]:
        stored = event != "typing"
        number = len(conversation.events) + 1 if stored else 0
        if event == "message":
            data = {"id": f"m{number}", "lang": conversation.lang, "at": "2026-11-23T03:12:00Z", **data}
        entry = {"id": number, "event": event, "data": data}
        if stored:
            conversation.events.append(entry)
        for reader in conversation.readers:
            reader.put_nowait(entry)
        return entry

    def _find(self, request: Request) -> Conversation | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.conversations.get(token)

    def _denied(self, request: Request) -> Response | None:
        self.requests.append(f"{request.method} {request.url.path}")
        if self.refuse:
            return JSONResponse({"error": "refused"}, self.refuse)
        return None

    async def _start(self, request: Request) -> Response:
        if denied := self._denied(request):
            return denied
        body = await request.json()
        self.seen.append(body)
        conversation = Conversation(body.get("lang", "en"))
        self.conversations[conversation.token] = conversation
        for message in self.greeting:
            self._put(conversation, message.get("event", "message"), message)
        return JSONResponse({"conversation": "c1", "token": conversation.token, "last": 0}, 201)

    async def _write(self, request: Request) -> Response:
        if denied := self._denied(request):
            return denied
        conversation = self._find(request)
        if conversation is None:
            return JSONResponse({"error": "no such session"}, 401)
        body, key = await request.json(), request.headers["idempotency-key"]
        uuid.UUID(key)
        status = 200 if key in conversation.keys else 202
        if key not in conversation.keys:
            self.seen.append(body)
            text = body.get("text") or self._label(conversation, body["choice"])
            entry = self._put(conversation, "message", {"author": "contact", "text": text, "key": key})
            conversation.keys[key] = {"id": entry["data"]["id"], "event": entry["id"]}
            for message in self.reply(text):
                self._put(conversation, message.get("event", "message"), {"author": "bot", **message})
        if self.random.random() < self.lose_replies:
            return Response(CUT, 502)
        return JSONResponse(conversation.keys[key], status)

    @staticmethod
    def _label(conversation: Conversation, choice: str) -> str:
        offered = [c for e in conversation.events for c in e["data"].get("choices", [])]
        return next(c["label"] for c in reversed(offered) if c["id"] == choice)

    async def _events(self, request: Request) -> Response:
        if denied := self._denied(request):
            return denied
        conversation = self._find(request)
        if conversation is None:
            return JSONResponse({"error": "no such session"}, 401)
        after = int(request.query_params.get("after", "0"))
        if (wait := request.query_params.get("wait")) is not None:
            until = time.monotonic() + int(wait)
            while len(conversation.events) <= after and time.monotonic() < until:
                await asyncio.sleep(0.05)
            events = conversation.events[after : after + 200]
            return JSONResponse({"events": events, "last": len(conversation.events)})
        headers = {"Cache-Control": "no-store, no-transform"}
        return StreamingResponse(self._follow(conversation, after), 200, headers, "text/event-stream")

    async def _follow(self, conversation: Conversation, after: int) -> AsyncIterator[str]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        for entry in conversation.events[after:]:
            queue.put_nowait(entry)
        conversation.readers.add(queue)
        held: list[str] = []
        try:
            yield ": open\n\n" if not self.buffer else ""
            for _ in itertools.count():
                try:
                    entry = await asyncio.wait_for(queue.get(), HEARTBEAT)
                    if entry is None:  # the stream is cut
                        return
                    number = f"id: {entry['id']}\n" if entry["id"] else ""
                    text = f"{number}event: {entry['event']}\ndata: {json.dumps(entry['data'])}\n\n"
                except TimeoutError:
                    text = ": still here\n\n"
                if self.buffer:
                    held.append(text)
                else:
                    yield text
        finally:
            conversation.readers.discard(queue)

    async def _other(self, request: Request) -> Response:
        if denied := self._denied(request):
            return denied
        what = request.path_params["what"]
        if what == "exit":
            self.conversations.pop((await request.body()).decode(), None)
            return Response(status_code=204)
        conversation = self._find(request)
        if conversation is None:
            return JSONResponse({"error": "no such session"}, 401)
        if request.method == "POST":
            self.seen.append({what: await request.json()})
        if what == "transcript":
            return PlainTextResponse("\n\n".join(e["data"].get("text", "") for e in conversation.events))
        if what == "end":
            self._put(conversation, "closed", {})
        if request.method == "DELETE":
            self._put(conversation, "erased", {})
            self.conversations.pop(conversation.token)
        return Response(status_code=204)

    async def _page(self, request: Request) -> Response:
        name = request.path_params.get("name", "safety")
        html, headers = self.pages.get(name, ("<!doctype html><title>Safety</title>", {}))
        return HTMLResponse(html, headers=headers)
