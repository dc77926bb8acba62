"""What a gateway or worker of the town runs; the fork server imports it once for all processes."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import structlog
import uvicorn
from stand_in import FakeRasa

from bot import app, channels, content, inbox, language, matching, safety
from bot.channels import http
from bot.crash import VARIABLE
from bot.crypt import Vault
from bot.db import Database
from bot.dialogue import Rasa
from bot.outbox import sending
from bot.settings import Settings
from bot.stage import Kit

# Read before the fork, once for all processes.
LIBRARY = content.load(strict=False)
for text in ("hello there my friend", "hola, ¿qué es un absceso?"):
    safety.screen(text, safety.Context())
    language.detect(text)
# A killed process gives back what it held soon, so that a test need not wait.
SOON = dt.timedelta(seconds=1.5)
# A provider that hangs is given up on soon, too.
PROVIDER_SECONDS = 1.0


def kit(plan: dict[str, Any]) -> Kit:
    """A kit like a real one's, with the library that is read already and no sentence vectors."""
    inbox.LEASE = sending.LEASE = SOON
    http.SECONDS = PROVIDER_SECONDS
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    settings: Settings = plan["settings"]
    if plan.get("real"):
        return app.kit(settings)
    return Kit(
        database=Database(settings.database_url, Vault.from_text(settings.keys)),
        library=LIBRARY,
        dialogue=Rasa(settings.rasa_url, settings.rasa_secret, settings.dialogue_seconds),
        settings=settings,
        directory=matching.Directory(),
        channels=channels.load(settings.channels, settings.url),
        encode=lambda text: {},
    )


def gateway(plan: dict[str, Any]) -> None:
    """The doors, and with `work` everything behind them."""
    os.environ[VARIABLE] = plan.get("crash", "")
    held = kit(plan)
    if plan.get("real"):
        app.warm(held)
    made = app.create(held, work=plan.get("work", False))
    uvicorn.run(made, port=plan["port"], log_level="critical", access_log=False, timeout_graceful_shutdown=1)


def worker(plan: dict[str, Any]) -> None:
    """Turns, deliveries and timers, until it is killed."""
    os.environ[VARIABLE] = plan.get("crash", "")
    made = kit(plan)
    made.database.listen()
    for one in app.background(made):
        one.start()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    stopped.wait()


def rasa(plan: dict[str, Any]) -> None:
    """The stand-in for Rasa as a process, to be killed."""
    FakeRasa(plan["rasa_port"])
    threading.Event().wait()
