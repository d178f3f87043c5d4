"""Roles that one process at a time may play: its own name, and that of the bot.

A lock on a connection of its own, so that the server drops it with the process that held it. A
machine that vanished without a word is noticed by the server after 60 to 90 seconds of silence,
which is longer than a process uses its accounts without hearing from the database.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import asyncpg

from db.models.errors import DataError
from db.pool import CONNECT_SECONDS

log = logging.getLogger(__name__)

LOCK = 0x736F_6C65  # "sole"
TAKE_LOCK = "SELECT pg_try_advisory_lock($1, hashtext($2))"

AGAIN_SECONDS = 1.0
DYING_SECONDS = 3.0  # how long the connection of a process that was killed may linger
_SESSION = {
    "application_name": "predlagator lock",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "15",
    "tcp_keepalives_count": "4",
}


class AlreadyRunning(DataError):
    """Another process of this name runs on this database."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A Predlagator named “{name}” already runs on this database: "
            "stop it first, or give this one another --name."
        )


class Sole:
    """One role of one process. `take` or `wait` for it, then watch with `lost`, then `release`."""

    def __init__(self, dsn: str, role: str) -> None:
        self._dsn, self.role = dsn, role
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._closed = asyncio.Event()

    async def try_take(self) -> bool:
        """Whether the role is ours now; one question. OSError and PostgresError go through."""
        closed = asyncio.Event()
        connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_SECONDS, server_settings=_SESSION
        )
        connection.add_termination_listener(lambda _: closed.set())
        if await connection.fetchval(TAKE_LOCK, LOCK, self.role):
            self._connection, self._closed = connection, closed
            return True
        await connection.close(timeout=CONNECT_SECONDS)
        return False

    async def take(self) -> bool:
        """As `try_take`, with patience for a predecessor that was just killed."""
        end = asyncio.get_running_loop().time() + DYING_SECONDS
        while not await self.try_take():
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(AGAIN_SECONDS / 4)
        return True

    async def wait(self) -> None:
        """Stand by until the role is ours; a database that is away is waited for."""
        while not await self._try_again():
            pass

    async def lost(self) -> None:
        """Return when another process has the role. A connection that breaks is made anew."""
        while True:
            await self._closed.wait()
            log.warning("The lock of “%s” is gone with its connection: it is taken anew", self.role)
            while (taken := await self._try_again()) is None:
                pass
            if not taken:
                return

    async def release(self) -> None:
        if self._connection is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.close(timeout=CONNECT_SECONDS)
            self._connection = None

    async def _try_again(self) -> bool | None:
        """Try, and rest a moment when it is not ours; None: the database cannot be asked now."""
        taken = None
        with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            taken = await self.try_take()
        if not taken:
            await asyncio.sleep(AGAIN_SECONDS)
        return taken
