"""Postgres notifications as a nudge: "look again", never "this happened".

What really happened is read from rows; a lost notification costs one polling period. Behind a
pooler there is no session that could listen: there a cheap sign is read a few times a second
instead, and a change of it is the nudge.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncpg

from db.pool import AWAY, CONNECT_SECONDS, Database

READ_SECONDS = 0.25
SIGNS = {  # by channel; what changes when somebody notifies it, and perhaps at other times
    "campaign_events": "SELECT max(id)::text FROM campaign_events",
    "operations": "SELECT max(id)::text FROM operations",
    "inbox": "SELECT pg_current_snapshot()::text",  # anything was written at all
}


class Notifications:
    """Waits for NOTIFY on `channel`, one of SIGNS.

    It listens over a connection of its own that it renews when it breaks; behind a pooler it reads.
    """

    def __init__(self, database: Database, channel: str) -> None:
        self._database, self._channel = database, channel
        self._came = asyncio.Event()
        self._sign: str | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def wait(self, seconds: float) -> bool:
        """True at the first nudge since the last call, False after `seconds` without one."""
        if self._database.pooled:
            return await self._read(seconds)
        await self._listen()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._came.wait()
        came = self._came.is_set()
        self._came.clear()
        return came

    async def _listen(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            return
        try:
            self._connection = await asyncpg.connect(self._database.dsn, timeout=CONNECT_SECONDS)
            await self._connection.add_listener(self._channel, self._nudged)
            self._came.set()  # whatever came while nobody listened
        except AWAY:
            self._connection = None  # polling goes on; the next wait tries again

    async def _read(self, seconds: float) -> bool:
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, READ_SECONDS))  # first: much is written all the time
            with suppress(*AWAY):
                async with self._database.connection() as connection:
                    before, self._sign = self._sign, await connection.fetchval(SIGNS[self._channel])
                if self._sign != before:
                    return True
        return False

    def _nudged(self, *_: object) -> None:
        self._came.set()

    async def close(self) -> None:
        if self._connection is not None:
            with suppress(*AWAY):
                await self._connection.close(timeout=CONNECT_SECONDS)
