"""The authorisation matrix: every route x every role x own, waiting, others', the bot's and closed.

The expectations stand here as rules of their own, not read from the table that they check.
"""

from __future__ import annotations

from typing import Any

import pytest
from consoles import OWN, Desk, Visitor, desk, visitor
from house import House
from starlette.testclient import TestClient

from bot import handoff
from bot.console.accounts import ROLES
from bot.console.door import Act
from bot.console.routes import ACTS
from bot.models import Counsellor

HUMANS = ("counsellor", "supervisor", "administrator")
SENIOR = ("supervisor", "administrator")
EDITORS = ("editor", *SENIOR)
# Who may do what at all; a route that is not listed here fails the test below.
ALLOWED: dict[str, tuple[str, ...]] = {
    "GET /me": ROLES,
    "POST /me": HUMANS,
    "DELETE /session": ROLES,
    "POST /presence": ROLES,
    "GET /passkeys": ROLES,
    "POST /passkeys/begin": ROLES,
    "POST /passkeys": ROLES,
    "POST /passkeys/{passkey}/remove": ROLES,
    "GET /board": HUMANS,
    "POST /next": HUMANS,
    "GET /conversations/{conversation}": HUMANS,
    "GET /conversations/{conversation}/messages": HUMANS,
    "POST /conversations/{conversation}/claim": HUMANS,
    "POST /conversations/{conversation}/answer": HUMANS,
    "POST /conversations/{conversation}/typing": HUMANS,
    "POST /conversations/{conversation}/release": HUMANS,
    "POST /conversations/{conversation}/close": HUMANS,
    "POST /conversations/{conversation}/notes": HUMANS,
    "GET /conversations/{conversation}/suggestions": HUMANS,
    "GET /conversations/{conversation}/earlier": HUMANS,
    "POST /conversations/{conversation}/consent": HUMANS,
    "POST /conversations/{conversation}/flag": HUMANS,
    "POST /conversations/{conversation}/invite": HUMANS,
    "POST /conversations/{conversation}/accept": HUMANS,
    "POST /conversations/{conversation}/decline": HUMANS,
    "POST /conversations/{conversation}/break-glass": SENIOR,
    "POST /conversations/{conversation}/take-over": SENIOR,
    "POST /conversations/{conversation}/whisper": SENIOR,
    "POST /alerts/{alert}/seen": HUMANS,
    "POST /callbacks/{callback}/done": HUMANS,
    "POST /callbacks/{callback}/take": HUMANS,
    "GET /replies": HUMANS,
    "GET /passages": HUMANS,
    "GET /protocols/{code}": HUMANS,
    "GET /overview": EDITORS,
    "GET /overview.csv": EDITORS,
    "GET /thumbs": EDITORS,
    "GET /unanswered": EDITORS,
    "POST /unanswered/{question}/reviewed": EDITORS,
    "GET /letters": SENIOR,
    "POST /letters/{letter}/again": SENIOR,
    "GET /directory": EDITORS,
    "POST /directory": EDITORS,
    "POST /directory/{entry}/remove": EDITORS,
    "GET /requests": HUMANS,
    "POST /requests/{request}/decide": HUMANS,
    "GET /staff": ("administrator",),
    "POST /staff": ("administrator",),
    "POST /staff/{counsellor}/link": ("administrator",),
    "POST /staff/{counsellor}/change": ("administrator",),
    "POST /staff/{counsellor}/leave": ("administrator",),
}
BODIES: dict[str, Any] = {
    "answer": {"text": "hello"},
    "typing": {"on": True},
    "close": {"reason": "answered"},
    "notes": {"text": "a note"},
    "whisper": {"text": "a note"},
    "flag": {"on": True},
    "consent": {"given": True},
    "invite": {"to": "nobody"},
    "break-glass": {"reason": "safety"},
    "directory": {
        "entry": {
            "id": "t1",
            "name": "T",
            "about": {"en": "a test"},
            "licensed": ["GB"],
            "goals": ["stop"],
            "modes": ["phone"],
            "languages": ["en"],
        }
    },
    "decide": {"state": "taken"},
    "passkeys": {"name": "made by nobody", "credential": {}},
    "staff": {"login": "new", "name": "New", "role": "counsellor"},
}
# Let through and then refused: no browser made what is sent here.
UNFIT = ("POST /passkeys", "POST /passkeys/begin")
BESIDE = {
    "/doors",
    "/oidc/start",
    "/oidc/back",
    "/passkey",
    "/passkey/begin",
    "/enrol/begin",
    "/enrol",
    "/events",
}
READS = ("", "messages", "suggestions", "notes")
HOLDS = ("answer", "typing", "release", "close", "flag", "invite", "earlier", "consent")
WHERE = ("own", "waiting", "others", "bots", "closed", "missing")


def name(act: Act) -> str:
    return f"{act.method} {act.path}"


def last(act: Act) -> str:
    return (
        act.path.rpartition("}")[2].strip("/")
        if "{conversation}" in act.path
        else act.path.rpartition("/")[2]
    )


