"""Roles that one process at a time may play: its own name, and that of the bot.

A lock in a transaction on a connection of its own, so that the server drops it with the process
that held it. The transaction stays open as long as the role is played: that keeps the connection
ours behind a pooler too, and, since it reads nothing, holds no snapshot back. A sign of life goes
out every quarter of `SILENCE_SECONDS`; after that much silence the server ends the transaction.
It is longer than a process uses its accounts without hearing from the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress

import asyncpg

from db.models.errors import DataError
from db.pool import AWAY, CONNECT_SECONDS

log = logging.getLogger(__name__)

LOCK = 0x736F_6C65  # "sole"
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"  # a stricter one would keep its snapshot
TAKE_LOCK = "SELECT pg_try_advisory_xact_lock($1, hashtext($2))"
SET_SILENCE = "SET LOCAL idle_in_transaction_session_timeout = '{:.0f}ms'"
LIVE = "SELECT"  # the sign of life
ROLLBACK = "ROLLBACK"

AGAIN_SECONDS = 1.0
DYING_SECONDS = 3.0  # how long the connection of a process that was killed may linger
SILENCE_SECONDS = 75.0
_SESSION = {"application_name": "predlagator lock"}


class AlreadyRunning(DataError):
    """Another process of this name runs on this database."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A Predlagator named “{name}” already runs on this database: "
            "stop it first, or give this one another --name."
        )


class ProcessLock:
    """One role of one process. `take` or `wait` for it, then keep it by `lost`, then `release`.

    Whoever does not await `lost` gives no sign of life and has the role for `silence` seconds.
    """

    def __init__(self, dsn: str, role: str, *, silence: float = SILENCE_SECONDS) -> None:
        self._dsn, self.role, self._silence = dsn, role, silence
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._closed = asyncio.Event()

    async def try_take(self) -> bool:
        """Whether the role is ours now; one question. OSError and PostgresError go through."""
        closed = asyncio.Event()
        connection = await asyncpg.connect(
            self._dsn,
            timeout=CONNECT_SECONDS,
            command_timeout=CONNECT_SECONDS,
            server_settings=_SESSION,
            statement_cache_size=0,
        )
        connection.add_termination_listener(lambda _: closed.set())
        try:
            await connection.execute(BEGIN)
            taken: bool = await connection.fetchval(TAKE_LOCK, LOCK, self.role)
            # After the question: that would stay open with its snapshot until the next statement.
            await connection.execute(SET_SILENCE.format(self._silence * 1000))
        except BaseException:
            connection.terminate()
            raise
        if taken:
            self._connection, self._closed = connection, closed
        else:
            await _end(connection)
        return taken

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
        while not await _answer(self.try_take()):
            pass

    async def lost(self) -> None:
        """Return when another process has the role. A connection that breaks is made anew."""
        while True:
            await self._live()
            log.warning("The lock of “%s” is gone with its connection: it is taken anew", self.role)
            while (taken := await _answer(self.take())) is None:
                pass
            if not taken:
                return

    async def release(self) -> None:
        if self._connection is not None:
            await _end(self._connection)
            self._connection = None

    async def _live(self) -> None:
        """Give signs of life until the connection has broken, or hears nothing any more."""
        assert self._connection is not None
        pause = self._silence / 4
        with suppress(*AWAY):
            while not await _comes(self._closed, pause):
                await self._connection.execute(LIVE, timeout=pause)
        self._connection.terminate()


async def _end(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """A pooler would not give the lock's connection back as promptly by itself."""
    with suppress(*AWAY):
        await connection.execute(ROLLBACK)
        await connection.close(timeout=CONNECT_SECONDS)


async def _comes(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False


async def _answer(question: Awaitable[bool]) -> bool | None:
    """Whether the role is ours now, and a moment's rest when not; None: nobody could be asked."""
    taken = None
    with suppress(*AWAY):
        taken = await question
    if not taken:
        await asyncio.sleep(AGAIN_SECONDS)
    return taken
