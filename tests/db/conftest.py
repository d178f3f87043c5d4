"""A database with contacts and a running campaign, for the tests of deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db.models.campaign import CampaignEvent
from db.pool import Connection, Database, open_database
from db.queries import campaigns, deliveries
from tests.db.rows import LEASE, SEED, draft
from tests.postgres import clone


@pytest.fixture
async def unmigrated(postgres: str) -> AsyncIterator[Database]:
    """A pool on a database of this test's own, without a schema."""
    async with clone(postgres, template="template0") as dsn:
        database = await open_database(dsn)
        yield database
        await database.close()


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    """A connection to a database with 20 contacts, an account, a template and an admin."""
    async with database.connection() as connection:
        await connection.execute(SEED)
        yield connection


@pytest.fixture
async def running(connection: Connection) -> int:
    """The id of a running campaign to contacts 1 … 10; the account is leased to “main”."""
    await connection.execute(LEASE)
    campaign_id = await draft(connection, list(range(1, 11)))
    await campaigns.advance(connection, campaign_id, CampaignEvent.START)
    await deliveries.expand(connection, campaign_id)
    return campaign_id
