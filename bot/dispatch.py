"""What systems are told: partners by signed webhooks (Standard Webhooks), staff by a line in Slack.

Ids, kinds and links only: no text of a person ever leaves this way. Events are read from the tables
where they happened, so that none is missed by a process that dies; `source` makes each go out once.
E-mails to therapists wait in the same table and are tried again in the same way (`bot/mail.py`).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import httpx2
import msgspec
import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot import handoff, mail
from bot.channels.contract import Outgoing, Part
from bot.errors import DeliveryError, Refused, TryLater
from bot.models import Alert, Dispatch, Handoff, MatchRequest
from bot.settings import Partner
from bot.stage import Kit

log = structlog.get_logger()
SLACK = "slack"
# Seconds until each next try, as Standard Webhooks advises; after the last one it is dead.
SCHEDULE = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
SECONDS = 15.0
_LEASE = dt.timedelta(seconds=60)
# How far back events are looked for: longer than any process is away without somebody noticing.
_BACK = dt.timedelta(hours=24)
_GONE = 410


def work(kit: Kit) -> bool:
    """Note new events and send the next due one; False when nothing was due."""
    targets = _targets(kit)
    if targets:
        _collect(kit, targets)
    return _send_next(kit) if targets or kit.settings.smtp else False


def put(
    session: Session, kit: Kit, kind: str, source: str, data: dict[str, Any], at: dt.datetime
) -> list[Dispatch]:
    """Queue an event for every target that wants it and does not have it yet, in the caller's transaction."""
    have = select(Dispatch.target).where(Dispatch.source == source)
    known = set(session.scalars(have))
    wanting = [t for t, kinds in _targets(kit).items() if t not in known and (not kinds or kind in kinds)]
    rows = [
        Dispatch(target=target, source=source, kind=kind, body=data, due_at=at, created_at=at)
        for target in wanting
    ]
    session.add_all(rows)
    return rows


def about(kit: Kit, request: MatchRequest) -> tuple[str, str, dict[str, Any]]:
    """The event that a request stands as it does: source, kind, data."""
    data = {"request": request.id, "entry": request.entry_id, "link": f"{kit.settings.url}/console/"}
    at = request.changed_at.isoformat()
    return f"match:{request.id}:{request.state}", f"match.{request.state}", {**data, "at": at}


def signatures(secrets: tuple[str, ...], number: str, moment: int, body: bytes) -> str:
    """`v1,...` for each secret, separated by spaces: during a rotation either one verifies."""
    signed = f"{number}.{moment}.".encode() + body
    keys = (base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets)
    digests = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _targets(kit: Kit) -> dict[str, tuple[str, ...]]:
    """Names of targets with the kinds of events they want; none: all."""
    targets = {partner.name: partner.events for partner in kit.settings.partners}
    slack: Any = kit.channels.by_name.get(SLACK)
    if slack is not None and slack.alerts:
        targets[SLACK] = ("alert.raised",)
    return targets


def _collect(kit: Kit, targets: dict[str, tuple[str, ...]]) -> None:
    at = kit.now()
    with kit.database.read() as session:
        found = list(_events(session, kit, at - _BACK))
        seen = set(session.scalars(select(Dispatch.source).where(Dispatch.created_at > at - 2 * _BACK)))
    for source, kind, data in found:
        if source not in seen:
            with kit.database.begin() as session:
                put(session, kit, kind, source, data, at)


