"""Campaigns under way: how they stand, and the acts that hold or end them."""

from __future__ import annotations

from datetime import UTC, datetime

from db.models.admin import Admin
from db.models.campaign import Campaign, CampaignEvent, CampaignStatus
from db.models.errors import NotAllowed
from db.models.operation import OperationKind, Progress
from db.models.report import Standing
from db.pool import Connection, Database
from db.queries import accounts, audit, campaigns, operations, reports

UNDER_WAY = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)

_ACTS = {
    CampaignEvent.PAUSE: "pause",
    CampaignEvent.RESUME: "resume",
    CampaignEvent.CANCEL: "stop",
}


async def page(database: Database, *, limit: int, offset: int) -> list[Campaign]:
    """Campaigns of every status, newest first."""
    async with database.connection() as connection:
        return await campaigns.page(connection, limit=limit, offset=offset)


async def standing(database: Database, campaign_id: int) -> Standing:
    """How the campaign stands now; NotFound when there is none."""
    async with database.connection() as connection:
        campaign = await campaigns.get(connection, campaign_id)
        template, contact_lists = await reports.name_parts(connection, campaign_id)
        return Standing(
            campaign=campaign,
            contact_lists=contact_lists,
            template=template,
            accounts=tuple(await accounts.page_of_campaign(connection, campaign_id)),
            reasons=await reports.count_reasons(connection, campaign_id),
            now=datetime.now(UTC),
            responses=await reports.get_responses(connection, campaign_id),
            preparing=await _preparing(connection, campaign),
        )


async def _preparing(connection: Connection, campaign: Campaign) -> Progress | None:
    """How far the expansion of a campaign under way is; None when it is expanded."""
    if campaign.expanded_at is not None or campaign.status not in UNDER_WAY:
        return None
    kind = OperationKind.EXPANSION
    found = await operations.find_active(connection, kind, campaign.id)
    return found.progress if found else Progress(campaign.counts.total, None)


async def pause(database: Database, admin: Admin, campaign_id: int) -> None:
    """Nothing new leaves from here on; Conflict when it does not run."""
    await _advance(database, admin, campaign_id, CampaignEvent.PAUSE)


async def resume(database: Database, admin: Admin, campaign_id: int) -> None:
    await _advance(database, admin, campaign_id, CampaignEvent.RESUME)


async def stop(database: Database, admin: Admin, campaign_id: int) -> None:
    """Stop for good: what is pending stays unsent."""
    await _advance(database, admin, campaign_id, CampaignEvent.CANCEL)


async def _advance(
    database: Database, admin: Admin, campaign_id: int, event: CampaignEvent
) -> None:
    async with database.transaction() as connection:
        campaign = await campaigns.advance(connection, campaign_id, event, admin_id=admin.id)
        if not admin.may_change(campaign.created_by):
            raise NotAllowed("campaign", campaign_id, admin.id)
        await audit.add(connection, admin.id, _ACTS[event], "campaign", campaign_id)
