"""One real Postgres per test process, and clones of a database that is migrated once.

It is apart from `tests.conftest`, whose fixtures import it on their first use: pure tests do not
pay for a database driver.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import open_database

TEMPLATE = "template_migrated"
SPACE = 8 * 2**30  # bytes: a server of 0.1 to 0.5 GB for each of up to 16 processes
_clones = itertools.count(1)


def memory_folder() -> Path | None:
    """Return the folder that Linux keeps in memory; None where it is missing or too small.

    A database of a test is 300 files: on a disk they take most of the time of a short test.
    """
    folder = Path("/dev/shm")
    fits = folder.is_dir() and shutil.disk_usage(folder).free >= SPACE
    return folder if fits else None


@contextmanager
def open_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder for a server, below `parent` or where temporary files are.

    Its path is short, so that the server's own is a client's address of it.
    """
    with TemporaryDirectory(
        prefix="predlagator-postgres-", dir=parent, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def serve() -> Iterator[str]:
    """DSN of an embedded server that has the migrated template; its rows may be lost."""
    with open_folder(memory_folder()) as folder:
        folder.chmod(0o711)  # PgBouncer runs as the server's user, who must find the socket
        server = EmbeddedPostgres(folder / "data")
        dsn = asyncio.run(_prepare(server))
        yield dsn
        asyncio.run(server.stop())


async def _prepare(server: EmbeddedPostgres) -> str:
    dsn = await server.start()
    connection = await asyncpg.connect(dsn)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
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
