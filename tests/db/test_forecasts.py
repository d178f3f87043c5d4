"""Whom a campaign has yet to write to, as the database counts it by kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db import forecasting
from db.models.campaign import CampaignEvent
from db.models.delivery import DeliveryStatus, Settled
from db.models.forecast import Bound, Cause, Crowd, People
from db.pool import Connection
from db.queries import accounts, campaigns, claims, deliveries, expansion, forecasts, freezes
from tests.db.rows import SECOND, claimed, draft, frozen

DAY = timedelta(days=1)
KNOW = """
INSERT INTO peers (account_id, person_id, access_hash, talked_at) SELECT 1, id, 1, $2
FROM unnest($1::bigint[]) AS id
"""
IDENTIFY = "UPDATE contacts SET person_id = $2, identified_at = now() WHERE id = $1"


@pytest.fixture
async def rival(connection: Connection, running: int) -> int:
    """A running campaign, to contacts 1 … 10: contact n is person n."""
    for contact in range(1, 21):
        await connection.execute(IDENTIFY, contact, contact)
    await connection.execute("UPDATE campaigns SET name = 'Spring sale' WHERE id = $1", running)
    return running


async def add_draft(connection: Connection, *lists: list[int]) -> int:
    campaign_id = await draft(connection, *lists)
    await connection.execute("UPDATE campaigns SET frequency_hours = 24 WHERE id = $1", campaign_id)
    return campaign_id


async def count(connection: Connection, campaign_id: int, people: int = 20) -> Crowd:
    return await forecasts.count_draft(connection, campaign_id, [1], people)


def total(crowd: Crowd) -> People:
    """All people of a crowd together."""
    known: dict[frozenset[int], int] = {}
    for one in crowd.everybody:
        for who, n in one.known.items():
            known[who] = known.get(who, 0) + n
    strangers = sum(one.strangers for one in crowd.everybody)
    return People(strangers, sum(one.lookups for one in crowd.everybody), known)


async def test_people_are_counted_by_kind_in_their_order(connection: Connection) -> None:
    for contact in range(1, 7):
        await connection.execute(IDENTIFY, contact, contact)
    await connection.execute(KNOW, [1, 2, 3], None)  # resolved before, not talked with
    await connection.execute("UPDATE peers SET talked_at = now() WHERE person_id = 1")
    await connection.execute("UPDATE peers SET wrote_at = now() WHERE person_id = 2")
    await connection.execute(
        "INSERT INTO suppressions (identity_hash, reason)"
        " SELECT identity_hashes[1], 'opt_out' FROM contacts WHERE id = 20"
    )
    await connection.execute("UPDATE contacts SET unreachable_reason = 'x' WHERE id = 19")
    await connection.execute("UPDATE persons SET unreachable_reason = 'x' WHERE id = 6")
    campaign_id = await add_draft(connection, list(range(3, 21)), [1, 2, 3, 4])
    crowd = await count(connection, campaign_id)
    assert total(crowd) == People(15, 14, {frozenset({1}): 2})
    assert [one.strangers for one in crowd.stretches][-2:] == [0, 0], "the second list comes last"
    assert await count(connection, campaign_id) == crowd
    others = await forecasts.count_draft(connection, campaign_id, [2], 20)
    assert total(others) == People(17, 17), "another account knows none of them"


async def test_a_contact_without_a_name_needs_no_look_up(connection: Connection) -> None:
    await connection.execute(
        "UPDATE contacts SET user_id = id, username = NULL, key = 'id:' || id WHERE id = 1"
    )
    campaign_id = await add_draft(connection, [1, 2])
    assert total(await count(connection, campaign_id)) == People(2, 1)


async def test_those_who_were_reached_wait_under_every_name(
    connection: Connection, rival: int
) -> None:
    """Sent, claimed and frozen deliveries of another campaign count; failed ones do not."""
    rows = await claimed(connection, rival, 4)
    await connection.execute(IDENTIFY, 15, rows[0].contact_id)  # the same person in another row
    await connection.execute(IDENTIFY, 16, rows[3].contact_id)
    await freezes.freeze(connection, rival, [frozen(row) for row in rows[:3]])
    ends = [
        Settled(rows[0].id, rows[0].token, DeliveryStatus.SENT, 1),
        Settled(rows[1].id, rows[1].token, DeliveryStatus.FAILED, reason="X"),
    ]
    await deliveries.settle(connection, ends)
    campaign_id = await add_draft(connection, [1, 2, 3, 4, 15, 16, 17])
    crowd = await count(connection, campaign_id)
    reached = crowd.of(Cause.REACHED)
    assert sum(one.people.count for one in reached) == 5  # 1 and 15, 3, 4 and 16
    assert {one.reached_by for one in reached} == {"Spring sale"}
    now = await connection.fetchval("SELECT now()")
    assert all(abs(one.due_at - now - DAY) < 10 * SECOND for one in reached)
    assert sum(one.count for one in crowd.stretches) == 2


async def test_those_whom_a_running_campaign_has_yet_to_reach_are_shared(
    connection: Connection, rival: int
) -> None:
    campaign_id = await add_draft(connection, [9, 10, 11])
    crowd = await count(connection, campaign_id)
    assert sum(one.people.count for one in crowd.of(Cause.SHARED)) == 2
    await campaigns.advance(connection, rival, CampaignEvent.PAUSE)
    assert not (await count(connection, campaign_id)).of(Cause.SHARED)


async def test_without_a_frequency_cap_nobody_waits(connection: Connection, rival: int) -> None:
    await claimed(connection, rival, 4)
    campaign_id = await draft(connection, [1, 2, 3, 4])
    assert (await count(connection, campaign_id)).waiters == ()


async def test_a_wait_is_over_in_time(connection: Connection, rival: int) -> None:
    (row,) = await claimed(connection, rival, 1)
    await freezes.freeze(connection, rival, [frozen(row)])
    await deliveries.settle(connection, [Settled(row.id, row.token, DeliveryStatus.SENT, 1)])
    campaign_id = await add_draft(connection, [1])
    assert (await count(connection, campaign_id)).of(Cause.REACHED)
    await connection.execute("UPDATE deliveries SET settled_at = settled_at - interval '25 hours'")
    assert not (await count(connection, campaign_id)).of(Cause.REACHED)


async def test_of_a_campaign_under_way_those_are_counted_who_are_left(
    connection: Connection, rival: int
) -> None:
    await connection.execute(KNOW, [8, 9, 10], await connection.fetchval("SELECT now()"))
    rows = await claimed(connection, rival, 4)
    until = await connection.fetchval("SELECT now() + interval '1 day'")
    await deliveries.postpone(connection, [rows[0].id], [rows[0].token], [until], "frequency")
    await deliveries.defer(connection, [rows[1].id], [rows[1].token], SECOND)
    crowd = await forecasts.count_left(connection, rival, [1], 10)
    assert sum(one.people.count for one in crowd.of(Cause.REACHED)) == 1
    assert crowd.of(Cause.REACHED)[0].first_due_at == until
    assert sum(one.people.count for one in crowd.of(Cause.DEFERRED)) == 1
    assert total(crowd) == People(5, 5, {frozenset({1}): 3})  # two are in flight


async def test_a_few_rows_stand_for_many(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each part of the order the first rows are read, and of those that wait."""
    await connection.execute(
        "INSERT INTO contacts (key, username, identity_hashes) SELECT 'username:q' || n, 'q' || n,"
        " ARRAY[sha256(('q' || n)::bytea)] FROM generate_series(1, 2000) AS n"
    )
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM contacts ORDER BY id")]
    campaign_id = await draft(connection, ids)
    await campaigns.advance(connection, campaign_id, CampaignEvent.START)
    await expansion.expand(connection, campaign_id)
    monkeypatch.setattr(forecasts, "SAMPLE", 5)
    monkeypatch.setattr(forecasts, "MOST_WAITING", 50)
    crowd = await forecasts.count_left(connection, campaign_id, [1], 2020)
    assert abs(crowd.count - 2020) < 30
    await connection.execute(
        "UPDATE deliveries SET due_at = now() + interval '1 day', reason = 'frequency'"
        " WHERE pos > 1010"
    )
    crowd = await forecasts.count_left(connection, campaign_id, [1], 2020)
    assert abs(sum(one.people.count for one in crowd.of(Cause.REACHED)) - 1010) < 120
    assert abs(crowd.count - 2020) < 120
    assert await claims.claim_fresh(connection, campaign_id, 1, SECOND) is not None


async def test_what_is_slower_than_its_rate_is_done_later(
    connection: Connection, rival: int
) -> None:
    await connection.execute(KNOW, list(range(1, 11)), await connection.fetchval("SELECT now()"))
    of_campaign = await accounts.page(connection)
    campaign = await campaigns.get(connection, rival)
    at_rate = await forecasting.find(connection, campaign, of_campaign)
    slower = await forecasting.find(connection, campaign, of_campaign, pace=0.05)
    assert at_rate is not None
    assert slower is not None
    assert at_rate.done_at is not None
    assert slower.done_at is not None
    took = slower.done_at - at_rate.done_at  # nine intervals of 20 s, not of 3 s
    assert abs(took - 9 * 17 * SECOND) < 5 * SECOND
    await connection.execute("UPDATE account_caps SET messages_today = 150, day = current_date + 1")
    capped = await forecasting.find(connection, campaign, of_campaign, pace=0.05)
    assert capped is not None
    assert capped.bound is Bound.PER_DAY, "a cap is no slowness"
