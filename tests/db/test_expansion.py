"""A campaign is expanded chunk by chunk, and comes to what one statement would have written."""

from __future__ import annotations

import asyncio
import random

import pytest

from db.models.campaign import CampaignEvent
from db.pool import Connection, Database
from db.queries import campaigns, expansion
from tests.db.rows import claimed, draft, statuses, until_blocked

AT_ONCE = """
SELECT contact_id, contact_list_id, row_number() OVER (ORDER BY contact_list_id, pos) AS pos
FROM (
    SELECT DISTINCT ON (contact_id) contact_id, contact_list_id, pos
    FROM campaign_contact_lists JOIN contact_list_members USING (contact_list_id)
    WHERE campaign_id = $1 AND NOT excluded AND contact_id NOT IN (
        SELECT contact_id
        FROM campaign_contact_lists JOIN contact_list_members USING (contact_list_id)
        WHERE campaign_id = $1 AND excluded)
    ORDER BY contact_id, contact_list_id
) AS people
ORDER BY contact_list_id, pos
LIMIT CASE (SELECT mode FROM campaigns WHERE id = $1) WHEN 'test' THEN 10 END
"""
WRITTEN = (
    "SELECT contact_id, contact_list_id, pos FROM deliveries WHERE campaign_id = $1 ORDER BY pos"
)


async def whole(connection: Connection, campaign_id: int, limit: int = 100) -> int:
    """Expand to the end; how many deliveries there are."""
    while not (chunk := await expansion.expand(connection, campaign_id, limit)).last:
        assert chunk.looked == limit
    return chunk.total


async def test_lists_are_joined_without_doubles_and_without_the_excluded(
    connection: Connection,
) -> None:
    campaign_id = await draft(connection, [5, 3, 1], [1, 2, 3, 4], excluded=[4])
    assert await whole(connection, campaign_id) == 4
    rows = await connection.fetch("SELECT pos, contact_id FROM deliveries ORDER BY pos")
    assert [tuple(row) for row in rows] == [(1, 5), (2, 3), (3, 1), (4, 2)]


@pytest.mark.parametrize("seed", range(12))
async def test_chunks_come_to_what_one_statement_would_have_written(
    connection: Connection, seed: int
) -> None:
    dice = random.Random(seed)
    some = [dice.sample(range(1, 21), dice.randint(1, 14)) for _ in range(dice.randint(1, 4))]
    minus = dice.sample(range(1, 21), dice.randint(0, 6))
    mode = dice.choice(["live", "live", "test"])
    await draft(connection, [7, 8, 9])  # another's, between whose lists ours are
    campaign_id = await draft(connection, *some, excluded=minus, mode=mode)
    await whole(connection, campaign_id, dice.randint(1, 9))
    written = [tuple(row) for row in await connection.fetch(WRITTEN, campaign_id)]
    assert written == [tuple(row) for row in await connection.fetch(AT_ONCE, campaign_id)]
    campaign = await campaigns.get(connection, campaign_id)
    assert campaign.counts.total == len(written)
    assert campaign.expanded_at is not None


async def test_expanding_again_changes_nothing(connection: Connection) -> None:
    campaign_id = await draft(connection, [1, 2])
    assert await expansion.expand(connection, campaign_id) == (2, 2, True)
    assert await expansion.expand(connection, campaign_id) == (2, 0, True)


async def test_two_who_expand_take_turns(database: Database, connection: Connection) -> None:
    campaign_id = await draft(connection, [1, 2, 3])
    async with database.connection() as other, asyncio.TaskGroup() as group:
        async with connection.transaction():
            assert await expansion.expand(connection, campaign_id, 2) == (2, 2, False)
            second = group.create_task(expansion.expand(other, campaign_id, 2))
            await until_blocked(other, by=connection)
        assert await second == (3, 1, True)
    assert await statuses(connection, campaign_id) == ["pending"] * 3


async def test_a_chunk_that_is_rolled_back_was_never_there(connection: Connection) -> None:
    campaign_id = await draft(connection, [4, 3, 2, 1])
    await expansion.expand(connection, campaign_id, 2)
    transaction = connection.transaction()
    await transaction.start()
    await expansion.expand(connection, campaign_id, 1)
    await transaction.rollback()
    assert await whole(connection, campaign_id, 3) == 4
    rows = await connection.fetch(WRITTEN, campaign_id)
    assert [(row["contact_id"], row["pos"]) for row in rows] == [(4, 1), (3, 2), (2, 3), (1, 4)]


async def test_a_test_campaign_takes_the_first_ten(connection: Connection) -> None:
    campaign_id = await draft(connection, list(range(20, 0, -1)), mode="test")
    assert await whole(connection, campaign_id) == 10
    rows = await connection.fetch("SELECT contact_id FROM deliveries ORDER BY pos")
    assert [row["contact_id"] for row in rows] == list(range(20, 10, -1))


async def test_a_cancelled_campaign_is_expanded_no_further(connection: Connection) -> None:
    campaign_id = await draft(connection, [1, 2, 3])
    await expansion.expand(connection, campaign_id, 1)
    await campaigns.advance(connection, campaign_id, CampaignEvent.CANCEL)
    assert await expansion.expand(connection, campaign_id, 1) == (1, 0, True)


async def test_a_campaign_does_not_finish_before_it_is_expanded(connection: Connection) -> None:
    campaign_id = await draft(connection, [1, 2, 3])
    await campaigns.advance(connection, campaign_id, CampaignEvent.START)
    assert not await campaigns.finish(connection, campaign_id)
    await expansion.expand(connection, campaign_id, 1)
    for row in await claimed(connection, campaign_id):
        await connection.execute(
            "UPDATE deliveries SET status = 'skipped', settled_at = now(), claim_token = NULL,"
            " claimed_until = NULL WHERE id = $1",
            row.id,
        )
    await connection.execute("UPDATE campaigns SET skipped = total")
    assert not await campaigns.finish(connection, campaign_id)
    await whole(connection, campaign_id)
    await connection.execute("UPDATE campaigns SET skipped = total")
    assert await campaigns.finish(connection, campaign_id)
