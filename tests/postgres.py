"""One real Postgres per test process, and clones of a database that is migrated once.

It is apart from `tests.conftest`, whose fixtures import it on their first use: pure tests do not
pay for a database driver.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import open_database

TEMPLATE = "template_migrated"
_clones = itertools.count(1)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that a server can own.

    Not below pytest's own folder: each pytest that starts shuts that one for other users, and as
    root the server is another user.
    """
    with TemporaryDirectory(prefix="predlagator-postgres-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def serve() -> Iterator[str]:
    """DSN of an embedded server that has the migrated template; fsync is off there."""
    with open_folder() as folder:
        server = EmbeddedPostgres(folder / "data")
        dsn = asyncio.run(_prepare(server))
        yield dsn
        asyncio.run(server.stop())


async def _prepare(server: EmbeddedPostgres) -> str:
    dsn = await server.start()
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    database = await open_database(_named(dsn, TEMPLATE), connections=1)
    await migrate(database)
    await database.close()
    return dsn


@asynccontextmanager
async def clone(server_dsn: str, template: str = TEMPLATE) -> AsyncIterator[str]:
    """DSN of a new database, a copy of `template`; it is dropped in the end."""
    name = f"test_{next(_clones)}"
    server = await asyncpg.connect(server_dsn)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield _named(server_dsn, name)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


def _named(dsn: str, name: str) -> str:
    return dsn.replace("/predlagator?", f"/{name}?")
