"""The page on which a therapist answers a request: two buttons behind the link of the e-mail.

Looking changes nothing, since mail servers look at links too; only a button does.
"""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot import hooks, mail, matching, requests
from bot.content import letters
from bot.errors import BadInput, Conflict, NotFound
from bot.models import MatchRequest
from bot.stage import Kit

_LARGEST_BODY = 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def routes(kit: Kit) -> list[Route]:
    """One page for each request."""

    async def page(request: Request) -> HTMLResponse:
        number, token = request.path_params["number"], request.path_params["token"]
        answer = ""
        if request.method == "POST":
            form = parse_qs((await hooks.body(request, _LARGEST_BODY)).decode("utf-8", "replace"))
            answer = next(iter(form.get("state", [])), "")
            if answer not in letters.ANSWERS:
                raise BadInput("choose one of the two buttons")
        return HTMLResponse(await run_in_threadpool(_page, kit, number, token, answer), headers=_HEADERS)

    return [Route("/requests/{number}/{token}", page, methods=["GET", "POST"])]


def _page(kit: Kit, number: str, token: str, answer: str) -> str:
    """The page as it stands, after `answer` if there is one. Raises NotFound for a wrong link."""
    if not hmac.compare_digest(token.encode(), mail.token(kit.database.vault, number).encode()):
        raise NotFound("no such request; use the link of the e-mail as it is")
    with kit.database.begin() as session:
        request = session.get(MatchRequest, number)
        if request is None:
            raise NotFound("this request is not kept any more; please delete the e-mail")
        voice = kit.voice(request.conversation, kit.now())
        words = letters.words(voice)
        if words is None:
            raise NotFound("this page has no words; ask whoever runs the service")
        name = _name(session, kit, request)
        if request.state == "sent" and not answer:
            return letters.asking(words, number[-8:], name)
        try:
            requests.decide(session, requests.find(session, number), answer, name, voice)  # type: ignore[arg-type]
        except Conflict:
            return letters.told(words, "over")
        return letters.told(words, "thanks")


def _name(session: Session, kit: Kit, request: MatchRequest) -> str:
    entry = matching.held(session, kit.directory).find(request.entry_id)
    return entry.name if entry else request.entry_id
