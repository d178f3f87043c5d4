"""Behind a pooler everything works, whichever session a statement meets."""

from __future__ import annotations

import asyncio

import pytest

from db.models.campaign import CampaignEvent
from db.notifications import Notifications
from db.pool import Database
from db.process_lock import ProcessLock
from db.queries import campaigns
from tests.db.rows import SEED, draft
from tests.db.test_process_lock import cut_the_locks, holders

ROUNDS = 20  # of each of more clients than a pooler in transaction mode has servers


async def test_a_pooler_is_seen_and_a_direct_address_is_not_one(
    pooled: Database, database: Database
) -> None:
    assert pooled.pooled
    assert not database.pooled


async def test_statements_of_many_clients_do_not_meet_each_others(pooled: Database) -> None:
    async def ask(number: int) -> None:
        for round_ in range(ROUNDS):
            async with pooled.connection() as connection:
                row = await connection.fetchrow(
                    f"SELECT $1::integer AS a, $2::text[] AS b, $3::jsonb AS c, {number} AS d",
                    round_,
                    ["x"],
                    {"round": round_},
                )
            assert row is not None
            assert tuple(row) == (round_, ["x"], {"round": round_}, number)

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(ask(number))


async def test_limits_hold_in_a_transaction_and_stay_with_nobody(pooled: Database) -> None:
    show = "SELECT current_setting('lock_timeout')"
    async with pooled.transaction() as connection:
        assert await connection.fetchval(show) == "15s"
    for _ in range(10):
        async with pooled.connection() as connection:
            assert await connection.fetchval(show) == "0"


@pytest.mark.parametrize("channel", ["campaign_events", "inbox"])
async def test_nobody_listens_and_what_was_written_is_a_nudge(
    pooled: Database, database: Database, channel: str
) -> None:
    notifications = Notifications(pooled, channel)
    async with database.connection() as connection:
        await connection.execute(SEED)
        campaign_id = await draft(connection, [1])
        while await notifications.wait(0.3):  # until all of this is old news
            pass
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            waiting = group.create_task(notifications.wait(30))
            await campaigns.advance(connection, campaign_id, CampaignEvent.START)
            assert await waiting
        listening = await connection.fetch(
            "SELECT FROM pg_stat_activity WHERE query ~ '^LISTEN' AND datname = current_database()"
        )
    await notifications.close()
    assert listening == []


async def test_a_role_is_one_processs_at_a_time(pooled: Database) -> None:
    first, others = (
        ProcessLock(pooled.dsn, "bot"),
        [ProcessLock(pooled.dsn, "bot") for _ in range(8)],
    )
    assert await first.try_acquire()
    for other in others:
        assert not await other.try_acquire()
    await first.release()
    async with asyncio.timeout(30):
        await others[0].wait()
    assert not await first.try_acquire()
    await others[0].release()


async def test_a_role_is_free_when_its_holder_is_killed(pooled: Database) -> None:
    first, second = ProcessLock(pooled.dsn, "bot"), ProcessLock(pooled.dsn, "bot")
    assert await first.try_acquire()
    assert first._connection is not None
    first._connection.terminate()  # no goodbye is said
    assert await second.acquire()
    await second.release()


async def test_a_lock_that_broke_behind_the_pooler_is_taken_anew(
    pooled: Database, database: Database
) -> None:
    role = ProcessLock(pooled.dsn, "bot")
    assert await role.try_acquire()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        lost = group.create_task(role.until_lost())
        (cut,) = await cut_the_locks(database)
        while await holders(database) in ([], [cut]):
            pass
        assert not lost.done()
        lost.cancel()
    await role.release()
