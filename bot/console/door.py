"""The door of the console's API: session, role, Origin and body are checked before an act runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import web
from bot.console import accounts
from bot.errors import BadInput, LookingOnly, NotAllowed, TooMuch
from bot.models import ConsoleSession, Counsellor
from bot.stage import Kit

T = TypeVar("T", bound=msgspec.Struct)
LARGEST_BODY = 64 * 1024
# Browsers send this header only from scripts of the page's own origin.
HEADER = "x-lantern"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass
class Call:
    """One call of an act: who, when, and in which transaction."""

    kit: Kit
    session: Session
    counsellor: Counsellor
    console: ConsoleSession
    at: dt.datetime
    path: dict[str, str]
    query: dict[str, str]
    key: str = ""
    # The page's own address, checked.
    origin: str = ""

    @property
    def conversation(self) -> str:
        """The id of the conversation in the path."""
        return self.path["conversation"]


@dataclass(frozen=True)
class Act:
    """One route: what it does, for which roles, and the shape of its body (None: no body)."""

    method: str
    path: str
    run: Callable[..., Any]
    roles: frozenset[str]
    body: type[msgspec.Struct] | None = None
    # A machine's call (a heartbeat) does not show that somebody uses the console.
    by_machine: bool = False

    def route(self, kit: Kit) -> Route:
        """The act as a route under /console/api."""

        async def endpoint(request: Request) -> Response:
            raw = b"" if self.method == "GET" else await take(request, kit)
            return await run_in_threadpool(self._carry_out, kit, request, raw)

        return Route(self.path, endpoint, methods=[self.method])

    def _carry_out(self, kit: Kit, request: Request, raw: bytes) -> Response:
        if self.method == "GET":
            # Most looks write nothing, and must not queue up behind those who write.
            try:
                with kit.database.read() as session:
                    return self._act(kit, session, request, raw)
            except LookingOnly:
                pass  # this look is to be logged
        with kit.database.begin() as session:
            return self._act(kit, session, request, raw)

    def _act(self, kit: Kit, session: Session, request: Request, raw: bytes) -> Response:
        at = kit.now()
        console = accounts.signed_in(session, token_of(request, kit), kit, at)
        if console.counsellor.role not in self.roles:
            raise NotAllowed("your role does not allow this")
        if self.method != "GET" and not self.by_machine:
            console.last_seen_at = at
        call = Call(
            kit=kit,
            session=session,
            counsellor=console.counsellor,
            console=console,
            at=at,
            path={name: str(value) for name, value in request.path_params.items()},
            query=dict(request.query_params),
            key=request.headers.get("idempotency-key", ""),
            origin=request.headers.get("origin", ""),
        )
        return answer(self.run(call) if self.body is None else self.run(call, shaped(raw, self.body)))


async def take(request: Request, kit: Kit) -> bytes:
    """The body of an unsafe request from our own page."""
    check_origin(request, kit)
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST_BODY:
            raise TooMuch(f"a request has at most {LARGEST_BODY} bytes")
    return bytes(received)


def shaped(raw: bytes, kind: type[T]) -> T:
    """A body in the shape that an act takes. Raises BadInput naming what does not fit."""
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise BadInput(f"the body does not fit: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadInput("the body is not valid JSON") from None
    except RecursionError:
        raise BadInput("the JSON is nested too deeply") from None


def check_origin(request: Request, kit: Kit) -> None:
    """Refuse what another site could have sent: a foreign Origin, or no header of our own script."""
    if request.headers.get(HEADER) != "console" or not _is_own(request.headers.get("origin", ""), kit):
        raise NotAllowed("the console takes requests from its own page only")


def cookie_name(kit: Kit) -> str:
    """`__Host-` binds the cookie to this host, over HTTPS, for all paths; plain HTTP cannot have it."""
    return "__Host-lantern" if kit.settings.url.startswith("https:") else "lantern"


def token_of(request: Request, kit: Kit) -> str:
    """The session token in the cookie, or nothing."""
    return request.cookies.get(cookie_name(kit), "")


def set_cookie(response: Response, kit: Kit, token: str) -> None:
    """Give the browser the session, for as long as it is open; an empty token takes it away."""
    response.set_cookie(
        cookie_name(kit),
        token,
        max_age=None if token else 0,
        path="/",
        secure=kit.settings.url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )


def answer(body: Any, status: int = 200) -> Response:
    """JSON, 204 for nothing, or what an act made itself; never stored on the way."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(body, Response):
        return body
    if body is None:
        return Response(status_code=204, headers=headers)
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def _is_own(origin: str, kit: Kit) -> bool:
    own = web.origin_of(kit.settings.url)
    if origin == own:
        return True
    ours, theirs = urlsplit(own), urlsplit(origin)
    # On one's own machine the two names of loopback are the same place.
    return (
        ours.netloc.rpartition(":")[0] in _LOOPBACK
        and theirs.netloc.rpartition(":")[0] in _LOOPBACK
        and (ours.scheme, ours.port) == (theirs.scheme, theirs.port)
    )
