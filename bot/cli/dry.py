"""A kit that leaves no trace: temporary database, fixed clock and seed, no providers, no alerts sent."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from bot import app, content, db, inbox, turn
from bot.cli.processes import Engine, free_port
from bot.content import Voice
from bot.dialogue import Rasa
from bot.messages import Arrival, Outcome, Reply
from bot.models import Conversation
from bot.settings import Settings, read, with_secrets
from bot.stage import Kit

# Noon, when every line of help with hours is open somewhere; after every date in content was seen.
CLOCK = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)
SEED = 7


@contextmanager
def kit() -> Iterator[Kit]:
    """A kit on a temporary database, with the running Rasa or one started for the block."""
    random.seed(SEED)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantern-dry-")))
        settings = _engine(stack, read(), folder)
        settings = msgspec.structs.replace(settings, database=f"sqlite:///{folder / 'dry.db'}")
        db.migrate(settings.database_url)
        made = replace(app.kit(settings), now=lambda: CLOCK)
        yield made
        made.database.close()


def _engine(stack: ExitStack, settings: Settings, folder: Path) -> Settings:
    """Settings that reach a Rasa: the one that is up, or a fresh one on free ports."""
    if settings.rasa_secret or (settings.var / "rasa_secret.secret").exists():
        known = with_secrets(settings)
        url = known.rasa_url or f"http://127.0.0.1:{known.rasa_port}"
        if Rasa(url, known.rasa_secret).is_up():
            return known
    own = msgspec.structs.replace(
        settings,
        var=folder,
        keys="",
        rasa_secret="",
        rasa_url="",
        rasa_port=free_port(),
        actions_port=free_port(),
    )
    own = with_secrets(msgspec.structs.replace(own, production=False))
    stack.enter_context(Engine(own))
    return own


@contextmanager
def running(kit: Kit) -> Iterator[Kit]:
    """A kit on the installation's own database and Rasa, which `lantern serve` keeps running."""
    yield kit
    kit.database.close()


def converse(
    kit: Kit, address: str, text: str, number: int, *, lang: str | None, country: str | None
) -> tuple[Voice, Outcome]:
    """One message of a conversation through the whole turn."""
    arrival = Arrival(
        channel="terminal",
        address=address,
        provider_id=f"{address}/{number}",
        at=kit.now(),
        text=text,
        lang=lang,
        country=content.country_code(country) if country else None,
        country_source="site" if country else None,
    )
    with kit.database.begin() as session:
        conversation = inbox.receive(session, arrival).conversation
    outcome = turn.take(kit, conversation.id)
    if outcome is None:
        raise RuntimeError("the message was stored but no turn was taken")
    with kit.database.read() as session:
        return kit.voice(session.get_one(Conversation, conversation.id), kit.now()), outcome


def as_json(voice: Voice, text: str, outcome: Outcome, ms: float) -> dict[str, Any]:
    """An outcome as `lantern ask` prints it."""
    return {
        "text": text,
        "route": outcome.route,
        "topics": list(outcome.topics),
        "protocol": outcome.protocol,
        "level": outcome.level,
        "boundary": outcome.boundary,
        "replies": [_reply(reply, voice) for reply in outcome.replies],
        "ms": round(ms, 1),
    }


def _reply(reply: Reply, voice: Voice) -> dict[str, Any]:
    return {
        "text": content.plain(reply, voice),
        "passage": reply.passage,
        "choices": [offer.label for offer in reply.offers],
    }
