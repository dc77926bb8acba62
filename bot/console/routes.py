"""The table of all acts of the console: method, path, what runs, for which roles, with what body."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from bot.console import (
    accounts,
    bank,
    board,
    chatwoot,
    desk,
    directory,
    door,
    earlier,
    oidc,
    overview,
    pages,
    passkeys,
    reading,
    review,
    staff,
    stream,
    team,
)
from bot.console.door import Act
from bot.models import Counsellor
from bot.stage import Kit

ALL = frozenset(accounts.ROLES)
HUMANS = frozenset({"counsellor", "supervisor", "administrator"})
SENIOR = frozenset({"supervisor", "administrator"})
ADMIN = frozenset({"administrator"})
# Who looks after the answers: texts are theirs, people are not.
EDITORS = frozenset({"editor", "supervisor", "administrator"})
_ONE = "/conversations/{conversation}"

ACTS = (
    Act("GET", "/me", desk.me, ALL),
    Act("POST", "/me", desk.profile, HUMANS, desk.Profile),
    Act("DELETE", "/session", desk.sign_out, ALL),
    Act("GET", "/passkeys", passkeys.kept, ALL),
    Act("POST", "/passkeys/begin", passkeys.begin, ALL),
    Act("POST", "/passkeys", passkeys.add, ALL, passkeys.New),
    Act("POST", "/passkeys/{passkey}/remove", passkeys.remove, ALL),
    Act("POST", "/presence", desk.presence, ALL, desk.Presence, by_machine=True),
    Act("GET", "/board", board.show, HUMANS),
    Act("POST", "/next", desk.claim_next, HUMANS),
    Act("GET", _ONE, reading.open_one, HUMANS),
    Act("GET", _ONE + "/messages", reading.since, HUMANS),
    Act("POST", _ONE + "/claim", desk.claim, HUMANS),
    Act("POST", _ONE + "/answer", desk.answer, HUMANS, desk.Answer),
    Act("POST", _ONE + "/typing", desk.typing, HUMANS, desk.Typing),
    Act("POST", _ONE + "/release", desk.release, HUMANS),
    Act("POST", _ONE + "/close", desk.close, HUMANS, desk.Close),
    Act("POST", _ONE + "/notes", desk.note, HUMANS, desk.NewNote),
    Act("GET", _ONE + "/suggestions", bank.suggestions, HUMANS),
    Act("GET", _ONE + "/earlier", earlier.show, HUMANS),
    Act("POST", _ONE + "/consent", earlier.agree, HUMANS, earlier.Agreed),
    Act("POST", _ONE + "/flag", team.flag, HUMANS, team.Flag),
    Act("POST", _ONE + "/invite", team.invite, HUMANS, team.Invite),
    Act("POST", _ONE + "/accept", team.accept, HUMANS),
    Act("POST", _ONE + "/decline", team.decline, HUMANS),
    Act("POST", _ONE + "/break-glass", team.break_glass, SENIOR, team.Reason),
    Act("POST", _ONE + "/take-over", team.take_over, SENIOR),
    Act("POST", _ONE + "/whisper", team.whisper, SENIOR, desk.NewNote),
    Act("POST", "/alerts/{alert}/seen", board.seen, HUMANS),
    Act("POST", "/callbacks/{callback}/done", board.called_back, HUMANS),
    Act("POST", "/callbacks/{callback}/take", desk.call_back, HUMANS),
    Act("GET", "/replies", bank.replies, HUMANS),
    Act("GET", "/passages", bank.passages, HUMANS),
    Act("GET", "/protocols/{code}", bank.protocol, HUMANS),
    Act("GET", "/overview", overview.show, EDITORS),
    Act("GET", "/overview.csv", overview.download, EDITORS),
    Act("GET", "/thumbs", review.thumbs, EDITORS),
    Act("GET", "/unanswered", review.unanswered, EDITORS),
    Act("POST", "/unanswered/{question}/reviewed", review.reviewed, EDITORS),
    Act("GET", "/letters", review.dead_letters, SENIOR),
    Act("POST", "/letters/{letter}/again", review.again, SENIOR),
    Act("GET", "/directory", directory.entries, EDITORS),
    Act("POST", "/directory", directory.edit, EDITORS, directory.Edited),
    Act("POST", "/directory/{entry}/remove", directory.remove, EDITORS),
    Act("GET", "/requests", directory.waiting, HUMANS),
    Act("POST", "/requests/{request}/decide", directory.decide, HUMANS, directory.Decided),
    Act("GET", "/staff", staff.everybody, ADMIN),
    Act("POST", "/staff", staff.add, ADMIN, staff.New),
    Act("POST", "/staff/{counsellor}/link", staff.new_link, ADMIN),
    Act("POST", "/staff/{counsellor}/change", staff.change, ADMIN, staff.Change),
    Act("POST", "/staff/{counsellor}/leave", staff.leave, ADMIN),
)


def routes(kit: Kit) -> Mount:
    """Everything under /console of one installation."""
    doors = _Doors(kit)
    api = [
        Route("/doors", doors.known, methods=["GET"]),
        *oidc.routes(kit),
        Route("/session", doors.sign_in, methods=["POST"]),
        Route("/passkey/begin", doors.passkey_begin, methods=["POST"]),
        Route("/passkey", doors.passkey, methods=["POST"]),
        Route("/enrol/begin", doors.begin, methods=["POST"]),
        Route("/enrol", doors.enrol, methods=["POST"]),
        Route("/events", stream.endpoint(kit, HUMANS), methods=["GET"]),
        *(act.route(kit) for act in ACTS),
    ]
    return Mount("/console", routes=[*chatwoot.routes(kit), Mount("/api", routes=api), *pages.routes()])


class _Doors:
    """The acts that need no session."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    async def known(self, request: Request) -> Response:
        """Which ways in there are."""
        return door.answer({"oidc": bool(self.kit.settings.oidc_issuer)})

    async def sign_in(self, request: Request) -> Response:
        """Open a session with login, password and code."""
        body = door.shaped(await door.take(request, self.kit), accounts.SignIn)
        return await run_in_threadpool(self._sign_in, body)

    async def passkey_begin(self, request: Request) -> Response:
        """A challenge for any passkey of ours."""
        await door.take(request, self.kit)
        return await run_in_threadpool(self._passkey_begin, request.headers["origin"])

    async def passkey(self, request: Request) -> Response:
        """Open a session with a passkey."""
        body = door.shaped(await door.take(request, self.kit), passkeys.Shown)
        return await run_in_threadpool(self._passkey, body, request.headers["origin"])

    async def begin(self, request: Request) -> Response:
        """Show what a one-time link enrols."""
        body = door.shaped(await door.take(request, self.kit), accounts.Link)
        return await run_in_threadpool(self._begin, body)

    async def enrol(self, request: Request) -> Response:
        """Complete an account and sign it in."""
        body = door.shaped(await door.take(request, self.kit), accounts.Enrol)
        return await run_in_threadpool(self._enrol, body)

    def _sign_in(self, body: accounts.SignIn) -> Response:
        with self.kit.database.begin() as session:
            done = accounts.sign_in(session, body, self.kit.now())
        if done is None:
            raise accounts.refused()
        return self._opened(*done)

    def _passkey_begin(self, origin: str) -> Response:
        with self.kit.database.read() as session:
            return door.answer(passkeys.options(session, origin, self.kit.now()))

    def _passkey(self, body: passkeys.Shown, origin: str) -> Response:
        with self.kit.database.begin() as session:
            done = passkeys.sign_in(session, body, origin, self.kit.now())
        return self._opened(*done)

    def _begin(self, body: accounts.Link) -> Response:
        with self.kit.database.begin() as session:
            return door.answer(accounts.begin_enrolment(session, body, self.kit.now()))

    def _enrol(self, body: accounts.Enrol) -> Response:
        with self.kit.database.begin() as session:
            done = accounts.enrol(session, body, self.kit.now())
        return self._opened(*done)

    def _opened(self, counsellor: Counsellor, token: str) -> Response:
        response = door.answer(msgspec.to_builtins(desk.card(counsellor)))
        door.set_cookie(response, self.kit, token)
        return response
