"""`lantern add-counsellor` and `lantern audit`: people who answer in the console, and what they did."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.console import accounts, audit
from bot.crypt import Vault
from bot.db import Database, migrate
from bot.errors import LanternError
from bot.settings import Settings, read, with_secrets
from bot.stage import utc_now


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    adding = verbs.add_parser("add-counsellor", help="make an account; prints a one-time link that enrols it")
    adding.add_argument("login", help="login name or e-mail address")
    adding.add_argument("--name", help="the name that people in the chat will see (default: the login)")
    adding.add_argument("--role", choices=accounts.ROLES, default="counsellor")
    adding.set_defaults(run=_add)
    audited = verbs.add_parser("audit", help="the log of who read and did what")
    audited.add_argument("what", choices=["verify"], help="verify: check the chain of hashes")
    audited.add_argument("--at-least", type=int, default=0, help="fail when fewer entries are left than this")
    audited.set_defaults(run=_audit)


def _add(arguments: argparse.Namespace) -> int:
    with opened() as (settings, database), database.begin() as session:
        name = arguments.name or arguments.login.partition("@")[0]
        counsellor = accounts.add(session, arguments.login, name, arguments.role, utc_now())
        link = accounts.link(session, counsellor, settings.url, utc_now())
    print(f"{link}\nOpens once, within 30 minutes: hand it over on a safe way.")
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    with opened() as (_, database), database.read() as session:
        broken, (number, newest) = audit.broken_at(session), audit.last(session)
    if broken is not None:
        raise LanternError(f"the audit log was changed: entry {broken} does not fit the one before it")
    if number < arguments.at_least:
        raise LanternError(f"the audit log was cut: {number} entries are left of {arguments.at_least}")
    print(f"{number} entries fit; the newest is {newest[:16]}. Keep number and hash elsewhere.")
    return 0


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The installation's database, brought to its newest shape, for the length of a block."""
    settings = with_secrets(read())
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(settings.database_url)
    database = Database(settings.database_url, Vault.from_text(settings.keys))
    try:
        yield settings, database
    finally:
        database.close()
