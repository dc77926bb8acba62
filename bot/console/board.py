"""The sections of the console's stream: queue, health, own conversations, those held, alerts, call-backs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bot import handoff
from bot.console.door import Call
from bot.errors import NotFound
from bot.models import Alert, Callback, Conversation, Counsellor, Handoff, Note
from bot.stage import Kit

MOST_ALERTS = 30
MOST_CALLBACKS = 50
_SENIOR = frozenset({"supervisor", "administrator"})


def show(call: Call) -> dict[str, Any]:
    """All sections at once."""
    return sections(call.kit, call.session, call.counsellor, call.at)


def sections(kit: Kit, session: Session, counsellor: Counsellor, at: dt.datetime) -> dict[str, Any]:
    """What this counsellor's page shows beside the open conversations; no text of a person.

    Holds no running times (only moments), so that a section changes only when something happened.
    """
    waiting = list(_rows(session, Handoff.state == "requested"))
    return {
        "queue": [_waiting(one) for one in waiting]
        + [_endangered(one) for one in handoff.at_risk(session, at)],
        "mine": _held(session, _mine(counsellor)),
        "held": _others(session, counsellor),
        "health": _health(session, waiting, at),
        "team": [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "languages": one.languages,
                "skills": one.skills,
                "load": handoff.load(session, one),
                "capacity": one.capacity,
            }
            for one in handoff.present(session, at)
        ],
        "alerts": _alerts(session, counsellor),
        "callbacks": _callbacks(session, at),
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


def _mine(counsellor: Counsellor) -> Any:
    own = (Handoff.counsellor_id == counsellor.id) | (Handoff.invited_id == counsellor.id)
    return (Handoff.state == "claimed") & own


def _waiting(handed: Handoff) -> dict[str, Any]:
    return {
        **_row(handed.conversation),
        "level": handed.level,
        "reason": handed.reason,
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
        "since": _iso(since),
        "released": 0,
    }


def _held(session: Session, *where: Any) -> list[dict[str, Any]]:
    rows = _rows(session, *where)
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


def _others(session: Session, counsellor: Counsellor) -> list[dict[str, Any]]:
    """Who holds what, for supervisors."""
    if counsellor.role not in _SENIOR:
        return []
    return _held(session, Handoff.state == "claimed", Handoff.counsellor_id != counsellor.id)


def _health(session: Session, waiting: list[Handoff], at: dt.datetime) -> dict[str, Any]:
    oldest = min((one.requested_at for one in waiting), default=None)
    return {
        "waiting": len(waiting),
        "oldest": _iso(oldest) if oldest else None,
        "held": handoff.counts(session).get("claimed", 0),
        "online": len(handoff.present(session, at)),
        "supervisors": handoff.supervisors(session, at),
        "high_risk": sum(one.level in {"P0", "P1"} for one in waiting) + len(handoff.at_risk(session, at)),
        "wait_minutes": handoff.wait_minutes(session, at),
    }


def _alerts(session: Session, counsellor: Counsellor) -> list[dict[str, Any]]:
    query = (
        select(Alert).where(Alert.seen_at.is_(None)).order_by(Alert.raised_at.desc()).limit(MOST_ALERTS * 3)
    )
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "level": one.level,
            "conversation": one.conversation_id,
            "at": _iso(one.raised_at),
        }
        for one in session.scalars(query)
        if _concerns(session, one, counsellor)
    ][:MOST_ALERTS]


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
