"""The state machines: every (status, event) leads where it is drawn, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from db.models import campaign, delivery, operation
from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.delivery import DeliveryEvent, DeliveryStatus
from db.models.errors import Conflict
from db.models.operation import OperationEvent, OperationStatus
from db.pool import Database
from db.queries import campaigns

DRAWN: dict[Any, str] = {
    campaign: """
        draft     schedule scheduled
        draft     start    running
        draft     cancel   cancelled
        scheduled start    running
        scheduled cancel   cancelled
        running   pause    paused
        running   finish   finished
        running   cancel   cancelled
        paused    resume   running
        paused    finish   finished
        paused    cancel   cancelled
        finished  reopen   running
    """,
    delivery: """
        pending claim   sending
        pending give_up unknown
        sending rescue  sending
        sending defer   pending
        sending skip    skipped
        sending deliver sent
        sending refuse  failed
        sending give_up unknown
        unknown confirm sent
        unknown reopen  pending
    """,
    operation: """
        queued  claim    running
        running claim    running
        running release  queued
        running complete done
        running fail     failed
        running cancel   cancelled
    """,
}
MACHINES: list[tuple[Any, type[StrEnum], type[StrEnum]]] = [
    (campaign, CampaignStatus, CampaignEvent),
    (delivery, DeliveryStatus, DeliveryEvent),
    (operation, OperationStatus, OperationEvent),
]
PAIRS = [
    pytest.param(machine, status, event, id=f"{status}-{event}")
    for machine, statuses, events in MACHINES
    for status, event in product(statuses, events)
]


@pytest.mark.parametrize(("machine", "status", "event"), PAIRS)
def test_an_event_leads_where_it_is_drawn(machine: Any, status: StrEnum, event: StrEnum) -> None:
    drawn = [line.split() for line in DRAWN[machine].strip().splitlines()]
    targets = [target for source, name, target in drawn if (source, name) == (status, event)]
    assert machine.after(status, event) == (targets[0] if targets else None)
    assert (status in machine.sources(event)) == bool(targets)


@pytest.mark.parametrize("event", CampaignEvent)
def test_a_campaigns_event_has_one_target(event: CampaignEvent) -> None:
    """`campaigns.advance` is one UPDATE, which sets one status."""
    assert len({campaign.after(status, event) for status in campaign.sources(event)}) == 1


@pytest.mark.parametrize(
    "statuses",
    [
        ("campaigns", CampaignStatus),
        ("deliveries", DeliveryStatus),
        ("operations", OperationStatus),
    ],
    ids=lambda pair: pair[0],
)
async def test_the_database_knows_the_same_statuses(
    database: Database, statuses: tuple[str, type[StrEnum]]
) -> None:
    table, enum = statuses
    async with database.connection() as connection:
        checks = await connection.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = $1::text::regclass AND conname = $1 || '_status_check'",
            table,
        )
    (check,) = checks
    assert all(f"'{status}'" in check["text"] for status in enum)
    assert check["text"].count("::text") >= len(enum)


async def test_the_row_of_a_campaign_obeys(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO admins VALUES (1, 'Anna', 'owner')")
    for status, event in product(CampaignStatus, CampaignEvent):
        await obey(database, status, event)


async def obey(database: Database, status: CampaignStatus, event: CampaignEvent) -> None:
    """Tell a campaign of `status` of `event`, and check its row and its history."""
    async with database.transaction() as connection:
        campaign_id = await connection.fetchval(
            "INSERT INTO campaigns (name, created_by, status, starts_at, paused_at, finished_at)"
            " VALUES ('C', 1, $1, now(), CASE WHEN $1 = 'paused' THEN now() END,"
            " CASE WHEN $1 IN ('finished', 'cancelled') THEN now() END) RETURNING id",
            status,
        )
        target = campaign.after(status, event)
        if target is None:
            with pytest.raises(Conflict):
                await campaigns.advance(connection, campaign_id, event)
            assert (await campaigns.get(connection, campaign_id)).status is status
            return
        changed = await campaigns.advance(
            connection, campaign_id, event, moment=datetime.now(UTC), reason="why", admin_id=1
        )
        assert changed.status is target
        history = await connection.fetchrow(
            "SELECT * FROM campaign_events WHERE campaign_id = $1", campaign_id
        )
        assert history is not None
        assert (history["event"], history["status"], history["reason"]) == (event, target, "why")
