"""The schema is brought up to date once, as a whole, and never from a changed file."""

from __future__ import annotations

import asyncio

import pytest

from db.migrate import MigrationError, migrate, migrations
from db.pool import Database, open_database
from db.queries import accounts


async def test_a_migrated_database_has_nothing_left_to_apply(database: Database) -> None:
    assert await migrate(database) == []


async def test_two_processes_starting_at_once_migrate_once(unmigrated: Database) -> None:
    other = await open_database(unmigrated.dsn)
    applied = await asyncio.gather(migrate(unmigrated), migrate(other))
    assert sorted(map(len, applied)) == [0, len(migrations())]
    await other.close()


async def test_the_rest_is_applied_after_a_migration_up_to_a_version(unmigrated: Database) -> None:
    names = [migration.name for migration in migrations()]
    assert await migrate(unmigrated, until=2) == names[:2]
    assert await migrate(unmigrated) == names[2:]


async def test_a_file_that_arrives_below_an_applied_one_is_applied(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("DROP TABLE late_departures")
        await connection.execute("DELETE FROM schema_migrations WHERE version = 6")
    assert await migrate(database) == ["remember_late_departures"]


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


ACCOUNTS_BEFORE = """
INSERT INTO accounts (user_id, name, status, status_reason, resting_until) VALUES
    (1, 'A', 'active', NULL, NULL),
    (2, 'R', 'resting', 'FLOOD_WAIT_9', now() + interval '1 hour'),
    (3, 'L', 'limited', 'PEER_FLOOD', now() + interval '1 day'),
    (4, 'H', 'held', 'FLOOD_WAIT_7200', NULL),
    (5, 'G', 'lost', 'SESSION_REVOKED', NULL),
    (6, 'D', 'disabled', NULL, NULL)
"""


async def test_accounts_keep_their_facts_as_these_are_separated(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.postgres import clone

    async with clone(postgres) as dsn:
        database = await open_database(dsn)
        try:
            async with database.connection() as connection:
                await connection.execute(
                    "DROP SCHEMA public, scheduler CASCADE; CREATE SCHEMA public"
                )
            with monkeypatch.context() as before:
                before.setattr("db.migrate.migrations", lambda: migrations()[:7])
                await migrate(database)
            async with database.connection() as connection:
                await connection.execute(ACCOUNTS_BEFORE)
            await migrate(database)
            async with database.connection() as connection:
                found = await accounts.page(connection)
        finally:
            await database.close()
    assert [(one.status, one.status_reason) for one in found] == [
        ("active", None),
        ("resting", "FLOOD_WAIT_9"),
        ("limited", "PEER_FLOOD"),
        ("held", "FLOOD_WAIT_7200"),
        ("lost", "SESSION_REVOKED"),
        ("disabled", None),
    ]
