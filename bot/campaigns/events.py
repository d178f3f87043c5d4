"""The campaigns' history that the admins have not been notified of."""

from __future__ import annotations

from db.models.campaign import CampaignHistory
from db.pool import Database
from db.queries import campaign_events


async def page_unnotified(database: Database) -> list[CampaignHistory]:
    """Return events that the admins were not notified of, the oldest first."""
    async with database.connection() as connection:
        return await campaign_events.page_unnotified(connection)


async def mark_notified(database: Database, event_id: int) -> None:
    """Record that the admins were notified of the event."""
    async with database.connection() as connection:
        await campaign_events.mark_notified(connection, event_id)
