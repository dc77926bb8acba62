"""`lantern serve`: everything from one command."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import suppress
from typing import Any

import msgspec
import uvicorn

from bot import app, db
from bot.cli.processes import Engine, stop_on_signals
from bot.console import accounts
from bot.settings import Settings, read, with_secrets
from bot.stage import Kit


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
    serve = verbs.add_parser("serve", help="start gateway, worker, Rasa and actions")
    serve.add_argument("--port", type=int, help="port of the gateway (default LANTERN_PORT or 8000)")
    serve.add_argument("--no-engine", action="store_true", help="Rasa and actions run elsewhere")
    serve.set_defaults(run=_serve)
    gateway = verbs.add_parser("gateway", help="only the doors: several may share one PostgreSQL")
    gateway.add_argument("--port", type=int, help="port of the gateway (default LANTERN_PORT or 8000)")
    gateway.set_defaults(run=_gateway)
    worker = verbs.add_parser(
        "worker", help="only turns, deliveries and timers: several may share one PostgreSQL"
    )
    worker.set_defaults(run=_worker)


def _serve(arguments: argparse.Namespace) -> int:
    settings = with_secrets(read())
    if arguments.port:
        settings = msgspec.structs.replace(settings, port=arguments.port)
    print("Bringing the database up to date ...", flush=True)
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.migrate(settings.database_url)
    if arguments.no_engine:
        return _listen(settings)
    # uvicorn raises the signal that ended it once more: unless that is an exit, Rasa would outlive us.
    stop_on_signals(sys.exit)
    with Engine(settings, lambda line: print(line, flush=True)):
        return _listen(settings)


def _gateway(arguments: argparse.Namespace) -> int:
    """The doors alone. A database that is away makes them not ready, and keeps nobody from starting."""
    settings = with_secrets(read())
    if arguments.port:
        settings = msgspec.structs.replace(settings, port=arguments.port)
    return _listen(settings, work=False)


def _worker(arguments: argparse.Namespace) -> int:
    """Turns, deliveries and timers alone, until a signal."""
    kit = app.kit(with_secrets(read()))
    _warm(kit)
    stopping = threading.Event()
    stop_on_signals(stopping.set)
    kit.database.listen()
    running = app.background(kit)
    for one in running:
        one.start()
    print("Working. Stop with Ctrl-C.", flush=True)
    with suppress(KeyboardInterrupt):
        stopping.wait()
    for one in running:
        one.stop()
    kit.channels.close()
    kit.database.close()
    return 0


def _warm(kit: Kit) -> None:
    """Load the models now: they take seconds, and the first message may be one of danger."""
    threading.Thread(target=app.warm, args=(kit,), name="warm", daemon=True).start()


def _listen(settings: Settings, *, work: bool = True) -> int:
    kit = app.kit(settings)
    for fault in kit.library.faults:
        print(f"content fault (left out): {fault}", flush=True)
    if work:
        _warm(kit)
        _welcome(kit)
    uvicorn.run(
        app.create(kit, work=work),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Open event streams would hold up a stop for ever.
        timeout_graceful_shutdown=3,
    )
    return 0


def _welcome(kit: Kit) -> None:
    url = kit.settings.url
    print(f"\n  Demo page   {url}/demo/\n  Console     {url}/console/")
    if link := accounts.first_link(kit):
        print(f"  Sign in     {link}   (once, within 30 minutes)")
    print("\nStop with Ctrl-C.", flush=True)