def _events(session: Session, kit: Kit, since: dt.datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What happened since: source, kind, data."""
    for alert in session.scalars(select(Alert).where(Alert.raised_at > since).order_by(Alert.raised_at)):
        data = {"alert": alert.kind, "level": alert.level, "conversation": alert.conversation_id}
        yield f"alert:{alert.id}", "alert.raised", {**data, "link": f"{kit.settings.url}/console/"}
    moments = ("requested_at", "claimed_at", "ended_at")
    recent = or_(Handoff.requested_at > since, Handoff.claimed_at > since, Handoff.ended_at > since)
    for asked in session.scalars(select(Handoff).where(recent).order_by(Handoff.requested_at)):
        for moment, word in zip(moments, ("requested", "claimed", "closed"), strict=True):
            if (happened := getattr(asked, moment)) is not None and happened > since:
                data = {"conversation": asked.conversation_id, "level": asked.level}
                yield f"handoff:{asked.id}:{word}", f"handoff.{word}", {**data, "at": happened.isoformat()}
    yield from _requests(session, kit, since)


def _requests(session: Session, kit: Kit, since: dt.datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Wishes to see a therapist: sent, answered, withdrawn. The letter itself is read in the console."""
    query = select(MatchRequest).where(MatchRequest.changed_at > since).order_by(MatchRequest.changed_at)
    for request in session.scalars(query):
        yield about(kit, request)


def _send_next(kit: Kit) -> bool:
    at = kit.now()
    with kit.database.begin() as session:
        query = select(Dispatch).where(Dispatch.state == "queued", Dispatch.due_at <= at)
        row = session.scalar(query.order_by(Dispatch.due_at).limit(1).with_for_update(skip_locked=True))
        if row is None:
            return False
        row.attempts += 1
        row.due_at = lease = at + _LEASE
    try:
        _send(kit, row, at)
    except DeliveryError as error:
        _failed(kit, row.id, lease, error)
    else:
        _settle(kit, row.id, lease, "sent")
    return True


def _send(kit: Kit, row: Dispatch, at: dt.datetime) -> None:
    if row.target == mail.TARGET:
        mail.send(kit, row)
        return
    if row.target == SLACK and SLACK in kit.channels.by_name:
        slack: Any = kit.channels.by_name[SLACK]
        text = f"{row.body['alert']} {row.body.get('level') or ''}".strip() + f"\n{row.body['link']}"
        slack.send(Outgoing(channel=SLACK, address=slack.alerts, part=Part(text), key=row.id))
        return
    partner = next((one for one in kit.settings.partners if one.name == row.target), None)
    if partner is None:
        raise Refused("this partner is not in partners.toml any more", code="removed")
    _post(partner, row, at)


def _post(partner: Partner, row: Dispatch, at: dt.datetime) -> None:
    moment = int(at.timestamp())
    event = {"type": row.kind, "timestamp": row.created_at.isoformat(), "data": row.body}
    body = msgspec.json.encode(event)
    headers = {
        "content-type": "application/json",
        "webhook-id": row.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signatures(partner.secrets, row.id, moment, body),
    }
    try:
        status = _client().post(partner.url, content=body, headers=headers).status_code
    except httpx2.HTTPError as error:
        raise TryLater("the partner did not answer", code=type(error).__name__) from None
    if status == _GONE:
        raise Refused("the partner wants no more events", code=str(_GONE))
    if not 200 <= status < 300:
        raise TryLater("the partner did not take the event", code=str(status))


def _failed(kit: Kit, number: str, lease: dt.datetime, error: DeliveryError) -> None:
    log.warning("dispatch.failed", dispatch=number, code=error.code)
    if isinstance(error, Refused):
        _settle(kit, number, lease, "dead", error.code)
        return
    with kit.database.begin() as session:
        row = session.get_one(Dispatch, number, with_for_update=True)
        if row.due_at != lease:
            return
        row.failure = error.code[:40]
        if row.attempts > len(SCHEDULE):
            row.state = "dead"
            _noticed(session, row, kit.now())
        else:
            row.due_at = kit.now() + dt.timedelta(seconds=SCHEDULE[row.attempts - 1])


def _settle(kit: Kit, number: str, lease: dt.datetime, state: str, code: str = "") -> None:
    with kit.database.begin() as session:
        row = session.get_one(Dispatch, number, with_for_update=True)
        if row.due_at != lease:
            return
        row.state, row.failure = state, code[:40]
        _noticed(session, row, kit.now())
        if code == str(_GONE):
            # Disabled by its own wish: what else waits for it is dropped.
            rest = select(Dispatch).where(Dispatch.target == row.target, Dispatch.state == "queued")
            for other in session.scalars(rest):
                other.state, other.failure = "dead", code


def _noticed(session: Session, row: Dispatch, at: dt.datetime) -> None:
    """Staff pass on by hand what no mail server would take."""
    if row.target != mail.TARGET or row.state != "dead" or row.failure == "withdrawn":
        return
    request = session.get(MatchRequest, row.body["request"])
    handoff.alert(session, "match.undelivered", at, request.conversation if request else None)


@lru_cache(maxsize=1)
def _client() -> httpx2.Client:
    # No redirects: an address is what the administrator wrote, and 3xx is a failure.
    return httpx2.Client(timeout=SECONDS, follow_redirects=False)
