"""The schema is brought up to date once, whole, and never from a changed file."""

from __future__ import annotations

import asyncio

import pytest

from db.migrate import MigrationError, migrate, migrations
from db.pool import Database, open_database


async def test_a_migrated_database_has_nothing_left_to_apply(database: Database) -> None:
    assert await migrate(database) == []


async def test_two_processes_starting_at_once_migrate_once(postgres: str) -> None:
    import asyncpg

    server = await asyncpg.connect(postgres)
    await server.execute("CREATE DATABASE two_at_once")
    both = [
        await open_database(postgres.replace("/predlagator?", "/two_at_once?")) for _ in range(2)
    ]
    applied = await asyncio.gather(*(migrate(database) for database in both))
    assert sorted(map(len, applied)) == [0, len(migrations())]
    for database in both:
        await database.close()
    await server.execute("DROP DATABASE two_at_once")
    await server.close()


async def test_a_file_changed_after_it_was_applied_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE schema_migrations SET checksum = '\\x00'")
    with pytest.raises(MigrationError, match="was changed after it was applied"):
        await migrate(database)


async def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE schema_migrations SET version = 9999 WHERE version = 1")
    with pytest.raises(MigrationError, match="newer version"):
        await migrate(database)
