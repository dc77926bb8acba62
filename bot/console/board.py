"""The sections of the console's stream: queue, health, own conversations, those held, alerts, call-backs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bot import handoff
from bot.console import reasons
from bot.console.door import Call
from bot.errors import NotFound
from bot.messages import Value
from bot.models import Alert, Callback, Conversation, Counsellor, Handoff, Note

MOST_ALERTS = 30
MOST_CALLBACKS = 50
_SENIOR = frozenset({"supervisor", "administrator"})


class Board(Value, frozen=True, kw_only=True):
    """What all consoles show, before each sees its own part; no text of a person.

    Holds no running times (only moments), so that a section changes only when something happened.
    """

    queue: list[dict[str, Any]]
    held: list[dict[str, Any]]
    health: dict[str, Any]
    team: list[dict[str, Any]]
    # With who holds the conversation that an alert is about, if anybody does.
    alerts: list[tuple[str | None, dict[str, Any]]]
    callbacks: list[dict[str, Any]]


def show(call: Call) -> dict[str, Any]:
    """All sections at once."""
    return sections(everything(call.session, call.at), call.counsellor)


def everything(session: Session, at: dt.datetime) -> Board:
    """The whole board, read once for however many consoles are open."""
    waiting = list(_rows(session, Handoff.state == "requested"))
    endangered, present = handoff.at_risk(session, at), handoff.present(session, at)
    held = _held(session)
    return Board(
        queue=_queue(session, waiting, endangered),
        held=held,
        health=_health(session, waiting, endangered, present, len(held), at),
        team=_team(present, held),
        alerts=_alerts(session),
        callbacks=_callbacks(session, at),
    )


def sections(board: Board, counsellor: Counsellor) -> dict[str, Any]:
    """What this counsellor's page shows beside the open conversations."""
    senior = counsellor.role in _SENIOR
    concerns = {None, counsellor.id}
    return {
        "queue": board.queue,
        "mine": [row for row in board.held if counsellor.id in {row["by"], row["invited"]}],
        # Who holds what, for supervisors.
        "held": [row for row in board.held if senior and row["by"] != counsellor.id],
        "health": board.health,
        "team": board.team,
        "alerts": [row for by, row in board.alerts if senior or by in concerns][:MOST_ALERTS],
        "callbacks": board.callbacks,
    }


def seen(call: Call) -> None:
    """Take an alert off the list; who did it is kept."""
    alert = call.session.get(Alert, call.path["alert"])
    if alert is None or not _concerns(call.session, alert, call.counsellor):
        raise NotFound("no such alert")
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = call.at, call.counsellor.id
        handoff.log(
            call.session,
            call.counsellor.id,
            "alert.seen",
            alert.conversation_id or "",
            call.at,
            kind=alert.kind,
        )


def called_back(call: Call) -> None:
    """A call-back was met in another way."""
    handoff.callback_done(call.session, call.counsellor, call.path["callback"], call.at)


def _rows(session: Session, *where: Any) -> list[Handoff]:
    query = select(Handoff).where(*where).order_by(Handoff.level, Handoff.requested_at, Handoff.id)
    return list(
        session.scalars(query.options(joinedload(Handoff.conversation), joinedload(Handoff.counsellor)))
    )


def _queue(
    session: Session, waiting: Sequence[Handoff], endangered: Sequence[Conversation]
) -> list[dict[str, Any]]:
    """Who waits and who is in danger with the bot, by risk; each with what was seen of their danger."""
    rows = [_waiting(one) for one in waiting] + [_endangered(one) for one in endangered]
    rows.sort(key=lambda row: str(row["level"]))
    seen = reasons.seen(session, [*(one.conversation for one in waiting), *endangered])
    return [{**row, **seen.get(row["id"], {})} for row in rows]


def _waiting(handed: Handoff) -> dict[str, Any]:
    return {
        **_row(handed.conversation),
        "level": handed.level,
        "reason": handed.reason,
        "needs": [one for one in handed.needs.split(",") if one],
        "since": _iso(handed.requested_at),
        "released": handed.released,
    }


