"""Connections to Postgres: one pool, with a time limit on every wait.

The caller owns the transaction: it opens one and hands its connection to query functions. jsonb is
read and written as Python values.

A pooler before Postgres may serve every transaction by another session of the server. Whether
there is one is detected when the database is opened. Nothing relies on a session then: statements
are not prepared, settings are made in each transaction, and rows are polled instead of LISTEN
(db.notifications).
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from db.dsn import Dsn
from db.models.errors import DatabaseDown

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

CONNECT_SECONDS = 10  # unless the DSN has a connect_timeout
COMMAND_SECONDS = 60
ACQUIRE_SECONDS = 30
UNAVAILABLE = (  # what a statement may raise while the database is unavailable
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

log = logging.getLogger(__name__)

# A pooler accepts these settings at the login and refuses connections with others.
_NAME = "predlagator"
_ACCEPTED = {"timezone": "UTC"}
_REFUSED = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",  # compiling a plan for a million rows takes longer than running it
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
}
SET_SETTINGS = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in _REFUSED.items())
GET_BACKEND = "SELECT pg_backend_pid()"
MOST_PREPARED = 100  # statements per connection


class Database:
    """A pool of connections to one database, from `open_database`.

    `pooled`: a pooler such as PgBouncer is before the server, so nothing may rely on a session.
    """

    def __init__(self, dsn: Dsn, pool: asyncpg.Pool[asyncpg.Record], *, pooled: bool) -> None:
        self.dsn, self.pooled = dsn, pooled
        self._pool = pool

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection without a transaction: each statement commits by itself.

        Raise TimeoutError when none is free within ACQUIRE_SECONDS.
        """
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection in a transaction, committed at the end or rolled back on an error."""
        async with self.connection() as connection, connection.transaction():
            if self.pooled:
                await connection.execute(SET_SETTINGS)
            yield connection

    async def close(self) -> None:
        """Close all connections; those still lent after CONNECT_SECONDS are cut."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def open_database(dsn: Dsn | str, *, connections: int = 10) -> Database:
    """Open a pool of up to `connections`.

    Raise DatabaseDown when that fails, DsnError for a text that is no DSN.
    """
    dsn = Dsn.parse(dsn) if isinstance(dsn, str) else dsn
    if missing := dsn.missing_files():
        raise DatabaseDown(f"DATABASE_URL names no file that can be read in {missing[0]}.")
    try:
        pooled = dsn.pooled or await _is_pooled(dsn)
        settings = _ACCEPTED | ({} if pooled else _REFUSED)
        pool = await asyncpg.create_pool(
            **dsn.for_asyncpg(),
            min_size=1,
            max_size=connections,
            timeout=dsn.connect_seconds(CONNECT_SECONDS),
            command_timeout=COMMAND_SECONDS,
            server_settings=settings | dsn.server_settings(_NAME),
            statement_cache_size=0 if pooled else MOST_PREPARED,
            init=_set_codecs,
            reset=_skip_reset,
        )
    except (*UNAVAILABLE, ValueError) as error:
        raise DatabaseDown(why_unreachable(dsn, error)) from error
    if pooled:
        log.info("The database is behind a pooler: nothing is prepared, and rows are polled")
    if dsn.without_effect:
        log.info("These words of DATABASE_URL change nothing: %s", ", ".join(dsn.without_effect))
    return Database(dsn, pool, pooled=pooled)


async def connect(
    dsn: Dsn, name: str = _NAME, **arguments: Any
) -> asyncpg.Connection[asyncpg.Record]:
    """Open a connection beside the pool, on which nothing is prepared.

    `name` is its application_name unless the DSN has one; `arguments` are those of asyncpg.connect.
    Raise what UNAVAILABLE lists.
    """
    return await asyncpg.connect(
        **dsn.for_asyncpg(),
        timeout=dsn.connect_seconds(CONNECT_SECONDS),
        server_settings=_ACCEPTED | dsn.server_settings(name),
        statement_cache_size=0,
        **arguments,
    )


async def _is_pooled(dsn: Dsn) -> bool:
    """Return whether a pooler answers at this address.

    At the login Postgres sends the pid of its process (BackendKeyData), for cancelling. A pooler
    sends an invented one, because no process is chosen at that time.
    """
    connection = await connect(dsn)
    try:
        backend: int = await connection.fetchval(GET_BACKEND, timeout=CONNECT_SECONDS)
        return backend != connection.get_server_pid()
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


def why_unreachable(dsn: Dsn, error: BaseException) -> str:
    """Return a sentence for the operator: the address without its password, and what happened."""
    if isinstance(error, asyncpg.InvalidPasswordError):
        what = "the user name or the password is wrong"
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        what = "there is no database of that name"
    elif isinstance(error, TimeoutError):
        what = f"no answer within {dsn.connect_seconds(CONNECT_SECONDS)} seconds"
    elif isinstance(error, ConnectionRefusedError):
        what = "nothing listens there"
    elif isinstance(error, socket.gaierror):
        what = "there is no host of that name"
    elif isinstance(error, ssl.SSLCertVerificationError):
        what = (
            f"its certificate does not prove who it is ({error.verify_message}); "
            "sslrootcert=/path/to/ca.pem in DATABASE_URL names whom to trust"
        )
    elif isinstance(error, asyncpg.ClientConfigurationError) and "certificate" in str(error):
        what = "sslmode in DATABASE_URL needs sslrootcert=system or sslrootcert=/path/to/ca.pem"
    elif isinstance(error, ValueError):
        what = "DATABASE_URL cannot be used as it is"
    else:
        what = str(error) or type(error).__name__
    return f"Cannot reach the database at {dsn.where}: {what}."


def is_unreachable(error: BaseException) -> bool:
    """Return whether the database was unavailable, not whether it refused a statement."""
    return isinstance(
        error,
        DatabaseDown
        | OSError
        | TimeoutError
        | asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError,  # the connection broke as a statement began
    )


async def _skip_reset(_: asyncpg.Connection[asyncpg.Record]) -> None:
    """Do not reset a session when its connection is returned.

    Nothing is left in it. Behind a pooler the reset could reach the session of another client.
    """


async def _set_codecs(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )
