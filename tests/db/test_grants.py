"""Grants by a budget that was read without a lock: counted only where nothing has changed since."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from db.models.caps import Budget, Grant, SlotRequest
from db.pool import Connection, Database
from db.queries import caps, grants, standings

ZONE = "Europe/Berlin"


async def budget(connection: Connection) -> Budget:
    return (await caps.find_budgets(connection, [1], ZONE))[1]


def grant(of: Budget, count: int = 2) -> Grant:
    return of.grant([SlotRequest(of.now, first=False, counted=False)] * count)


async def test_a_grant_is_counted_once(connection: Connection) -> None:
    first = grant(await budget(connection))
    assert await grants.count_unchanged(connection, ZONE, [first]) == {1}
    left = await budget(connection)
    assert left.messages_today == 2
    assert left.next_slot_at == first.left.next_slot_at
    assert await grants.count_unchanged(connection, ZONE, [first]) == set()
    assert (await budget(connection)).messages_today == 2


async def test_of_grants_at_once_one_is_counted(database: Database, connection: Connection) -> None:
    seen = grant(await budget(connection))

    async def count() -> set[int]:
        async with database.connection() as own:
            return await grants.count_unchanged(own, ZONE, [seen])

    counted = await asyncio.gather(*(count() for _ in range(6)))
    assert sorted(map(len, counted)) == [0, 0, 0, 0, 0, 1]
    assert (await budget(connection)).messages_today == 2


async def test_a_budget_of_yesterday_grants_nothing(connection: Connection) -> None:
    today = await budget(connection)
    yesterday = Budget.of(
        {name: getattr(today, name) for name in Budget.__slots__ if name != "caps"}
        | {name: getattr(today.caps, name) for name in type(today.caps).__slots__}
        | {"now": today.now - timedelta(days=1)}
    )
    assert await grants.count_unchanged(connection, ZONE, [grant(yesterday)]) == set()


async def test_the_standing_has_the_budget_of_each_account(
    connection: Connection, running: int
) -> None:
    await connection.execute("INSERT INTO campaign_accounts VALUES ($1, 1)", running)
    await connection.execute("UPDATE account_caps SET messages_today = 7, day = '2000-01-01'")
    standing = await standings.get(connection, running)
    (account,) = standing.accounts
    found = (await caps.find_budgets(connection, [account.id], "UTC"))[account.id]
    mine = standing.budgets[account.id]
    assert (mine.messages_today, mine.caps, mine.version) == (0, found.caps, found.version)
    assert (standing.files, standing.quiet_end) == ({}, None)
