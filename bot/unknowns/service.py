"""Deliveries that may have arrived: which are open, and what an admin decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.models.admin import Admin
from db.models.campaign import Campaign, CampaignEvent, CampaignStatus
from db.models.delivery import DeliveryStatus, Settled
from db.models.errors import Conflict, NotAllowed
from db.models.reason import Reason
from db.models.unknown import Decision, OpenUnknowns, Unknown
from db.pool import Connection, Database
from db.queries import audit, campaigns, deliveries, unknowns

MOST_AT_ONCE = 3_000  # decided by one tap: half a second of one busy core
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the open questions of a campaign, and the count of all."""

    campaign: Campaign
    found: Sequence[Unknown]
    open: OpenUnknowns

    @property
    def at_once(self) -> int:
        """How many are decided by one tap."""
        return min(self.open.count, MOST_AT_ONCE)

    @property
    def until(self) -> int:
        """When the latest of them became unknown, in microseconds since 1970; 0 without any."""
        return 0 if self.open.latest_at is None else (self.open.latest_at - _EPOCH) // _TICK


async def page(database: Database, campaign_id: int, *, limit: int, offset: int = 0) -> Listed:
    """Return the open questions of the campaign, the latest first. Raise NotFound."""
    async with database.connection() as connection:
        return Listed(
            await campaigns.get(connection, campaign_id),
            await unknowns.page_open(connection, campaign_id, limit=limit, offset=offset),
            await unknowns.summarise_open(connection, campaign_id),
        )


async def get(database: Database, delivery_id: int, generation: int) -> tuple[Unknown, Campaign]:
    """Return the delivery as it was in this generation, and its campaign. Raise NotFound."""
    async with database.connection() as connection:
        found = await unknowns.get(connection, delivery_id, generation)
        return found, await campaigns.get(connection, found.campaign_id)


async def decide(
    database: Database, admin: Admin, delivery_id: int, generation: int, decision: Decision
) -> tuple[Unknown, bool]:
    """Decide about one delivery. Return it, and whether this decision was the first: it stands.

    Raise Conflict when it is to be sent again and its campaign was cancelled, NotAllowed, NotFound.
    """
    async with database.transaction() as connection:
        found = await unknowns.get(connection, delivery_id, generation)
        campaign = await _lock(connection, admin, found.campaign_id)
        decided = await unknowns.decide(
            connection, [delivery_id], decision, admin.id, generation=generation
        )
        await _carry_out(connection, admin, campaign, decided, decision)
        if decided:
            details = {"campaign_id": campaign.id, "decision": decision, "generation": generation}
            await audit.add(connection, admin.id, "decide", "unknown", delivery_id, **details)
        return await unknowns.get(connection, delivery_id, generation), bool(decided)


async def decide_all(
    database: Database, admin: Admin, campaign_id: int, until: int, decision: Decision
) -> int:
    """Decide about up to MOST_AT_ONCE deliveries that were open at `until`; return how many.

    `until` is in microseconds since 1970. 0: others have decided about all of them. Raise as
    `decide` does.
    """
    async with database.transaction() as connection:
        campaign = await _lock(connection, admin, campaign_id)
        found = await unknowns.find_open(connection, campaign_id, _moment(until), MOST_AT_ONCE)
        decided = await unknowns.decide(connection, found, decision, admin.id)
        await _carry_out(connection, admin, campaign, decided, decision)
        if decided:
            details = {"decision": decision, "people": len(decided)}
            await audit.add(
                connection, admin.id, "decide", "unknowns_of_campaign", campaign_id, **details
            )
        return len(decided)


async def _lock(connection: Connection, admin: Admin, campaign_id: int) -> Campaign:
    campaign = await campaigns.lock(connection, campaign_id)
    if not admin.may_change(campaign.created_by):
        raise NotAllowed("campaign", campaign_id, admin.id)
    return campaign


async def _carry_out(
    connection: Connection,
    admin: Admin,
    campaign: Campaign,
    delivery_ids: Sequence[int],
    decision: Decision,
) -> None:
    """Do what was decided about these unknown deliveries. A finished campaign is reopened."""
    if not delivery_ids or decision is Decision.LEAVE:
        return
    if decision is Decision.ARRIVED:
        ends = [
            Settled(row, None, DeliveryStatus.SENT, 0, Reason.CONFIRMED, decided=True)
            for row in delivery_ids
        ]
        await deliveries.settle(connection, ends)
        return
    if campaign.status is CampaignStatus.CANCELLED:
        raise Conflict("campaign", campaign.id, campaign.status, CampaignEvent.REOPEN)
    gone = await unknowns.find_gone_accounts(connection)
    await unknowns.reopen(connection, delivery_ids, gone)
    if campaign.status is CampaignStatus.FINISHED:
        await campaigns.advance(connection, campaign.id, CampaignEvent.REOPEN, admin_id=admin.id)


def _moment(microseconds: int) -> datetime:
    """Return the moment; the end of time for a number that no button of ours carries."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
