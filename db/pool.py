"""Connections to Postgres: one pool, with a limit on how long anything may wait.

The caller owns the transaction: services and deliveries open one, query functions are handed
its connection. jsonb travels as Python values.

A pooler between us and Postgres may give every transaction another connection of the server's.
Whether there is one is seen when the database is opened, and then nothing is left to a session:
statements are not prepared, settings are made in each transaction, nobody listens
(db.notifications).
"""

from __future__ import annotations

import asyncio
import json
import logging
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
AWAY = (  # what a question may raise that cannot be answered now
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

log = logging.getLogger(__name__)

# Of a session's settings a pooler passes on some, and refuses connections that bring others.
_PASSED_ON = {"application_name": "predlagator", "timezone": "UTC"}
_REFUSED = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",  # a plan for a million rows looks worth compiling, each time it is run
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
}
SET_REFUSED = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in _REFUSED.items())
GET_BACKEND = "SELECT pg_backend_pid()"
MOST_PREPARED = 100  # statements that a connection keeps prepared


class Database:
    """A pool on one database. Made by `open_database`; closed with `close`.

    `pooled`: a pooler such as PgBouncer stands before it, so nothing may rely on a session.
    """

    def __init__(self, dsn: str, pool: asyncpg.Pool[asyncpg.Record], *, pooled: bool) -> None:
        self.dsn, self.pooled = dsn, pooled
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
            if self.pooled:
                await connection.execute(SET_REFUSED)
            yield connection

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def open_database(dsn: str, *, connections: int = 10) -> Database:
    """Open a pool of up to `connections`; DatabaseDown with a sentence when that fails."""
    try:
        pooled = await _is_pooled(dsn)
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=connections,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings=_PASSED_ON if pooled else _PASSED_ON | _REFUSED,
            statement_cache_size=0 if pooled else MOST_PREPARED,
            init=_teach_json,
            reset=_leave_as_it_is,
        )
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
        raise DatabaseDown(why_unreachable(dsn, error)) from error
    if pooled:
        log.info("The database is behind a pooler: nothing is prepared, and rows are polled")
    return Database(dsn, pool, pooled=pooled)


async def _is_pooled(dsn: str) -> bool:
    """Whether something between answers in the server's name.

    At the login Postgres tells the number of its process, for cancelling. A pooler tells one that
    it made up, since it does not know yet whose process will serve whom.
    """
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, server_settings=_PASSED_ON, statement_cache_size=0
    )
    try:
        backend: int = await connection.fetchval(GET_BACKEND, timeout=CONNECT_SECONDS)
        return backend != connection.get_server_pid()
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


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
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError,  # cut just as a statement began
    )


async def _leave_as_it_is(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Nothing is left in a session, so a reset would be a question too many, and behind a pooler
    it may meet a session that serves somebody else by now."""


async def _teach_json(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )
