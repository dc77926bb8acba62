"""One look at the board for all consoles of a process: read once for a change, not once for each console."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter

import msgspec
from sqlalchemy.orm import Session

from bot import eventlog
from bot.console import accounts, board
from bot.errors import NotSignedIn
from bot.models import Counsellor
from bot.stage import Kit

# For so long what was read stays true by itself; after that moments may have changed it.
MOMENT = dt.timedelta(seconds=1)


class Look(msgspec.Struct, frozen=True):
    """What was read at one moment: the board, and whose sessions are live, by token."""

    changes: int
    at: dt.datetime
    board: board.Board
    signed: dict[str, Counsellor | None]


class Shared:
    """The newest look, and the open consoles for which it is taken.

    Every change announces itself once its transaction is over: what was read after the newest
    announcement is still true.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._lock = threading.Lock()
        self._changes = 0
        self._open: Counter[str] = Counter()
        self._newest: Look | None = None
        kit.database.wakeups.subscribe(eventlog.CONSOLE, self._changed)

    def join(self, token: str) -> None:
        """A console is open with this session."""
        with self._lock:
            self._open[token] += 1

    def leave(self, token: str) -> None:
        """That console is closed."""
        with self._lock:
            self._open -= Counter({token: 1})

    def look(self, token: str) -> tuple[board.Board, Counsellor]:
        """The board now and who looks. Raises NotSignedIn when the session is over."""
        at = self._kit.now()
        with self._lock:
            newest = self._newest
            if newest is None or not self._is_true(newest, at) or token not in newest.signed:
                newest = self._newest = self._read({token, *self._open}, at)
        counsellor = newest.signed[token]
        if counsellor is None:
            raise NotSignedIn("sign in to the console")
        return newest.board, counsellor

    def _is_true(self, look: Look, at: dt.datetime) -> bool:
        return look.changes == self._changes and abs(at - look.at) < MOMENT

    def _read(self, tokens: set[str], at: dt.datetime) -> Look:
        # Counted before it is read: what is announced meanwhile is looked at again.
        changes = self._changes
        with self._kit.database.read() as session:
            live = accounts.live_sessions(session, tokens)
            signed = {token: self._who(session, token, at) for token in tokens}
            del live
            return Look(changes, at, board.everything(session, at), signed)

    def _who(self, session: Session, token: str, at: dt.datetime) -> Counsellor | None:
        try:
            return accounts.signed_in(session, token, self._kit, at).counsellor
        except NotSignedIn:
            return None

    def _changed(self) -> None:
        self._changes += 1
