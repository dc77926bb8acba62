"""Column types and base classes shared by all tables."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import msgspec
import uuid_utils
from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, object_session
from sqlalchemy.types import TypeDecorator

from bot import crypt


def new_id() -> str:
    """A UUIDv7: sorts by time of creation."""
    return str(uuid_utils.uuid7())


class Utc(TypeDecorator[dt.datetime]):
    """A moment in UTC, always aware in Python, also on SQLite which stores no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone; use datetime.now(UTC)")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Root of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: Utc, str: String, bytes: LargeBinary}


class Keyed:
    """A row that owns a data key. Destroying the row's key makes everything sealed with it unreadable."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    wrapped_key: Mapped[bytes]

    def new_key(self, vault: crypt.Vault) -> None:
        """Give a new row its id and its data key."""
        self.id = self.id or new_id()
        self.wrapped_key = vault.wrap(crypt.new_key(), self.id)

    @property
    def key(self) -> bytes:
        """The data key, unwrapped with the session's vault."""
        session = object_session(self)
        if session is None:
            raise RuntimeError("add the row to a session before you read or write sealed fields")
        vault: crypt.Vault = session.info["vault"]
        return vault.unwrap(self.wrapped_key, self.id)


class Sealed:
    """An encrypted attribute of any JSON value, kept in the column `<name>_sealed`.

    The ciphertext is bound to table, row id and column. The row names the owner of its data key
    by a property `keyed`.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        return msgspec.json.decode(crypt.unseal(row.keyed.key, sealed, self._place(row)))

    def __set__(self, row: Any, value: Any) -> None:
        if value is None:
            setattr(row, self.column, None)
            return
        row.id = row.id or new_id()
        sealed = crypt.seal(row.keyed.key, msgspec.json.encode(value), self._place(row))
        setattr(row, self.column, sealed)

    def _place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.name}.{row.id}"
