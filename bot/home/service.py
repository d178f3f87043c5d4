"""What the dashboard shows of every feature."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.home.view_model import Overview
from db import forecasting
from db.models.campaign import CampaignStatus
from db.pool import Database
from db.queries import accounts, campaigns, contact_lists, templates

UNDER_WAY = [CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SCHEDULED]
MOST_CAMPAIGNS = 5  # of each kind


async def overview(database: Database) -> Overview:
    """Return what is under way, what is drafted, and whether a campaign can be built."""
    async with database.connection() as connection:
        under_way = await campaigns.page(connection, UNDER_WAY, limit=MOST_CAMPAIGNS)
        drafts = await campaigns.page(connection, [CampaignStatus.DRAFT], limit=MOST_CAMPAIGNS)
        return Overview(
            under_way=tuple(under_way),
            drafts=tuple(drafts),
            accounts=tuple(await accounts.page(connection)),
            has_lists=bool(await contact_lists.page(connection, limit=1)),
            has_templates=bool(await templates.page(connection, limit=1)),
            now=datetime.now(UTC),
            forecasts=await forecasting.find_each(connection, under_way),
        )
