"""Accounts, for administrators: who there is, new ones, roles, fresh links, leaving."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import select

from bot import handoff
from bot.console import accounts, desk
from bot.console.door import Call
from bot.errors import BadInput, Conflict
from bot.models import Counsellor

_MOST_CAPACITY = 12


class New(msgspec.Struct, forbid_unknown_fields=True):
    """A new account."""

    login: str
    name: str
    role: str


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; a change of role ends every session of the account at once."""

    role: str | None = None
    capacity: int | None = None
    languages: str | None = None
    skills: str | None = None


def everybody(call: Call) -> list[dict[str, Any]]:
    """All accounts that have not left."""
    query = select(Counsellor).where(Counsellor.left_at.is_(None)).order_by(Counsellor.name)
    return [
        {
            **msgspec.to_builtins(desk.card(one)),
            "capacity": one.capacity,
            "enrolled": one.enrolled_at is not None,
            "locked": one.locked_until is not None and one.locked_until > call.at,
        }
        for one in call.session.scalars(query)
    ]


def add(call: Call, body: New) -> dict[str, str]:
    """A new account and its one-time link, shown once."""
    counsellor = accounts.add(call.session, body.login, body.name, body.role, call.at)
    handoff.log(call.session, call.counsellor.id, "account.add", counsellor.id, call.at, role=body.role)
    return {
        "id": counsellor.id,
        "link": accounts.link(call.session, counsellor, call.kit.settings.url, call.at),
    }


def new_link(call: Call) -> dict[str, str]:
    """A fresh link for somebody who lost a factor; the old factors and sessions end."""
    counsellor = accounts.find(call.session, call.path["counsellor"])
    return {
        "id": counsellor.id,
        "link": accounts.link(call.session, counsellor, call.kit.settings.url, call.at),
    }


def change(call: Call, body: Change) -> None:
    """Change role, capacity or languages."""
    counsellor = accounts.find(call.session, call.path["counsellor"])
    if body.role is not None and body.role != counsellor.role:
        _change_role(call, counsellor, body.role)
    if body.capacity is not None:
        if not 1 <= body.capacity <= _MOST_CAPACITY:
            raise BadInput(f"capacity is 1 to {_MOST_CAPACITY}")
        counsellor.capacity = body.capacity
    if body.languages is not None:
        counsellor.languages = accounts.languages(body.languages)
    if body.skills is not None:
        counsellor.skills = accounts.skills(body.skills)


def leave(call: Call) -> None:
    """Somebody leaves: their account is closed, what they hold returns to the queue."""
    counsellor = accounts.find(call.session, call.path["counsellor"])
    if counsellor.id == call.counsellor.id:
        raise Conflict("ask another administrator to close your account")
    accounts.end_sessions(call.session, counsellor, call.at)
    counsellor.left_at = call.at
    counsellor.password_hash = counsellor.link_hash = counsellor.totp = None
    accounts.forget_passkeys(call.session, counsellor)
    handoff.log(call.session, call.counsellor.id, "account.leave", counsellor.id, call.at)


def _change_role(call: Call, counsellor: Counsellor, role: str) -> None:
    if role not in accounts.ROLES:
        raise BadInput(f"role is one of {', '.join(accounts.ROLES)}")
    if counsellor.id == call.counsellor.id:
        raise Conflict("ask another administrator to change your role")
    counsellor.role = role
    accounts.end_sessions(call.session, counsellor, call.at)
    handoff.log(call.session, call.counsellor.id, "account.role", counsellor.id, call.at, role=role)
