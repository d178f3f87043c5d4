"""Connections to Postgres: one pool, with a limit on how long anything may wait.

The caller owns the transaction: services and deliveries open one, query functions are handed
its connection. jsonb travels as Python values.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from db.models.errors import DatabaseDown

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

CONNECT_SECONDS = 10
COMMAND_SECONDS = 60
ACQUIRE_SECONDS = 30

_SESSION = {
    "application_name": "predlagator",
    "timezone": "UTC",
    "plan_cache_mode": "force_generic_plan",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
}


class Database:
    """A pool on one database. Made by `open_database`; closed with `close`."""

    def __init__(self, dsn: str, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self.dsn = dsn
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection without a transaction: each statement commits by itself."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction: committed at the end, rolled back on an error."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        try:
            await asyncio.wait_for(self._pool.close(), CONNECT_SECONDS)
        except TimeoutError:
            self._pool.terminate()


async def open_database(dsn: str, *, connections: int = 10) -> Database:
    """Open a pool of up to `connections`; DatabaseDown with a sentence when that fails."""
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=connections,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings=_SESSION,
            init=_teach_json,
        )
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
        raise DatabaseDown(why_unreachable(dsn, error)) from error
    return Database(dsn, pool)


def why_unreachable(dsn: str, error: BaseException) -> str:
    """A sentence for the operator: where we tried, what happened; never the password."""
    try:
        parts = urlsplit(dsn)
        where = f"{parts.hostname or 'a local socket'}:{parts.port or 5432}{parts.path}"
    except ValueError:
        where = "the address in DATABASE_URL"
    if isinstance(error, asyncpg.InvalidPasswordError):
        what = "the user name or the password is wrong"
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        what = "there is no database of that name"
    elif isinstance(error, TimeoutError):
        what = f"no answer within {CONNECT_SECONDS} seconds"
    elif isinstance(error, ConnectionRefusedError):
        what = "nothing listens there"
    elif isinstance(error, ValueError):
        what = "DATABASE_URL is not an address like postgresql://user:password@host:5432/name"
    else:
        what = str(error) or type(error).__name__
    return f"Cannot reach the database at {where}: {what}."


def is_unreachable(error: BaseException) -> bool:
    """Whether the database was not there, as opposed to having refused a statement."""
    return isinstance(
        error,
        DatabaseDown
        | OSError
        | TimeoutError
        | asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InterfaceError,
    )


async def _teach_json(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )
