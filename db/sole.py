"""One running product per database: a lock that ends with the process that holds it."""

from __future__ import annotations

from contextlib import suppress

import asyncpg

from db.models.errors import DataError
from db.pool import CONNECT_SECONDS

LOCK = 0x736F_6C65  # "sole"

TAKE_LOCK = "SELECT pg_try_advisory_lock($1)"


class AlreadyRunning(DataError):
    """Another process runs on this database."""

    def __init__(self) -> None:
        super().__init__(
            "Another Predlagator already runs on this database: stop it first. "
            "Two of them would connect the same accounts twice, and Telegram signs such "
            "accounts out."
        )


class SoleRunner:
    """Holds the lock on a connection of its own; the server drops it with the connection."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def take(self) -> None:
        """Take the lock, or raise AlreadyRunning."""
        self._connection = await asyncpg.connect(self._dsn, timeout=CONNECT_SECONDS)
        if not await self._connection.fetchval(TAKE_LOCK, LOCK):
            await self.release()
            raise AlreadyRunning

    async def release(self) -> None:
        if self._connection is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError):
                await self._connection.close(timeout=CONNECT_SECONDS)
            self._connection = None
