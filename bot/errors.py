"""Every error Lantern raises on purpose, and what each one means to the caller.

    LanternError
    ├── SettingsError          the environment is incomplete or contradicts itself
    ├── ContentError           a content file breaks a rule; carries file and line
    ├── BadInput               a request we refuse; becomes a 4xx with the rule and the way out
    │   ├── NotAllowed         signature, Origin, token or role is wrong (401 or 403)
    │   ├── NotFound           no such thing, or not yours: the two answer alike (404)
    │   ├── Conflict           somebody was first, or the state forbids it (409)
    │   └── TooMuch            over a size or rate limit (413 or 429)
    ├── DialogueError          Rasa was silent, slow or wrong; the turn is answered without it
    ├── LookingOnly            a session for looking came to where it would have to write
    ├── KeyMissing             the database was written with a key that we do not have
    └── DeliveryError          a provider did not take a message
        ├── Refused            permanently: never try again
        └── TryLater           temporarily: try again after `after` seconds

No message carries a person's text, name, address or phone number.
"""

from __future__ import annotations


class LanternError(Exception):
    """Root of the tree."""


class SettingsError(LanternError):
    """The environment is incomplete or contradicts itself; names the variable and the way out."""


class ContentError(LanternError):
    """A content file breaks a rule; `str()` starts with `file:line`."""


class BadInput(LanternError):
    """A request we refuse, with an HTTP status and a sentence for whoever sent it."""

    status = 400


class NotAllowed(BadInput):
    """Signature, Origin, token or role is wrong."""

    status = 403


class NotSignedIn(NotAllowed):
    """No valid credentials came with the request."""

    status = 401


class NotFound(BadInput):
    """No such thing, or not yours: the two answer alike."""

    status = 404


class Conflict(BadInput):
    """Somebody was first, or the state forbids it."""

    status = 409


class TooMuch(BadInput):
    """Over a size limit (413) or a rate limit (429, with `after` seconds)."""

    def __init__(self, message: str, *, status: int = 413, after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.after = after


class DialogueError(LanternError):
    """Rasa was silent, slow or wrong; the turn is answered without it."""


class LookingOnly(LanternError):
    """A session for looking came to where it would have to write: begin again in one that may."""


class KeyMissing(LanternError):
    """The database was written with a key that we do not have."""


class DeliveryError(LanternError):
    """A provider did not take a message; `code` is the provider's, never its text."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Refused(DeliveryError):
    """Permanently: never try again. `unreachable`: nor anything else, until the person writes again."""

    def __init__(self, message: str, *, code: str = "", unreachable: bool = False) -> None:
        super().__init__(message, code=code)
        self.unreachable = unreachable


class TryLater(DeliveryError):
    """Temporarily: try again after `after` seconds (None: our own back-off)."""

    def __init__(self, message: str, *, code: str = "", after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.after = after
