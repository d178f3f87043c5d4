"""Caps, quiet hours and the frequency cap, as the database counts them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from db.models.campaign import CampaignEvent
from db.models.caps import SlotRequest
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.pool import Connection, Database
from db.queries import campaigns, caps, claims, deliveries, expansion, freezes
from db.queries.clock import get_now
from tests.db.rows import LEASE, SECOND, claimed, draft, frozen


async def begin(connection: Connection, contacts: list[int]) -> int:
    """Add a running campaign to these contacts and return its id."""
    campaign_id = await draft(connection, contacts)
    await campaigns.advance(connection, campaign_id, CampaignEvent.START)
    await expansion.expand(connection, campaign_id)
    return campaign_id


async def test_concurrent_counts_are_exact(database: Database, connection: Connection) -> None:
    await connection.execute(
        "UPDATE account_caps SET per_minute = 60000, per_day = 20, first_per_day = 20,"
        " first_apart_seconds = 0, lookups_per_day = 20, lookup_apart_seconds = 0"
    )

    async def take() -> tuple[int, int]:
        async with database.transaction() as own:
            request = SlotRequest(datetime.now(UTC), first=True, counted=False)
            moments = await caps.claim_slots(own, 1, "UTC", [request] * 5)
            looked = [await caps.claim_lookup(own, 1, "UTC", SECOND) for _ in range(3)]
            return sum(m is not None for m in moments), sum(wait is not None for wait in looked)

    taken = await asyncio.gather(*(take() for _ in range(8)))
    assert sum(messages for messages, _ in taken) == 20
    assert sum(lookups for _, lookups in taken) == 20
    budget = (await caps.find_budgets(connection, [1], "UTC"))[1]
    assert (budget.messages_today, budget.first_today, budget.lookups_today) == (20, 20, 20)


async def test_a_new_day_starts_at_zero(connection: Connection) -> None:
    await connection.execute(
        "UPDATE account_caps SET day = current_date - 2, messages_today = 150, first_today = 10"
    )
    assert (await caps.find_budgets(connection, [1], "UTC"))[1].messages_left == 150
    request = SlotRequest(datetime.now(UTC), first=True, counted=False)
    async with connection.transaction():
        assert None not in await caps.claim_slots(connection, 1, "UTC", [request])
    assert (await caps.find_budgets(connection, [1], "UTC"))[1].first_today == 1


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-12-04 20:59+03", None),
        ("2026-12-04 21:00+03", "2026-12-05 09:00+03"),
        ("2026-12-05 08:59+03", "2026-12-05 09:00+03"),
        ("2026-12-05 09:00+03", None),
    ],
)
async def test_a_quiet_night_ends_in_the_morning(
    connection: Connection, at: str, end: str | None
) -> None:
    found = await connection.fetchval(
        "SELECT quiet_end('Europe/Moscow', '21:00', '09:00', $1)", datetime.fromisoformat(at)
    )
    assert found == (end and datetime.fromisoformat(end))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 11), ("2026-10-24", 13)])
async def test_a_night_when_the_clocks_change_ends_by_the_wall(
    connection: Connection, day: str, hours: int
) -> None:
    took = await connection.fetchval(
        "SELECT quiet_end('Europe/Berlin', '21:00', '09:00', at) - at"
        " FROM (SELECT ($1::date + time '21:00') AT TIME ZONE 'Europe/Berlin' AS at) AS evening",
        datetime.fromisoformat(day).date(),
    )
    assert took == timedelta(hours=hours)


async def test_nothing_is_claimed_in_quiet_hours(connection: Connection, running: int) -> None:
    await connection.execute(
        "UPDATE campaigns SET quiet_from = $1, quiet_until = $2", time(0), time(23, 59, 59, 999999)
    )
    assert await claimed(connection, running) == []
    await connection.execute("UPDATE campaigns SET quiet_from = NULL, quiet_until = NULL")
    assert len(await claimed(connection, running)) == 3


async def test_a_person_of_another_campaign_within_a_day_takes_no_slot(
    connection: Connection,
) -> None:
    await connection.execute("UPDATE contacts SET person_id = id, identified_at = now()")
    first = await begin(connection, [1, 2])
    rows = await claimed(connection, first, 2)
    await connection.execute(LEASE)
    await freezes.freeze(connection, first, [frozen(row) for row in rows])
    await deliveries.settle(
        connection, [Settled(row.id, row.token, DeliveryStatus.SENT, 5) for row in rows]
    )
    second = await begin(connection, [1, 2, 3])
    await connection.execute("UPDATE campaigns SET frequency_hours = 24 WHERE id = $1", second)
    assert [row.contact_id for row in await claimed(connection, second, 3)] == [3]
    reasons = await connection.fetch(
        "SELECT reason FROM deliveries WHERE campaign_id = $1 AND status = 'skipped'", second
    )
    assert [row["reason"] for row in reasons] == ["frequency"] * 2
    await connection.execute(
        "UPDATE deliveries SET settled_at = now() - interval '25 h' WHERE status = 'sent'"
    )
    third = await begin(connection, [1])
    await connection.execute("UPDATE campaigns SET frequency_hours = 24 WHERE id = $1", third)
    assert [row.contact_id for row in await claimed(connection, third, 1)] == [1]


async def test_only_known_contacts_are_claimed_out_of_turn(
    connection: Connection, running: int
) -> None:
    await connection.execute(
        "INSERT INTO peers (account_id, person_id, access_hash, talked_at, wrote_at)"
        " VALUES (1, 4, 1, now(), NULL), (1, 5, 1, NULL, NULL), (1, 6, 1, NULL, now())"
    )
    await connection.execute("UPDATE contacts SET person_id = id WHERE id IN (4, 5, 6)")
    claim = await claims.claim_known(connection, running, 10, SECOND, [1])
    assert claim is not None
    assert [row.contact_id for row in claim.rows] == [4, 6]
    assert await claims.claim_known(connection, running, 10, SECOND, [1]) is None
    assert [row.contact_id for row in await claimed(connection, running, 4)] == [1, 2, 3, 5]


@pytest.mark.parametrize("claimers", [1, 2, 4])
async def test_however_many_claim_no_window_has_more_slots_than_the_rate(
    database: Database, connection: Connection, running: int, claimers: int
) -> None:
    interval = timedelta(milliseconds=5)
    await connection.execute(
        "INSERT INTO deliveries (campaign_id, contact_id, contact_list_id, pos)"
        " SELECT $1, id, 1, id FROM contacts WHERE id > 10",
        running,
    )

    async def work(size: int) -> list[Claimed]:
        rows: list[Claimed] = []
        async with database.connection() as own:
            while True:
                began = await get_now(own)
                if (claim := await claims.claim_fresh(own, running, size, interval)) is None:
                    return rows
                assert all(row.slot_at > began for row in claim.rows)
                rows += claim.rows

    batches = await asyncio.gather(*(work(1 + n) for n in range(claimers)))
    slots = sorted(row.slot_at for batch in batches for row in batch)
    assert len(slots) == 20
    assert min(later - earlier for earlier, later in pairwise(slots)) >= interval
