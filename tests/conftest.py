"""One real Postgres per test process; a fresh clone of the migrated schema per test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import Database, open_database

TEMPLATE = "template_migrated"
_clones = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """DSN of the session's embedded server; fsync is off there, these rows may be lost."""
    with _open_folder() as folder:
        server = EmbeddedPostgres(folder / "data")
        dsn = asyncio.run(_prepare(server))
        yield dsn
        asyncio.run(server.stop())


@pytest.fixture
def postgres_folder() -> Iterator[Path]:
    """A place for a server of the test's own."""
    with _open_folder() as folder:
        yield folder / "postgres"


@contextmanager
def _open_folder() -> Iterator[Path]:
    """Not below pytest's own folder: each pytest that starts shuts that one for other users, and
    as root the server is another user."""
    with TemporaryDirectory(prefix="predlagator-postgres-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


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


def _named(dsn: str, name: str) -> str:
    return dsn.replace("/predlagator?", f"/{name}?")


@pytest.fixture
async def dsn(postgres: str) -> AsyncIterator[str]:
    """DSN of a database of this test's own, migrated and empty."""
    name = f"test_{next(_clones)}"
    server = await asyncpg.connect(postgres)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield _named(postgres, name)
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool on this test's own database."""
    database = await open_database(dsn)
    yield database
    await database.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty DATA_DIR."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
