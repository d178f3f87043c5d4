"""One real Postgres per test process; a fresh clone of the migrated schema per test.

Nothing here is imported before a test asks for it: pure tests start in a second.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.order import seconds, worker_count

if TYPE_CHECKING:
    from db.pool import Database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first."""
    items.sort(key=lambda item: seconds(item.nodeid), reverse=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means here."""
    return worker_count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """DSN of the session's embedded server; fsync is off there, these rows may be lost."""
    from tests.postgres import serve

    with serve() as dsn:
        yield dsn


@pytest.fixture
def postgres_folder() -> Iterator[Path]:
    """A place for a server of the test's own."""
    from tests.postgres import open_folder

    with open_folder() as folder:
        yield folder / "postgres"


@pytest.fixture
async def dsn(postgres: str) -> AsyncIterator[str]:
    """DSN of a database of this test's own, migrated and empty."""
    from tests.postgres import clone

    async with clone(postgres) as dsn:
        yield dsn


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool on this test's own database."""
    from db.pool import open_database

    database = await open_database(dsn)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sandboxes of a process find one RSA key, which takes long to make."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty DATA_DIR."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder
