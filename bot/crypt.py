"""Field encryption: AES-GCM under one data key for each conversation, wrapped by rotating keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import KeyMissing

KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 4


def new_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, value: bytes, bound_to: str) -> bytes:
    """Encrypt `value`; it opens only with the same key and the same `bound_to` (row and column)."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, bound_to.encode())


def unseal(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """Decrypt what `seal` made; raises KeyMissing when the key or the place does not fit."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
    except InvalidTag:
        raise KeyMissing(f"cannot decrypt {bound_to}: wrong key, or the row was moved") from None


class Vault:
    """The wrapping keys. The first one wraps; all of them unwrap, so that keys can rotate."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise KeyMissing("a wrapping key has 32 bytes; set LANTERN_KEYS to base64 keys")
        self._keys = {_fingerprint(key): key for key in keys}
        self._first = keys[0]
        self._unwrap = lru_cache(maxsize=4096)(self._unwrap_once)

    @classmethod
    def from_text(cls, text: str) -> Vault:
        """Keys from one comma-separated line of base64, newest first."""
        return cls([base64.b64decode(part) for part in text.split(",") if part.strip()])

    def wrap(self, key: bytes, bound_to: str) -> bytes:
        """Wrap a data key for storage beside its row."""
        return _fingerprint(self._first) + seal(self._first, key, bound_to)

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes:
        """The data key; raises KeyMissing when no wrapping key of ours made it."""
        return self._unwrap(wrapped, bound_to)

    def is_current(self, wrapped: bytes) -> bool:
        """True if the newest wrapping key made it; otherwise it is due for re-wrapping."""
        return wrapped[:_FINGERPRINT_BYTES] == _fingerprint(self._first)

    def lookup_hash(self, purpose: str, value: str) -> str:
        """Keyed hash of an address or a token, to find a row without storing the value.

        Made with the oldest key, so that rotation does not lose people: the oldest key stays
        in the list as long as rows hashed with it live.
        """
        oldest = list(self._keys.values())[-1]
        return hmac.new(oldest, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def _unwrap_once(self, wrapped: bytes, bound_to: str) -> bytes:
        key = self._keys.get(wrapped[:_FINGERPRINT_BYTES])
        if key is None:
            raise KeyMissing("the database was written with a wrapping key that is not in LANTERN_KEYS")
        return unseal(key, wrapped[_FINGERPRINT_BYTES:], bound_to)


def _fingerprint(key: bytes) -> bytes:
    return hashlib.sha256(b"lantern wrapping key" + key).digest()[:_FINGERPRINT_BYTES]
