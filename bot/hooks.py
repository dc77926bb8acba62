"""Webhooks of providers: verified, normalised, deduplicated and committed before they are acknowledged."""

from __future__ import annotations

from prometheus_client import Counter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import delivery, inbox
from bot.channels import Channel, contract
from bot.crash import crash_here
from bot.errors import NotFound, TooMuch
from bot.stage import Kit

# A batch of a provider is larger than anything that a person sends.
LARGEST_BODY = 1024 * 1024
ARRIVED = Counter("lantern_arrivals", "Messages that arrived by webhook, by kind", ["channel", "kind"])


def routes(kit: Kit) -> list[Route]:
    """One address a provider."""

    async def hook(request: Request) -> Response:
        channel = kit.channels.by_path.get(request.path_params["name"])
        if channel is None:
            raise NotFound("this channel is not switched on")
        sent = contract.Request(
            method=request.method,
            # Our own address as the provider knows it: a Host header is the sender's to choose.
            url=_address(kit.settings.url, request),
            at=kit.now(),
            headers={name.lower(): value for name, value in request.headers.items()},
            query=dict(request.query_params),
            body=await body(request, LARGEST_BODY),
        )
        received = await run_in_threadpool(take, kit, channel, sent)
        return Response(received.answer, media_type=received.media_type)

    return [Route("/webhooks/{name}", hook, methods=["GET", "POST"])]


def take(kit: Kit, channel: Channel, request: contract.Request) -> contract.Received:
    """Store a verified request whole, in one transaction, and return what the provider wants to hear."""
    received = channel.receive(request)
    with kit.database.begin() as session:
        for arrival in received.arrivals:
            inbox.receive(session, arrival)
        for receipt in received.receipts:
            delivery.note_receipt(session, kit, receipt)
        crash_here("hook.before_commit")
    for arrival in received.arrivals:
        ARRIVED.labels(arrival.channel, arrival.kind).inc()
    crash_here("hook.before_answer")
    return received


async def body(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is too large, whatever its headers promised."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > most:
            raise TooMuch(f"a request has at most {most} bytes; write in shorter parts")
    return bytes(received)


def _address(url: str, request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{url}/webhooks/{request.path_params['name']}{query}"