def _endangered(conversation: Conversation) -> dict[str, Any]:
    """In danger and with the bot: nobody was asked for, a counsellor may step in."""
    since = conversation.risk_since or conversation.created_at
    return {
        **_row(conversation),
        "level": conversation.risk_level,
        "reason": "step_in",
        "needs": [],
        "since": _iso(since),
        "released": 0,
    }


def _held(session: Session) -> list[dict[str, Any]]:
    """All conversations that a counsellor holds."""
    rows = _rows(session, Handoff.state == "claimed")
    notes = select(Note.conversation_id, func.count()).group_by(Note.conversation_id)
    ids = [one.conversation_id for one in rows]
    counted = dict(session.execute(notes.where(Note.conversation_id.in_(ids))).all()) if ids else {}
    return [_held_row(one, counted.get(one.conversation_id, 0)) for one in rows]


def _held_row(handed: Handoff, notes: int) -> dict[str, Any]:
    return {
        **_row(handed.conversation),
        "notes": notes,
        "level": handed.level,
        "reason": handed.reason,
        "since": _iso(handed.claimed_at or handed.requested_at),
        "who": handed.counsellor.name if handed.counsellor else None,
        "by": handed.counsellor_id,
        "invited": handed.invited_id,
        "flagged": handed.flagged_at is not None,
    }


def _row(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "language": conversation.language,
        "risk": conversation.risk_level,
        "protocol": conversation.risk_protocol,
        # The number of the newest event: an open pane reads on when it grows.
        "event": conversation.next_event - 1,
        "wrote_at": _iso(conversation.last_inbound_at) if conversation.last_inbound_at else None,
    }


def _health(
    session: Session,
    waiting: list[Handoff],
    endangered: Sequence[Conversation],
    present: Sequence[Counsellor],
    held: int,
    at: dt.datetime,
) -> dict[str, Any]:
    oldest = min((one.requested_at for one in waiting), default=None)
    return {
        "waiting": len(waiting),
        "oldest": _iso(oldest) if oldest else None,
        "held": held,
        "online": len(present),
        "supervisors": sum(one.role in _SENIOR for one in present),
        "high_risk": sum(one.level in {"P0", "P1"} for one in waiting) + len(endangered),
        "wait_minutes": handoff.wait_minutes(session, at),
    }


def _team(present: Sequence[Counsellor], held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who is there, and how much they hold."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "languages": one.languages,
            "skills": one.skills,
            "load": sum(handoff.WEIGHT[row["level"]] for row in held if row["by"] == one.id),
            "capacity": one.capacity,
        }
        for one in present
    ]


def _alerts(session: Session) -> list[tuple[str | None, dict[str, Any]]]:
    query = (
        select(Alert, Conversation.counsellor_id)
        .outerjoin(Conversation, Conversation.id == Alert.conversation_id)
        .where(Alert.seen_at.is_(None))
        .order_by(Alert.raised_at.desc())
        .limit(MOST_ALERTS * 3)
    )
    return [
        (
            by,
            {
                "id": one.id,
                "kind": one.kind,
                "level": one.level,
                "conversation": one.conversation_id,
                "at": _iso(one.raised_at),
            },
        )
        for one, by in session.execute(query)
    ]


def _concerns(session: Session, alert: Alert, counsellor: Counsellor) -> bool:
    """A supervisor sees all alerts; a counsellor those of no conversation, of the queue, or of their own."""
    if counsellor.role in _SENIOR or alert.conversation_id is None:
        return True
    conversation = session.get(Conversation, alert.conversation_id)
    return conversation is None or conversation.counsellor_id in {None, counsellor.id}


def _callbacks(session: Session, at: dt.datetime) -> list[dict[str, Any]]:
    query = select(Callback).where(Callback.done_at.is_(None)).order_by(Callback.level, Callback.asked_at)
    return [
        {
            "id": one.id,
            "conversation": one.conversation_id,
            "level": one.level,
            "reason": one.reason,
            "at": _iso(one.asked_at),
            "language": one.conversation.language,
            "channel": one.conversation.channel,
            "unreachable": handoff.unreachable(session, one.conversation, at),
        }
        for one in session.scalars(query.limit(MOST_CALLBACKS))
    ]


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
