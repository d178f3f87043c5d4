"""The dashboard's overview."""

from __future__ import annotations

from datetime import UTC, datetime

from db.models.campaign import CampaignStatus
from db.models.report import Overview
from db.pool import Database
from db.queries import accounts, campaigns, contact_lists, templates

ALIVE = [CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.SCHEDULED]
SHOWN = 5


async def overview(database: Database) -> Overview:
    """Return what is alive, what is drafted, and what is still missing for a first campaign."""
    async with database.connection() as connection:
        return Overview(
            alive=tuple(await campaigns.page(connection, ALIVE, limit=SHOWN)),
            drafts=tuple(await campaigns.page(connection, [CampaignStatus.DRAFT], limit=SHOWN)),
            accounts=tuple(await accounts.page(connection)),
            has_lists=bool(await contact_lists.page(connection, limit=1, offset=0)),
            has_templates=bool(await templates.page(connection, limit=1, offset=0)),
            now=datetime.now(UTC),
        )
