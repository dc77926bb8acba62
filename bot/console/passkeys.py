"""Passkeys (WebAuthn): a second way in that needs no code and cannot be phished; the device checks its owner.

A challenge is signed and carries its moment, so that none has to be kept: each passkey takes only
challenges that are newer than the last one it answered, and nobody can use one twice.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot import handoff
from bot.console import accounts
from bot.console.door import Call
from bot.console.secrets import ISSUER
from bot.errors import BadInput, Conflict, NotFound
from bot.models import Counsellor, Passkey

MOST = 8
VALID_SECONDS = 120
_MOMENT_BYTES, _NONCE_BYTES, _MAC_BYTES = 8, 16, 32
_SIGN_IN = "sign in"


class New(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser made, and the name its owner gives it."""

    name: str
    credential: dict[str, Any]


class Shown(msgspec.Struct, forbid_unknown_fields=True):
    """What the browser answered to a challenge."""

    credential: dict[str, Any]


def kept(call: Call) -> list[dict[str, Any]]:
    """One's own passkeys."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "created_at": one.created_at.isoformat(timespec="seconds"),
            "used_at": one.used_at.isoformat(timespec="seconds") if one.used_at else None,
        }
        for one in _own(call.session, call.counsellor)
    ]


def begin(call: Call) -> dict[str, Any]:
    """What the browser needs to make a passkey for this account."""
    known = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
        for one in _own(call.session, call.counsellor)
    ]
    options = webauthn.generate_registration_options(
        rp_id=place(call.origin),
        rp_name=ISSUER,
        user_id=call.counsellor.id.encode(),
        user_name=call.counsellor.login,
        user_display_name=call.counsellor.name,
        challenge=challenge(call.session, call.counsellor.id, call.at),
        timeout=VALID_SECONDS * 1000,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _as_json(options)


def add(call: Call, body: New) -> dict[str, str]:
    """Keep a passkey that the browser made for a challenge of ours."""
    name = " ".join(body.name.split())
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise BadInput("a passkey's name has 1 to 40 characters")
    if len(_own(call.session, call.counsellor)) >= MOST:
        raise Conflict(f"an account has at most {MOST} passkeys; remove one that you no longer use")
    answered = _challenge_in(body.credential)
    moment = _moment(call.session, call.counsellor.id, answered, call.at)
    try:
        made = webauthn.verify_registration_response(
            credential=body.credential,
            expected_challenge=answered,
            expected_rp_id=place(call.origin),
            expected_origin=call.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise BadInput(f"this passkey does not hold ({type(error).__name__}); try again") from None
    credential = bytes_to_base64url(made.credential_id)
    if call.session.scalar(select(Passkey.id).where(Passkey.credential == credential)):
        raise Conflict("this passkey is known already")
    row = Passkey(
        counsellor_id=call.counsellor.id,
        credential=credential,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        answered=moment,
        name=name,
        created_at=call.at,
    )
    call.session.add(row)
    call.session.flush()
    handoff.log(call.session, call.counsellor.id, "passkey.add", call.counsellor.id, call.at)
    return {"id": row.id}


def remove(call: Call) -> None:
    """Take a passkey away; password and code still open the account."""
    row = call.session.get(Passkey, call.path["passkey"])
    if row is None or row.counsellor_id != call.counsellor.id:
        raise NotFound("no such passkey, or not yours")
    call.session.delete(row)
    handoff.log(call.session, call.counsellor.id, "passkey.remove", call.counsellor.id, call.at)


def options(session: Session, origin: str, at: dt.datetime) -> dict[str, Any]:
    """What the browser needs to sign in; it asks nobody who they are."""
    asked = webauthn.generate_authentication_options(
        rp_id=place(origin),
        challenge=challenge(session, _SIGN_IN, at),
        timeout=VALID_SECONDS * 1000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _as_json(asked)


def sign_in(session: Session, body: Shown, origin: str, at: dt.datetime) -> tuple[Counsellor, str]:
    """Counsellor and session token. Raises NotSignedIn, the same for every failure."""
    answered = _challenge_in(body.credential)
    moment = _moment(session, _SIGN_IN, answered, at)
    credential = str(body.credential.get("id", ""))[:400]
    row = session.scalar(select(Passkey).where(Passkey.credential == credential).with_for_update())
    if row is None or row.counsellor.left_at is not None or row.counsellor.enrolled_at is None:
        raise accounts.refused()
    try:
        shown = webauthn.verify_authentication_response(
            credential=body.credential,
            expected_challenge=answered,
            expected_rp_id=place(origin),
            expected_origin=origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException:
        raise accounts.refused() from None
    if moment <= row.answered:
        raise accounts.refused()
    row.answered, row.sign_count, row.used_at = moment, shown.new_sign_count, at
    handoff.log(session, row.counsellor_id, "account.sign_in", row.counsellor_id, at, by="passkey")
    return row.counsellor, accounts.open_session(session, row.counsellor, at)


def place(origin: str) -> str:
    """The name that passkeys are bound to. Raises BadInput for a bare address, which can have none."""
    host = urlsplit(origin).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    raise BadInput("a passkey needs a name, not a bare address: open the console at http://localhost instead")


def challenge(session: Session, purpose: str, at: dt.datetime) -> bytes:
    """A moment in microseconds, a nonce, and our signature over both for this purpose."""
    moment = int(at.timestamp() * 1_000_000).to_bytes(_MOMENT_BYTES, "big")
    begun = moment + secrets.token_bytes(_NONCE_BYTES)
    return begun + _mac(session, purpose, begun)


def _moment(session: Session, purpose: str, answered: bytes, at: dt.datetime) -> int:
    """When a challenge of ours was made. Raises NotSignedIn for a foreign, old or other one."""
    begun, mac = answered[:-_MAC_BYTES], answered[-_MAC_BYTES:]
    moment = int.from_bytes(begun[:_MOMENT_BYTES], "big")
    age = at.timestamp() - moment / 1_000_000
    if not hmac.compare_digest(mac, _mac(session, purpose, begun)) or not 0 <= age <= VALID_SECONDS:
        raise accounts.refused()
    return moment


def _mac(session: Session, purpose: str, begun: bytes) -> bytes:
    return bytes.fromhex(session.info["vault"].lookup_hash("passkey", f"{purpose} {begun.hex()}"))


def _challenge_in(credential: dict[str, Any]) -> bytes:
    """The challenge that the browser says it answered; the library compares it with what was signed."""
    try:
        data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(data["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("this is no answer of a passkey") from None


def _own(session: Session, counsellor: Counsellor) -> list[Passkey]:
    query = select(Passkey).where(Passkey.counsellor_id == counsellor.id).order_by(Passkey.created_at)
    return list(session.scalars(query))


def _as_json(options: Any) -> dict[str, Any]:
    return dict(json.loads(webauthn.options_to_json(options)))
