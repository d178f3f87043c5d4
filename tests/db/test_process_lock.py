"""A role belongs to one process at a time, and is free as soon as that one is gone."""

from __future__ import annotations

import asyncio

from db.dsn import Dsn
from db.pool import Database
from db.process_lock import ProcessLock

FIND_HOLDERS = """
SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


async def test_a_role_is_refused_until_the_first_is_gone(dsn: str) -> None:
    first, second = ProcessLock(Dsn.parse(dsn), "bot"), ProcessLock(Dsn.parse(dsn), "bot")
    assert await first.try_acquire()
    assert not await second.try_acquire()
    await first.release()
    assert await second.try_acquire()
    await second.release()


async def test_two_roles_are_independent(dsn: str) -> None:
    bot, name = ProcessLock(Dsn.parse(dsn), "bot"), ProcessLock(Dsn.parse(dsn), "name main")
    assert await bot.try_acquire()
    assert await name.try_acquire()
    await bot.release()
    await name.release()


async def test_a_stand_by_takes_over_from_one_that_ends(dsn: str) -> None:
    first, second = ProcessLock(Dsn.parse(dsn), "bot"), ProcessLock(Dsn.parse(dsn), "bot")
    assert await first.try_acquire()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        waiting = group.create_task(second.wait())
        await first.release()
        await waiting
    assert not await first.try_acquire()
    await second.release()


async def test_a_lock_that_broke_is_acquired_again(database: Database) -> None:
    role = ProcessLock(database.dsn, "bot")
    assert await role.try_acquire()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        lost = group.create_task(role.until_lost())
        (cut,) = await cut_the_locks(database)
        while await holders(database) in ([], [cut]):  # until the first has come back
            pass
        assert not await ProcessLock(database.dsn, "bot").try_acquire()
        assert not lost.done()
        lost.cancel()
    await role.release()


async def test_a_role_that_another_took_meanwhile_is_lost(database: Database) -> None:
    role, other = ProcessLock(database.dsn, "bot"), ProcessLock(database.dsn, "bot")
    assert await role.try_acquire()
    await cut_the_locks(database)
    assert await other.try_acquire()
    async with asyncio.timeout(30):
        await role.until_lost()
    await other.release()


async def test_a_role_is_lost_without_heartbeats_and_kept_by_them(dsn: str) -> None:
    silent, alive = (
        ProcessLock(Dsn.parse(dsn), "bot", silence=2.0),
        ProcessLock(Dsn.parse(dsn), "name main", silence=2.0),
    )
    assert await silent.try_acquire()
    assert await alive.try_acquire()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        living = group.create_task(alive.until_lost())
        other = ProcessLock(Dsn.parse(dsn), "bot")
        await other.wait()
        assert not await ProcessLock(Dsn.parse(dsn), "name main").try_acquire()
        living.cancel()
    for role in (silent, alive, other):
        await role.release()


async def test_a_role_holds_no_snapshot_back(database: Database) -> None:
    role = ProcessLock(database.dsn, "bot")
    assert await role.try_acquire()
    async with database.connection() as connection:
        holder = await connection.fetchrow(
            "SELECT state, backend_xmin, backend_xid FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'predlagator lock'"
        )
    assert holder is not None
    assert tuple(holder) == ("idle in transaction", None, None)
    await role.release()


async def cut_the_locks(database: Database) -> list[int]:
    """Terminate the server's processes that hold locks; return their pids once they hold none."""
    cut = await holders(database)
    async with database.connection() as connection:
        await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", cut)
    while set(cut) & set(await holders(database)):
        pass
    return cut


async def holders(database: Database) -> list[int]:
    """Return the pids of the server's processes that hold advisory locks."""
    async with database.connection() as connection:
        return [row["pid"] for row in await connection.fetch(FIND_HOLDERS)]
