"""A database of this test's own behind a real PgBouncer, in both of its modes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.pool import Database, open_database
from tests.pooler.bouncer import pgbouncer


@pytest.fixture(params=["session", "transaction"])
async def pooled_dsn(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[str]:
    """DSN that leads through the pooler, once in each mode."""
    async with pgbouncer(dsn, request.param) as through:
        yield through


@pytest.fixture
async def pooled(pooled_dsn: str) -> AsyncIterator[Database]:
    """A pool of ours on it."""
    database = await open_database(pooled_dsn)
    yield database
    await database.close()
