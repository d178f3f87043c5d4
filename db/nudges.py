"""Postgres notifications as a nudge: "look again", never "this happened".

What really happened is read from rows; a lost notification costs one polling period. Behind a
pooler there is no session that could listen: there every wait lasts its whole time.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from db.pool import CONNECT_SECONDS, Database


class Nudges:
    """Waits for NOTIFY on `channel`, over a connection of its own that it renews when it breaks."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel
        self._came = asyncio.Event()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def wait(self, seconds: float) -> bool:
        """True at the first nudge since the last call, False after `seconds` without one."""
        await self._listen()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._came.wait(), seconds)
        came = self._came.is_set()
        self._came.clear()
        return came

    async def _listen(self) -> None:
        if self._database.pooled:
            return
        if self._connection is not None and not self._connection.is_closed():
            return
        try:
            self._connection = await asyncpg.connect(self._database.dsn, timeout=CONNECT_SECONDS)
            await self._connection.add_listener(self._channel, self._nudged)
            self._came.set()  # whatever came while nobody listened
        except (OSError, TimeoutError, asyncpg.PostgresError):
            self._connection = None  # polling goes on; the next wait tries again

    def _nudged(self, *_: object) -> None:
        self._came.set()

    async def close(self) -> None:
        if self._connection is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError):
                await self._connection.close(timeout=CONNECT_SECONDS)
