"""Pauses campaigns for reasons that the sender finds."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from db.models.campaign import CampaignEvent
from db.models.errors import Conflict
from db.pool import Database
from db.queries import campaigns


async def pause(
    database: Database, campaign_id: int, reason: str, resumes_at: datetime | None = None
) -> None:
    """Pause the campaign, until `resumes_at` if given; do nothing when it does not run."""
    with suppress(Conflict):
        async with database.transaction() as connection:
            await campaigns.advance(
                connection, campaign_id, CampaignEvent.PAUSE, reason=reason, moment=resumes_at
            )


async def pause_all(database: Database, reason: str) -> None:
    """Pause every campaign: nothing can be sent before an admin has removed the cause."""
    async with database.connection() as connection:
        alive = await campaigns.page_alive(connection)
    for campaign in alive:
        await pause(database, campaign.id, reason)
