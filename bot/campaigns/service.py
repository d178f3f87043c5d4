"""Campaigns under way: their progress, and the acts that hold or end them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.campaigns.view_model import Progress
from db import forecasting
from db.models import operation
from db.models.admin import Admin
from db.models.campaign import Campaign, CampaignEvent, CampaignStatus
from db.models.errors import NotAllowed
from db.models.forecast import Forecast
from db.models.operation import OperationKind
from db.pool import Connection, Database
from db.queries import accounts, audit, campaigns, operations, reports

UNDER_WAY = (CampaignStatus.RUNNING, CampaignStatus.PAUSED)

_ACTS = {
    CampaignEvent.PAUSE: "pause",
    CampaignEvent.RESUME: "resume",
    CampaignEvent.CANCEL: "stop",
}


async def page(database: Database, *, limit: int, offset: int) -> list[Campaign]:
    """Return campaigns of every status, newest first."""
    async with database.connection() as connection:
        return await campaigns.page(connection, limit=limit, offset=offset)


async def forecasts(database: Database, found: Sequence[Campaign]) -> dict[int, Forecast]:
    """Return the forecasts of those of the campaigns that have one, by campaign id."""
    async with database.connection() as connection:
        return await forecasting.find_each(connection, found)


async def progress(
    database: Database,
    campaign_id: int,
    measure: Callable[[Campaign], float | None] = lambda _campaign: None,
) -> Progress:
    """Return the campaign's progress now. Raise NotFound when there is no such campaign.

    `measure` returns its real pace, in messages a second, where that is below the rate.
    """
    async with database.connection() as connection:
        campaign = await campaigns.get(connection, campaign_id)
        template, contact_lists = await reports.name_parts(connection, campaign_id)
        of_campaign = await accounts.page_of_campaign(connection, campaign_id)
        pace = measure(campaign)
        return Progress(
            campaign=campaign,
            contact_lists=contact_lists,
            template=template,
            accounts=tuple(of_campaign),
            reasons=await reports.count_reasons(connection, campaign_id),
            now=datetime.now(UTC),
            responses=await reports.get_responses(connection, campaign_id),
            preparing=await _preparing(connection, campaign),
            forecast=await forecasting.find(connection, campaign, of_campaign, pace=pace),
            pace=pace,
        )


async def _preparing(connection: Connection, campaign: Campaign) -> operation.Progress | None:
    """Return how far the expansion of a campaign under way is; None when it is expanded."""
    if campaign.expanded_at is not None or campaign.status not in UNDER_WAY:
        return None
    kind = OperationKind.EXPANSION
    found = await operations.find_active(connection, kind, campaign.id)
    return found.progress if found else operation.Progress(campaign.counts.total, None)


async def pause(database: Database, admin: Admin, campaign_id: int) -> None:
    """Pause the campaign. Raise Conflict when it is not running, NotAllowed, NotFound."""
    await _advance(database, admin, campaign_id, CampaignEvent.PAUSE)


async def resume(database: Database, admin: Admin, campaign_id: int) -> None:
    """Resume the campaign. Raise Conflict when it is not paused, NotAllowed, NotFound."""
    await _advance(database, admin, campaign_id, CampaignEvent.RESUME)


async def stop(database: Database, admin: Admin, campaign_id: int) -> None:
    """End the campaign: what is pending stays unsent. Raise Conflict, NotAllowed, NotFound."""
    await _advance(database, admin, campaign_id, CampaignEvent.CANCEL)


async def _advance(
    database: Database, admin: Admin, campaign_id: int, event: CampaignEvent
) -> None:
    async with database.transaction() as connection:
        campaign = await campaigns.advance(connection, campaign_id, event, admin_id=admin.id)
        if not admin.may_change(campaign.created_by):
            raise NotAllowed("campaign", campaign_id, admin.id)
        await audit.add(connection, admin.id, _ACTS[event], "campaign", campaign_id)
