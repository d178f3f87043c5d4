"""A claim takes rows and slots in one statement: once each, at the rate, by its index."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from db.models.campaign import CampaignEvent
from db.models.delivery import Claimed
from db.pool import Connection, Database
from db.queries import campaigns, claims, contents, rescues
from tests.db.rows import TENTH, claimed, draft, statuses


async def test_a_claim_walks_on_with_slots_exactly_apart(
    connection: Connection, running: int
) -> None:
    batches = [await claimed(connection, running) for _ in range(4)]
    rows = [row for batch in batches for row in batch]
    assert [row.contact_id for row in rows] == list(range(1, 11))
    assert {later.slot_at - earlier.slot_at for earlier, later in pairwise(rows)} == {TENTH}
    for batch in batches:  # until CLAIM_TIMEOUT after its last slot
        assert {row.claimed_until - batch[-1].slot_at for row in batch} == {
            claims.CLAIM_TIMEOUT + TENTH
        }
    stored = await connection.fetch("SELECT slot_at, claimed_until FROM deliveries ORDER BY pos")
    assert [tuple(row) for row in stored] == [(row.slot_at, row.claimed_until) for row in rows]
    fields = await contents.find_fields(connection, [row.id for row in rows[:2]])
    assert fields == {rows[0].id: {"name": "N1"}, rows[1].id: {"name": "N2"}}
    assert await claims.claim_fresh(connection, running, 3, TENTH) is None


async def test_two_claimers_never_get_the_same_row(database: Database, running: int) -> None:
    async def take() -> list[Claimed]:
        async with database.connection() as connection:
            return await claimed(connection, running, 2)

    rows = [row for batch in await asyncio.gather(*(take() for _ in range(8))) for row in batch]
    assert len({row.id for row in rows}) == len(rows)
    assert len({row.slot_at for row in rows}) == len(rows)


async def test_a_paused_campaign_gives_nothing(connection: Connection, running: int) -> None:
    await campaigns.advance(connection, running, CampaignEvent.PAUSE)
    assert await claimed(connection, running) == []
    assert await statuses(connection, running) == ["pending"] * 10


async def test_the_suppressed_are_skipped_without_using_a_slot(
    connection: Connection, running: int
) -> None:
    await connection.execute(
        "INSERT INTO suppressions (identity_hash, reason) VALUES (sha256('p2'), 'opt_out')"
    )
    rows = await claimed(connection, running, 4)
    assert [row.contact_id for row in rows] == [1, 3, 4]
    assert {later.slot_at - earlier.slot_at for earlier, later in pairwise(rows)} == {TENTH}
    campaign = await campaigns.get(connection, running)
    assert campaign.counts.skipped == 1
    skipped = "SELECT slot_at FROM deliveries WHERE status = 'skipped'"
    assert await connection.fetchval(skipped) is None
    assert (await statuses(connection, running))[1] == "skipped"


async def test_a_cursor_that_passed_rows_over_is_rewound(
    connection: Connection, running: int
) -> None:
    await connection.execute("UPDATE campaigns SET claimed_pos = 6")
    assert [row.contact_id for row in await claimed(connection, running, 9)] == [7, 8, 9, 10]
    await rescues.rewind_cursor(connection, running)
    assert [row.contact_id for row in await claimed(connection, running, 9)] == list(range(1, 7))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan from EXPLAIN."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


async def test_the_claim_uses_its_index_among_large_campaigns(connection: Connection) -> None:
    await connection.execute(
        "INSERT INTO contacts (key, user_id, identity_hashes)"
        " SELECT 'id:' || n, n, ARRAY[sha256(n::text::bytea)] FROM generate_series(1, 20000) AS n"
    )
    for _ in range(4):
        campaign_id = await draft(connection, [1])
        await campaigns.advance(connection, campaign_id, CampaignEvent.START)
        await connection.execute(
            "INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)"
            " SELECT $1, id, 1, id FROM contacts",
            campaign_id,
        )
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute("PREPARE claim AS " + claims.CLAIM_FRESH)
    claim = f"EXECUTE claim({campaign_id}, 50, '1 s', '1 min', NULL)"
    await connection.execute(claim)
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {claim}"
    explained = [json.loads(await connection.fetchval(explain))[0] for _ in range(5)]
    scans = [
        (node["Node Type"], node.get("Index Name"))
        for node in nodes(explained[0]["Plan"])
        if node.get("Relation Name") == "deliveries" and "Scan" in node["Node Type"]
    ]
    assert ("Index Scan", "deliveries_fresh") in scans
    assert "Seq Scan" not in {kind for kind, _ in scans}
    quickest = min(one["Execution Time"] for one in explained)  # milliseconds; others run beside
    assert quickest < 50
