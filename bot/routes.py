"""The public HTTP surface: the widget's API and event stream, health, metrics, built pages."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import prometheus_client
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot import delivery, dispatch, hooks, requests, retention, streams, visitors
from bot.channels import web
from bot.content import Voice, known_lang, policy
from bot.errors import BadInput, NotAllowed, NotSignedIn
from bot.models import Conversation
from bot.pace import Pace
from bot.stage import Kit

LARGEST_BODY = 64 * 1024
# Red within five seconds, whatever hangs.
READY_SECONDS = 3.0
DEAD_LETTERS = prometheus_client.Gauge(
    "lantern_dead_letters", "Messages that a provider will never take", ["channel"]
)


def routes(kit: Kit, origins: frozenset[str]) -> list[Route]:
    """All public routes of one installation; `origins` may start conversations."""
    api = _Api(kit, origins)
    return [
        Route("/api/conversations", api.start, methods=["POST"]),
        Route("/api/messages", api.write, methods=["POST"]),
        Route("/api/events", api.events, methods=["GET"]),
        Route("/api/feedback", api.feedback, methods=["POST"]),
        Route("/api/typing", api.typing, methods=["POST"]),
        Route("/api/end", api.end, methods=["POST"]),
        Route("/api/exit", api.exit, methods=["POST"]),
        Route("/api/transcript", api.transcript, methods=["GET"]),
        Route("/api/conversation", api.erase, methods=["DELETE"]),
        Route("/safety", api.safety, methods=["GET"]),
        Route("/health/live", _live, methods=["GET"]),
        Route("/health/ready", api.ready, methods=["GET"]),
        Route("/metrics", api.metrics, methods=["GET"]),
    ]


class _Api:
    """The handlers; database work runs in threads, only the streams are async."""

    def __init__(self, kit: Kit, origins: frozenset[str]) -> None:
        self.kit = kit
        self.origins = origins
        self.pace = Pace(kit.settings.starts_per_minute)

    async def start(self, request: Request) -> Response:
        """Open a conversation for a visitor of an allowed website."""
        origin = request.headers.get("origin", "")
        if origin not in self.origins:
            raise NotAllowed("this website may not open a chat here; add its Origin to sites.toml")
        self.pace.take(request.client.host if request.client else "")
        body = await _json(request)
        return _reply(await run_in_threadpool(visitors.start, self.kit, origin, body), 201)

    async def write(self, request: Request) -> Response:
        """Store one message; a repeat of its key answers as the first time."""
        key = web.idempotency_key(request.headers.get("idempotency-key"))
        body = await _json(request)
        stored, new = await run_in_threadpool(visitors.write, self.kit, *_visitor(request), key, body)
        return _reply(stored, 202 if new else 200)

    async def events(self, request: Request) -> Response:
        """The conversation's events after a number: a stream, or one long poll with `wait`."""
        after = _number(request.headers.get("last-event-id") or request.query_params.get("after", "0"))
        conversation = await run_in_threadpool(visitors.identify, self.kit, *_visitor(request))
        if (wait := request.query_params.get("wait")) is not None:
            polled = await streams.poll(self.kit.database, conversation, after, min(_number(wait), 30))
            return _reply(polled)
        return StreamingResponse(
            streams.follow(self.kit.database, conversation, after),
            media_type="text/event-stream",
            # A proxy that buffers or compresses would hold back words meant for now.
            headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
        )

    async def feedback(self, request: Request) -> Response:
        """A thumb on an answer."""
        body = await _json(request)
        await run_in_threadpool(visitors.feedback, self.kit, *_visitor(request), body)
        return Response(status_code=204)

    async def typing(self, request: Request) -> Response:
        """The visitor is typing: shown to a counsellor, never stored."""
        body = await _json(request)
        await run_in_threadpool(visitors.typing, self.kit, *_visitor(request), bool(body.get("on")))
        return Response(status_code=204)

    async def end(self, request: Request) -> Response:
        """End the chat; the session's token is worth nothing afterwards."""
        await run_in_threadpool(visitors.end, self.kit, *_visitor(request))
        return Response(status_code=204)

    async def exit(self, request: Request) -> Response:
        """Quick exit: a beacon whose body is the token; always answers alike."""
        token = (await hooks.body(request, LARGEST_BODY)).decode("ascii", errors="ignore").strip()
        await run_in_threadpool(visitors.leave, self.kit, token)
        return Response(status_code=204)

    async def transcript(self, request: Request) -> Response:
        """The whole conversation as plain text, for the person to keep."""
        text = await run_in_threadpool(visitors.transcript, self.kit, *_visitor(request))
        headers = {"Content-Disposition": 'attachment; filename="chat.txt"', "Cache-Control": "no-store"}
        return PlainTextResponse(text, headers=headers)

    async def erase(self, request: Request) -> Response:
        """Delete everything we hold about this person."""
        conversation = await run_in_threadpool(visitors.identify, self.kit, *_visitor(request))
        await run_in_threadpool(_erase, self.kit, conversation)
        return Response(status_code=204)

    async def safety(self, request: Request) -> Response:
        """The public page: what happens in danger, limits, protocols, numbers."""
        wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
        voice = Voice(
            self.kit.library, known_lang(wanted), request.query_params.get("country"), self.kit.now()
        )
        headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-cache"}
        return HTMLResponse(policy.page(self.kit.library, voice), headers=headers)

    async def ready(self, request: Request) -> Response:
        """Ready when the database answers; the rest has a fallback."""
        try:
            up = await asyncio.wait_for(run_in_threadpool(self.kit.database.is_up), READY_SECONDS)
        except TimeoutError:
            up = False  # a database that hangs is no better than one that is away
        return _reply({"database": up, "content": not self.kit.library.faults}, 200 if up else 503)

    async def metrics(self, request: Request) -> Response:
        """Prometheus metrics, for this machine only."""
        if request.client is None or request.client.host not in {"127.0.0.1", "::1"}:
            raise NotAllowed("metrics are served to this machine only")
        await run_in_threadpool(self._measure)
        return PlainTextResponse(prometheus_client.generate_latest())

    def _measure(self) -> None:
        with self.kit.database.read() as session:
            for channel, count in delivery.dead_letters(session).items():
                DEAD_LETTERS.labels(channel).set(count)


async def _live(request: Request) -> Response:
    return _reply({"alive": True})


def _visitor(request: Request) -> tuple[str, str | None]:
    """Token and Origin of a request."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token or not token.isascii():
        raise NotSignedIn("send the session's token as Authorization: Bearer")
    return token.strip(), request.headers.get("origin")


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(await hooks.body(request, LARGEST_BODY) or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput("the body is not valid JSON") from None
    except RecursionError:
        raise BadInput("the JSON is nested too deeply") from None
    if not isinstance(body, dict):
        raise BadInput("send a JSON object")
    return body


def _erase(kit: Kit, conversation_id: str) -> None:
    """Delete the person; a therapist whom they asked is told first that the request is taken back."""
    at = kit.now()
    with kit.database.begin() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            return
        for request in requests.withdraw(session, conversation, at):
            source, kind, data = dispatch.about(kit, request)
            dispatch.put(session, kit, kind, source, data, at)
        retention.wipe(session, conversation)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadInput('"after" and "wait" are whole numbers from 0')
    return int(text)


def _reply(body: Any, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")
