"""Password hashes and one-time codes: slow where it must be, alike for who exists and who does not."""

from __future__ import annotations

import datetime as dt
import hmac
import threading
from functools import lru_cache

import argon2
import pyotp
import segno

from bot.errors import BadInput, TooMuch

ISSUER = "Lantern"
LEAST_PASSWORD = 12
MOST_PASSWORD = 128
STEP_SECONDS = 30
_HASHER = argon2.PasswordHasher()
# Each check takes 64 MiB and tens of milliseconds: a flood must not take the machine.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 5
_TOO_COMMON = ("password", "contraseña", "lantern", "123456", "qwerty", "letmein", "abcdef")


def hashed(password: str) -> str:
    """An argon2id hash of a password that was checked."""
    with _room():
        return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """True if the password made this hash; takes as long when there is no hash."""
    with _room():
        try:
            return _HASHER.verify(kept or _nobody(), password) and kept is not None
        except argon2.exceptions.VerificationError:
            return False


def check_password(password: str, login: str) -> None:
    """Raise BadInput with the rule for a password that is too easy."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise BadInput(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters; four words do well")
    lower = password.lower()
    if login.lower() in lower or len(set(lower)) < 5 or any(word in lower for word in _TOO_COMMON):
        raise BadInput("this password is easy to guess; take four words that have nothing in common")


def new_totp() -> str:
    """A secret for one-time codes, as base32."""
    return pyotp.random_base32()


def otpauth(secret: str, login: str) -> str:
    """The address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def qr(text: str) -> str:
    """A QR code as an SVG data address."""
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff"))


def step_of(secret: str | None, code: str, at: dt.datetime, used: int) -> int | None:
    """The time step a code belongs to: now, or one before or after, and later than the last used one."""
    totp = pyotp.TOTP(secret or pyotp.random_base32())
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in (now - 1, now, now + 1):
        same = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if same and secret is not None and step > used:
            found = step
    return found


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("a password that nobody has")


class _room:  # noqa: N801 (reads as a block: with _room())
    """A place among those who may hash now; raises TooMuch after a short wait."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE_SECONDS):
            raise TooMuch("too many sign-ins at once; try again", status=429, after=_PATIENCE_SECONDS)

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()
