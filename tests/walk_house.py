"""A house for random walks: real tables, a clock and an engine that the walk moves, doors for its people."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from house import Clock, Engine
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from bot import content, db, inbox, safety
from bot.crypt import Vault, new_key
from bot.db import Database
from bot.messages import Arrival
from bot.models import Conversation, Counsellor, Holder
from bot.settings import Settings
from bot.stage import Kit

LIBRARY = content.load(strict=False)


@cache
def empty_tables() -> Path:
    """Migrated once; each walk begins with a copy."""
    path = Path(tempfile.mkdtemp()) / "empty.db"
    db.migrate(f"sqlite:///{path}")
    return path


class WalkHouse(RuleBasedStateMachine):
    """What a walk needs besides its rules."""

    def build(self, staff: Mapping[str, str]) -> None:
        """Empty tables and these counsellors, by login and role."""
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'walk.db'}"
        self.key = new_key()
        shutil.copy(empty_tables(), Path(self.folder.name) / "walk.db")
        self.clock, self.engine = Clock(), Engine()
        self.written = 0
        self.open()
        with self.kit.database.begin() as session:
            for login, role in staff.items():
                row = Counsellor(login=login, name=login.title(), role=role, created_at=self.clock())
                row.new_key(self.kit.database.vault)
                session.add(row)

    def conversations_are(self, holder: Holder) -> bool:
        with self.kit.database.read() as session:
            return [one.holder for one in self.conversations(session)] == [holder]

    def open(self) -> None:
        self.kit = Kit(
            database=Database(self.url, Vault([self.key])),
            library=LIBRARY,
            dialogue=self.engine,
            settings=Settings(),
            screen=safety.lexicon_only,
            encode=lambda text: {},
            now=self.clock,
        )

    def teardown(self) -> None:
        if hasattr(self, "kit"):
            self.kit.database.close()
            self.folder.cleanup()

    def counsellor(self, session: Any, login: str) -> Counsellor:
        return session.scalars(select(Counsellor).where(Counsellor.login == login)).one()

    def conversations(self, session: Any) -> list[Conversation]:
        return list(session.scalars(select(Conversation).order_by(Conversation.created_at, Conversation.id)))

    def find(self, conversation: str) -> Conversation:
        with self.kit.database.read() as session:
            found = session.get_one(Conversation, conversation)
            assert found.identity
            return found

    def write(self, who: str, text: str, choice: str | None = None) -> str:
        self.written += 1
        arrival = Arrival(
            channel="terminal",
            address=who,
            provider_id=str(self.written),
            at=self.clock(),
            text=text,
            choice=choice,
            country="US",
        )
        with self.kit.database.begin() as session:
            return inbox.receive(session, arrival).conversation_id
