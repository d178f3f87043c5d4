"""Databases and rows for the benchmarks, written in bulk as an import and an expansion do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import Connection, Database, open_database

ADD_CONTACTS = """
INSERT INTO contacts (key, user_id, identity_hashes)
SELECT 'id:' || n, n, ARRAY[sha256(n::text::bytea)] FROM generate_series($1::bigint, $2) AS n
"""
ADD_LIST = """
INSERT INTO contact_lists (name, basis, attested_by, file_name, file_sha256, size)
VALUES ('List', 'customer', 1, 'list.csv', '\\x00', $1) RETURNING id
"""
ADD_MEMBERS = """
INSERT INTO contact_list_members (contact_list_id, contact_id, pos, fields)
SELECT $1, id, row_number() OVER (ORDER BY id), '{"name": "Anna"}'
FROM (SELECT id FROM contacts ORDER BY id LIMIT $2) AS people
"""
ADD_TEMPLATE = "INSERT INTO templates (name, text, created_by) VALUES ('T', 'Hi', 1) RETURNING id"
ADD_CAMPAIGN = """
INSERT INTO campaigns (name, mode, template_id, status, started_at, expanded_at, paused_at,
    created_by, total)
VALUES ('C', 'live', $1, $3, now(), now(), CASE $3 WHEN 'paused' THEN now() END, 1, $2) RETURNING id
"""
ADD_DELIVERIES = """
INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)
SELECT $1, contact_id, $2, pos FROM contact_list_members WHERE contact_list_id = $2 ORDER BY pos
"""
EMPTY = "TRUNCATE deliveries, campaigns, contact_lists, contacts, persons CASCADE"


@asynccontextmanager
async def open_fresh() -> AsyncIterator[Database]:
    """Yield a migrated database on an embedded Postgres of its own, with fsync on.

    Both are deleted on exit.
    """
    with TemporaryDirectory(prefix="predlagator-bench-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        database = await open_database(await server.start())
        try:
            await migrate(database)
            async with database.connection() as connection:
                await connection.execute(
                    "INSERT INTO admins (id, name, role) VALUES (1, 'Anna', 'owner')"
                )
            yield database
        finally:
            await database.close()
            await server.stop()


async def empty(connection: Connection) -> None:
    """Truncate contacts, persons, lists, campaigns and deliveries, so that no dead rows remain."""
    await connection.execute(EMPTY)


async def add_campaign(connection: Connection, count: int, status: str = "running") -> int:
    """Add a campaign with `count` pending deliveries to the first contacts; return its id."""
    known = await connection.fetchval("SELECT count(*) FROM contacts")
    if known < count:
        await connection.execute(ADD_CONTACTS, known + 1, count)
    list_id = await connection.fetchval(ADD_LIST, count)
    await connection.execute(ADD_MEMBERS, list_id, count)
    template_id = await connection.fetchval(ADD_TEMPLATE)
    campaign_id: int = await connection.fetchval(ADD_CAMPAIGN, template_id, count, status)
    await connection.execute(ADD_DELIVERIES, campaign_id, list_id)
    await connection.execute("ANALYZE contacts, contact_list_members, deliveries, campaigns")
    return campaign_id
