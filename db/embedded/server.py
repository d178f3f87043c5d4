"""The embedded Postgres as the product uses it: started or found, watched, released.

It listens on a Unix socket only, which is in the folder of its data. It survives a kill -9 of the
product and is found again at the next start. The last clean exit stops it. Three file locks beside
the data say who is there: `.lock` is held while the server is started or stopped, `.in-use` is
shared by the processes that use it, and `.running` is inherited by the server itself.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import psutil

from db.embedded.data_folder import SUPERUSER
from db.embedded.locks import FileLock
from db.embedded.postmaster import Postmaster
from db.embedded.server_user import server_user
from db.models.errors import DatabaseDown

log = logging.getLogger(__name__)

NAME = "predlagator"
START_SECONDS = 90  # for a start or a stop, also that of another process
RECOVERY_SECONDS = 600  # after a crash of the machine it can take a while
POLL_SECONDS = 0.05
CONNECT_SECONDS = 10
WATCH_SECONDS = 1.0
BACK_OFF = (0, 1, 2, 4, 8)  # seconds before each try to start a dead server again
MOST_DEATHS, DEATHS_SECONDS = 5, 600

NOT_READY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it starts, or ends
    asyncpg.ObjectInUseError,  # another process creates the database at this moment
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke as a statement began
)
FAILURES = (*NOT_READY, asyncpg.PostgresError, subprocess.SubprocessError, psutil.Error)


class EmbeddedPostgres:
    """The server whose data are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser().resolve()
        self._postmaster = Postmaster(self._folder)
        self._starting = FileLock(self._folder.with_name(f"{self._folder.name}.lock"))
        self._in_use = FileLock(self._folder.with_name(f"{self._folder.name}.in-use"))
        self._one_thread = threading.Lock()

    async def start(self) -> str:
        """Start the server or find it running, and return a DSN for asyncpg and libpq.

        Processes of this user can use the DSN while this one runs. Raise DatabaseDown, with a
        sentence for the operator, when the server does not start.
        """
        try:
            return await self._run(create=True)
        except DatabaseDown:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Start the server again whenever it has died, until cancelled.

        Raise DatabaseDown when it does not start, or dies MOST_DEATHS times in DEATHS_SECONDS.
        """
        deaths: list[float] = []
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if await asyncio.to_thread(self._postmaster.serves):
                continue
            now, words = time.monotonic(), self._postmaster.last_words()
            deaths = [death for death in deaths if death > now - DEATHS_SECONDS] + [now]
            if len(deaths) >= MOST_DEATHS:
                raise DatabaseDown(
                    f"The embedded Postgres in {self._folder} died {MOST_DEATHS} times within "
                    f"{DEATHS_SECONDS // 60} minutes. {words}"
                )
            log.error("The embedded Postgres has died: starting it again. %s", words)
            await self._revive()
            log.warning("The embedded Postgres runs again")

    async def stop(self) -> None:
        """Release the server, and stop it when no other process uses it."""
        await asyncio.to_thread(self._stop)

    async def _revive(self) -> None:
        for seconds in BACK_OFF:
            await asyncio.sleep(seconds)
            try:
                await self._run(create=False)
            except DatabaseDown as error:
                log.warning("The embedded Postgres did not start: %s", error)
                last = error
            else:
                return
        raise last

    async def _run(self, *, create: bool) -> str:
        """Start or find the server, wait until it answers, and return the DSN of its database."""
        try:
            for _ in range(2):  # a server that is found may be ending at this moment
                await asyncio.to_thread(self._ensure_running, create=create)
                if await self._await_database():
                    return self._dsn(NAME)
        except FAILURES as error:
            raise DatabaseDown(
                f"The embedded Postgres in {self._folder} does not start: {error}. "
                f"{self._postmaster.last_words()}"
            ) from error
        raise DatabaseDown(
            f"The embedded Postgres in {self._folder} ended as it started. "
            f"{self._postmaster.last_words()}"
        )

    def _dsn(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}:@/{database}?host={self._postmaster.address}&port=5432"

    async def _await_database(self) -> bool:
        """Create the database NAME unless it exists, as soon as the server is ready.

        Return False when the server has ended meanwhile.
        """
        began = time.monotonic()
        while True:
            try:
                await self._create_database()
                return True
            except NOT_READY as error:
                if not self._postmaster.serves():
                    return False
                waits = isinstance(error, asyncpg.CannotConnectNowError)
                if time.monotonic() > began + (RECOVERY_SECONDS if waits else START_SECONDS):
                    raise
            await asyncio.sleep(POLL_SECONDS)

    async def _create_database(self) -> None:
        connection = await asyncpg.connect(self._dsn("postgres"), timeout=CONNECT_SECONDS)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", NAME):
                with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                    await connection.execute(f'CREATE DATABASE "{NAME}"')
        finally:
            await connection.close(timeout=CONNECT_SECONDS)

    # --- in a thread ------------------------------------------------------------

    def _ensure_running(self, *, create: bool) -> None:
        server_user(self._folder)  # says best why the folder of another user cannot be used
        self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._exclusively():
            if not self._in_use.held:
                self._in_use.share()
            self._postmaster.ensure_running(create=create, alone=self._is_alone)

    def _stop(self) -> None:
        """Give up the shared lock, and stop the server when no other process holds it."""
        if not self._in_use.held:
            return
        try:
            with self._exclusively():
                if self._in_use.acquire(0):
                    self._postmaster.stop()
                else:
                    log.info("The embedded Postgres stays up: another process uses it")
        except DatabaseDown as error:
            log.warning("The embedded Postgres was not stopped: %s", error)
        finally:
            self._in_use.close()
            self._postmaster.forget()

    def _is_alone(self) -> bool:
        alone = self._in_use.acquire(0)
        self._in_use.share()
        return alone

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Exclude the other threads and processes that start or stop the server."""
        with self._one_thread:
            if not self._starting.acquire(START_SECONDS):
                raise DatabaseDown(
                    f"Another process has been starting or stopping the Postgres in {self._folder} "
                    f"for {START_SECONDS} seconds: end it first."
                )
            try:
                yield
            finally:
                self._starting.close()
