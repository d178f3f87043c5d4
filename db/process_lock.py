"""Locks on roles that only one process may have at a time: its name, and the bot.

It is an advisory lock of a transaction on a connection of its own, so the server releases it when
the process dies. The transaction stays open while the role is held. That reserves the connection
behind a pooler, too. It reads nothing, so it holds no snapshot and does not hold vacuum back. A
heartbeat is sent every quarter of `SILENCE_SECONDS`. After `SILENCE_SECONDS` without one the server
ends the transaction. That is longer than a process uses its accounts without an answer of the
database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress

import asyncpg

from db.dsn import Dsn
from db.models.errors import DataError
from db.pool import CONNECT_SECONDS, UNAVAILABLE, connect

log = logging.getLogger(__name__)

LOCK = 0x736F_6C65  # "sole"
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"  # a stricter level would keep its snapshot
TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1, hashtext($2))"
SET_SILENCE = "SET LOCAL idle_in_transaction_session_timeout = '{:.0f}ms'"
HEARTBEAT = "SELECT"
ROLLBACK = "ROLLBACK"

RETRY_SECONDS = 1.0
PREDECESSOR_SECONDS = 3.0  # until the server notices that a killed process is gone
SILENCE_SECONDS = 75.0
NAME = "predlagator lock"  # of the connection, for those who look at the server's activity


class AlreadyRunning(DataError):
    """Another process of this name runs on this database. str() is for the operator."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"A Predlagator named “{name}” already runs on this database: "
            "stop it first, or give this one another --name."
        )


class ProcessLock:
    """One role of one process.

    Call `acquire` or `wait`, then await `until_lost`, which sends the heartbeats, then `release`.
    Without heartbeats the role is lost after `silence` seconds.
    """

    def __init__(self, dsn: Dsn, role: str, *, silence: float = SILENCE_SECONDS) -> None:
        self._dsn, self.role, self._silence = dsn, role, silence
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._closed = asyncio.Event()

    async def try_acquire(self) -> bool:
        """Try once; return whether this process has the role now. Raise what UNAVAILABLE lists."""
        closed = asyncio.Event()
        connection = await connect(self._dsn, NAME, command_timeout=CONNECT_SECONDS)
        connection.add_termination_listener(lambda _: closed.set())
        try:
            await connection.execute(BEGIN)
            taken: bool = await connection.fetchval(TRY_LOCK, LOCK, self.role)
            # After the lock, whose statement would keep its snapshot until the next one.
            await connection.execute(SET_SILENCE.format(self._silence * 1000))
        except BaseException:
            connection.terminate()
            raise
        if taken:
            self._connection, self._closed = connection, closed
        else:
            await _end(connection)
        return taken

    async def acquire(self) -> bool:
        """Try for PREDECESSOR_SECONDS: a predecessor that was killed may still have the role.

        Return and raise as `try_acquire`.
        """
        end = asyncio.get_running_loop().time() + PREDECESSOR_SECONDS
        while not await self.try_acquire():
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(RETRY_SECONDS / 4)
        return True

    async def wait(self) -> None:
        """Return when this process has the role. An unavailable database is waited for."""
        while not await _answer(self.try_acquire()):
            pass

    async def until_lost(self) -> None:
        """Send heartbeats; return when another process has the role.

        When the connection breaks, the role is acquired again on a new one.
        """
        while True:
            await self._send_heartbeats()
            log.warning("The lock of “%s” broke with its connection: acquiring it again", self.role)
            while (taken := await _answer(self.acquire())) is None:
                pass
            if not taken:
                return

    async def release(self) -> None:
        """Give the role up; do nothing without it."""
        if self._connection is not None:
            await _end(self._connection)
            self._connection = None

    async def _send_heartbeats(self) -> None:
        """Return when the connection has broken or no longer answers, and is closed."""
        assert self._connection is not None
        pause = self._silence / 4
        with suppress(*UNAVAILABLE):
            while not await _is_set_within(self._closed, pause):
                await self._connection.execute(HEARTBEAT, timeout=pause)
        self._connection.terminate()


async def _end(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Roll back before closing, at which a pooler frees the server's connection at once."""
    with suppress(*UNAVAILABLE):
        await connection.execute(ROLLBACK)
        await connection.close(timeout=CONNECT_SECONDS)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False


async def _answer(attempt: Awaitable[bool]) -> bool | None:
    """Return the result of an attempt to acquire; None when the database is unavailable.

    Sleep for RETRY_SECONDS unless it succeeded.
    """
    taken = None
    with suppress(*UNAVAILABLE):
        taken = await attempt
    if not taken:
        await asyncio.sleep(RETRY_SECONDS)
    return taken