def expected(act: Act, role: str, where: str) -> set[int]:
    """Statuses that this role may see for a conversation that stands so."""
    if role not in ALLOWED[name(act)]:
        return {403}
    senior, verb = role in SENIOR, last(act)
    unseen = {403} if senior else {404}
    if verb in READS:
        return {200} if where in {"own", "waiting"} else unseen
    if verb == "claim":
        return {"waiting": {204}, "own": {409}, "others": {409}}.get(where, {404})
    if verb in HOLDS:
        good = {404} if verb == "invite" else {200, 204}
        return {"own": good, "waiting": {409}}.get(where, {404})
    if verb in {"accept", "decline"}:
        return {404}
    if verb == "break-glass":
        return {404} if where == "missing" else {204}
    if verb == "take-over":
        return {"others": {204}, "own": {409}, "waiting": {409}, "missing": {404}}.get(where, {409})
    assert verb == "whisper", f"say what {verb} may do"
    return {"own": {200}, "waiting": {409}}.get(where, unseen)


def ask(one: Desk, act: Act, ids: dict[str, str]) -> int:
    path = act.path.format(**ids)
    if act.method == "GET":
        return one.get(path).status_code
    if act.method == "DELETE":
        return one.delete(path).status_code
    body = BODIES.get(last(act), {})
    return one.post(path, body, **{"Idempotency-Key": "matrix-key"}).status_code


def scene(house: House, client: TestClient, role: str, where: str) -> tuple[Desk, str]:
    """Somebody of this role, and a conversation that stands so to them."""
    browser = TestClient(client.app, base_url=str(client.base_url))
    colleague = desk(house, browser, "colleague")
    one = desk(house, client, role, role)
    person = visitor(house, client)
    if where != "bots":
        person.asks_for_a_human()
    if where in {"others", "closed"}:
        colleague.claim(person.conversation)
    if where == "closed":
        colleague.post(
            f"/conversations/{person.conversation}/close", {"reason": "answered", "afterwards": "closed"}
        )
    if where == "own":
        _make_own(house, one, person)
    return one, "00000000-nothing" if where == "missing" else person.conversation


def _make_own(house: House, one: Desk, person: Visitor) -> None:
    with house.kit.database.begin() as session:
        handoff.claim(session, session.get_one(Counsellor, one.id), person.conversation, house.clock())


def test_every_route_stands_in_the_matrix() -> None:
    assert {name(act) for act in ACTS} == set(ALLOWED)


def test_what_needs_no_session_is_named_here(house: House, client: TestClient) -> None:
    """A route beside the table would escape the matrix: these are all there are."""
    [mount] = [one for one in client.app.routes if getattr(one, "path", "") == "/console"]
    api = next(one for one in mount.routes if getattr(one, "path", "") == "/api")
    beside = {one.path for one in api.routes} - {act.path for act in ACTS}
    assert beside == BESIDE
    assert {one.path for one in mount.routes} - {"/api", ""} <= {"/chatwoot", "/"}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what_with_whose_conversation(
    house: House, client: TestClient, role: str, where: str
) -> None:
    if where == "own" and role == "editor":
        return
    one, conversation = scene(house, client, role, where)
    acts = [act for act in ACTS if "{conversation}" in act.path]
    # What changes the scene comes last: reading first, then what is refused, then what succeeds.
    acts.sort(key=lambda act: (act.method != "GET", bool(expected(act, role, where) & {200, 204})))
    done: set[str] = set()
    for act in acts:
        if last(act) in {"break-glass", "claim", "release", "close", "take-over"} and expected(
            act, role, where
        ) & {204}:
            done.add(name(act))
            continue
        assert ask(one, act, {"conversation": conversation}) in expected(act, role, where), name(act)
    for changing in sorted(done):
        fresh, target = one, conversation
        act = next(act for act in ACTS if name(act) == changing)
        if changing != sorted(done)[0]:
            fresh, target = _again(house, client, one, role, where)
        assert ask(fresh, act, {"conversation": target}) in expected(act, role, where), changing


def _again(house: House, client: TestClient, one: Desk, role: str, where: str) -> tuple[Desk, str]:
    """The same scene with another conversation."""
    house.clock.pass_(seconds=1)
    with house.kit.database.begin() as session:
        for counsellor in session.query(Counsellor):
            counsellor.capacity = 99
            counsellor.heartbeat_at = house.clock()
    return scene(house, client, role, where)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what_without_a_conversation(house: House, client: TestClient, role: str) -> None:
    one = desk(house, client, role, role)
    names = ("alert", "callback", "counsellor", "question", "letter", "entry", "request", "passkey")
    ids = dict.fromkeys(names, "none") | {"code": "S2"}
    for act in sorted(ACTS, key=lambda act: act.method == "DELETE"):
        if "{conversation}" in act.path:
            continue
        status = ask(one, act, ids)
        if role not in ALLOWED[name(act)]:
            assert status == 403, name(act)
        elif "none" in act.path.format(**ids):
            assert status == 404, name(act)
        else:
            assert status in ({400} if name(act) in UNFIT else {200, 204}), name(act)


def test_nobody_gets_anything_without_a_session(house: House, client: TestClient) -> None:
    names = (
        "conversation",
        "alert",
        "callback",
        "counsellor",
        "question",
        "letter",
        "entry",
        "request",
        "passkey",
    )
    ids = dict.fromkeys(names, "x") | {"code": "S2"}
    for act in ACTS:
        path = "/console/api" + act.path.format(**ids)
        body = BODIES.get(last(act), {"available": True}) if act.body else None
        answer = client.request(act.method, path, headers=OWN, json=body)
        assert answer.status_code == 401, name(act)
    assert client.get("/console/api/events").status_code == 401


def test_an_editor_has_no_stream(house: House, client: TestClient) -> None:
    desk(house, client, "ed", "editor")
    assert client.get("/console/api/events").status_code == 403
