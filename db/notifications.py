"""Notifications of Postgres (LISTEN), which say that rows are worth reading.

What happened is read from the rows, so a lost notification costs one polling period. Behind a
pooler no session can listen: a cheap probe is read a few times a second instead, and a change of
its value counts as a notification.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from db.pool import CONNECT_SECONDS, UNAVAILABLE, Database, connect

PROBE_SECONDS = 0.25
PROBES = {  # by channel; the value changes with each notification, and maybe at other times
    "campaign_events": "SELECT max(id)::text FROM campaign_events",
    "operations": "SELECT max(id)::text FROM operations",
    "inbox": "SELECT pg_current_snapshot()::text",  # anything was written at all
}


class Notifications:
    """Waits for notifications on `channel`, a key of PROBES.

    It listens on a connection of its own, which it opens again when it breaks. Behind a pooler it
    reads the probe.
    """

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel
        self._came = asyncio.Event()
        self._value: str | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def wait(self, seconds: float) -> bool:
        """Return True at the first notification since the last call, False after `seconds`.

        A new connection counts as a notification, because one may have been missed before it.
        """
        if self._database.pooled:
            return await self._probe(seconds)
        await self._listen()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._came.wait()
        came = self._came.is_set()
        self._came.clear()
        return came

    async def _listen(self) -> None:
        """Open the connection unless it is open; do nothing while the database is unavailable."""
        if self._connection is not None and not self._connection.is_closed():
            return
        try:
            self._connection = await connect(self._database.dsn)
            await self._connection.add_listener(self._channel, self._notified)
            self._came.set()
        except UNAVAILABLE:
            self._connection = None  # the caller polls; the next wait tries again

    async def _probe(self, seconds: float) -> bool:
        """Return whether the probe's value changed within `seconds`."""
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, PROBE_SECONDS))  # at first: values change all the time
            with suppress(*UNAVAILABLE):
                async with self._database.connection() as connection:
                    value = await connection.fetchval(PROBES[self._channel])
                before, self._value = self._value, value
                if value != before:
                    return True
        return False

    def _notified(self, *_: object) -> None:
        self._came.set()

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(*UNAVAILABLE):
                await self._connection.close(timeout=CONNECT_SECONDS)
