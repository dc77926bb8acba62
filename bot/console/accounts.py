"""Counsellors' accounts: one-time links, enrolment of both factors, sign-in, sessions."""

from __future__ import annotations

import datetime as dt
import re
import secrets as random
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from bot import content, handoff
from bot.console import secrets
from bot.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn
from bot.models import ConsoleSession, Counsellor, Passkey
from bot.stage import Kit

ROLES = ("counsellor", "supervisor", "editor", "administrator")
LINK = dt.timedelta(minutes=30)
# After so many failures in a row each further one locks for twice as long, up to a quarter of an hour.
FREE_FAILURES = 4
LONGEST_LOCK = dt.timedelta(minutes=15)
_FIRST_LOCK = dt.timedelta(seconds=15)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")
_WRONG = "login, password or code is wrong, or there were too many tries; wait a minute and try again"


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Both factors at once."""

    login: str
    password: str
    code: str


class Link(msgspec.Struct, forbid_unknown_fields=True):
    """A one-time link's token, taken from the address's fragment."""

    token: str


class Enrol(msgspec.Struct, forbid_unknown_fields=True):
    """What completes an account."""

    token: str
    login: str
    name: str
    password: str
    code: str


def first_link(kit: Kit) -> str | None:
    """A one-time link for the first administrator; None once anybody is enrolled."""
    at = kit.now()
    with kit.database.begin() as session:
        if session.scalar(select(Counsellor.id).where(Counsellor.enrolled_at.is_not(None)).limit(1)):
            return None
        query = select(Counsellor).where(Counsellor.role == "administrator").limit(1)
        first = session.scalar(query) or add(session, "admin", "Administrator", "administrator", at)
        return link(session, first, kit.settings.url, at)


def add(session: Session, login: str, name: str, role: str, at: dt.datetime) -> Counsellor:
    """A new account that nobody can sign in to yet. Raises BadInput or Conflict with the rule."""
    if role not in ROLES:
        raise BadInput(f"role is one of {', '.join(ROLES)}")
    counsellor = Counsellor(login=_free_login(session, login), name=_name(name), role=role, created_at=at)
    counsellor.new_key(session.info["vault"])
    session.add(counsellor)
    session.flush()
    return counsellor


def link(session: Session, counsellor: Counsellor, url: str, at: dt.datetime) -> str:
    """A fresh link that enrols both factors, once, within 30 minutes; older links and sessions end."""
    token = random.token_urlsafe(32)
    counsellor.link_hash = session.info["vault"].lookup_hash("enrol", token)
    counsellor.link_expires_at = at + LINK
    counsellor.totp = secrets.new_totp()
    counsellor.password_hash = counsellor.enrolled_at = None
    forget_passkeys(session, counsellor)
    end_sessions(session, counsellor, at)
    handoff.log(session, "system", "account.link", counsellor.id, at)
    # In the fragment: never sent to a server, never in a log or a Referer header.
    return f"{url}/console/#enrol={token}"


def begin_enrolment(session: Session, body: Link, at: dt.datetime) -> dict[str, Any]:
    """What the enrolment page shows: the account and the secret of the second factor."""
    counsellor = _linked(session, body.token, at)
    address = secrets.otpauth(counsellor.totp, counsellor.login)
    return {
        "login": counsellor.login,
        "name": counsellor.name,
        "role": counsellor.role,
        "secret": counsellor.totp,
        "qr": secrets.qr(address),
    }


def enrol(session: Session, body: Enrol, at: dt.datetime) -> tuple[Counsellor, str]:
    """Complete an account: its counsellor and the token of a first session. The link is spent."""
    counsellor = _linked(session, body.token, at)
    login = body.login.strip().lower()
    if login != counsellor.login:
        counsellor.login = _free_login(session, login)
    counsellor.name = _name(body.name)
    secrets.check_password(body.password, login)
    step = secrets.step_of(counsellor.totp, _digits(body.code), at, counsellor.totp_used_step)
    if step is None:
        raise BadInput("this code does not fit; check that the clock of your phone is right")
    counsellor.totp_used_step = step
    counsellor.password_hash = secrets.hashed(body.password)
    counsellor.enrolled_at = at
    counsellor.link_hash = counsellor.link_expires_at = counsellor.locked_until = None
    counsellor.failed_sign_ins = 0
    handoff.log(session, counsellor.id, "account.enrol", counsellor.id, at)
    return counsellor, open_session(session, counsellor, at)


def sign_in(session: Session, body: SignIn, at: dt.datetime) -> tuple[Counsellor, str] | None:
    """Counsellor and session token; None for any failure, which is counted.

    An unknown login, a wrong password, a wrong or repeated code and a locked account take the same
    time and answer alike. The caller raises `refused()` after its transaction has kept the count.
    """
    login = body.login.strip().lower()
    query = select(Counsellor).where(Counsellor.login == login, Counsellor.left_at.is_(None))
    counsellor = session.scalar(query.with_for_update())
    kept = counsellor.password_hash if counsellor else None
    secret = counsellor.totp if counsellor and kept else None
    right = secrets.fits(kept, body.password[: secrets.MOST_PASSWORD])
    step = secrets.step_of(secret, _digits(body.code), at, counsellor.totp_used_step if counsellor else 0)
    if counsellor is None:
        return None
    locked = counsellor.locked_until is not None and counsellor.locked_until > at
    if locked or not right or step is None or counsellor.enrolled_at is None:
        _count_failure(session, counsellor, at, locked=locked)
        return None
    counsellor.totp_used_step = step
    counsellor.failed_sign_ins, counsellor.locked_until = 0, None
    handoff.log(session, counsellor.id, "account.sign_in", counsellor.id, at)
    return counsellor, open_session(session, counsellor, at)


def refused() -> NotSignedIn:
    """The one answer to every failed sign-in."""
    return NotSignedIn(_WRONG)


def open_session(session: Session, counsellor: Counsellor, at: dt.datetime) -> str:
    """The token of a fresh session (256 bits); only its hash is kept."""
    token = random.token_urlsafe(32)
    row = ConsoleSession(
        token_hash=_hash(session, token), counsellor_id=counsellor.id, created_at=at, last_seen_at=at
    )
    session.add(row)
    return token


def signed_in(session: Session, token: str, kit: Kit, at: dt.datetime) -> ConsoleSession:
    """The live session of a token. Raises NotSignedIn when it is over, idle for too long, or unknown."""
    row = session.get(ConsoleSession, _hash(session, token)) if token else None
    if row is None or row.ended_at is not None or row.counsellor.left_at is not None:
        raise NotSignedIn("sign in to the console")
    if at - row.created_at >= dt.timedelta(hours=kit.settings.session_hours):
        raise NotSignedIn("this session is over; sign in again")
    if at - row.last_seen_at >= dt.timedelta(minutes=kit.settings.idle_minutes):
        raise NotSignedIn("the console was locked because nobody used it; sign in again")
    return row


def live_sessions(session: Session, tokens: Collection[str]) -> Sequence[ConsoleSession]:
    """The sessions of many tokens, read at once; `signed_in` then finds each without asking again."""
    hashes = [_hash(session, token) for token in tokens]
    query = select(ConsoleSession).where(ConsoleSession.token_hash.in_(hashes))
    return session.scalars(query.options(joinedload(ConsoleSession.counsellor))).all()


def sign_out(session: Session, row: ConsoleSession, at: dt.datetime) -> None:
    """End a session; what the counsellor still holds goes back to the queue."""
    row.ended_at = at
    handoff.sign_off(session, row.counsellor)
    handoff.log(session, row.counsellor_id, "account.sign_out", row.counsellor_id, at)


def end_sessions(session: Session, counsellor: Counsellor, at: dt.datetime) -> None:
    """End every session of a counsellor at once: their role changed, or they left."""
    open_ones = update(ConsoleSession).where(ConsoleSession.counsellor_id == counsellor.id)
    session.execute(open_ones.where(ConsoleSession.ended_at.is_(None)).values(ended_at=at))
    handoff.sign_off(session, counsellor)


def forget_passkeys(session: Session, counsellor: Counsellor) -> None:
    """No passkey opens this account any more."""
    session.execute(delete(Passkey).where(Passkey.counsellor_id == counsellor.id))


def languages(text: str) -> str:
    """Languages somebody writes, as kept; at least one. Raises BadInput."""
    kept = ",".join(one for one in content.LANGS if one in text.split(","))
    if not kept:
        raise BadInput(f"name at least one language: {', '.join(content.LANGS)}")
    return kept


def skills(text: str) -> str:
    """What somebody knows much about, as kept. Raises BadInput."""
    named = {one for one in text.split(",") if one}
    if not named <= set(handoff.SKILLS):
        raise BadInput(f"skills are of {', '.join(handoff.SKILLS)}")
    return ",".join(one for one in handoff.SKILLS if one in named)


def find(session: Session, counsellor_id: str) -> Counsellor:
    """An account that has not left. Raises NotFound."""
    counsellor = session.get(Counsellor, counsellor_id)
    if counsellor is None or counsellor.left_at is not None:
        raise NotFound("no such counsellor")
    return counsellor


def _linked(session: Session, token: str, at: dt.datetime) -> Counsellor:
    hashed = session.info["vault"].lookup_hash("enrol", token)
    counsellor = session.scalar(select(Counsellor).where(Counsellor.link_hash == hashed))
    if counsellor is None or counsellor.link_expires_at is None or counsellor.link_expires_at <= at:
        raise NotAllowed("this link was used or is too old; ask for a new one")
    return counsellor


def _count_failure(session: Session, counsellor: Counsellor, at: dt.datetime, *, locked: bool) -> None:
    counsellor.failed_sign_ins += 1
    over = counsellor.failed_sign_ins - FREE_FAILURES
    if over > 0 and not locked:
        counsellor.locked_until = at + min(LONGEST_LOCK, _FIRST_LOCK * 2 ** min(over, 10))
    handoff.log(session, "system", "account.failure", counsellor.id, at)


def _free_login(session: Session, login: str) -> str:
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadInput("a login has 2 to 80 letters a-z, digits, dots, dashes or an e-mail address")
    if session.scalar(select(Counsellor.id).where(Counsellor.login == login)):
        raise Conflict("this login is taken; choose another")
    return login


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise BadInput("a name has 1 to 40 characters; people in the chat will see it")
    return name


def _digits(code: str) -> str:
    return "".join(c for c in code[:20] if c.isascii() and c.isdigit())


def _hash(session: Session, token: str) -> str:
    return str(session.info["vault"].lookup_hash("console", token))
