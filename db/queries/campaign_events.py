"""Rows of the campaigns' history, as the notifier reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.campaign import CampaignHistory, CampaignStatus

if TYPE_CHECKING:
    from db.pool import Connection

PAGE_UNTOLD = "SELECT * FROM campaign_events WHERE told_at IS NULL ORDER BY id LIMIT $1"


async def page_untold(connection: Connection, *, limit: int = 20) -> list[CampaignHistory]:
    """What the admins have not been told yet, oldest first."""
    return [
        CampaignHistory(
            id=row["id"],
            campaign_id=row["campaign_id"],
            at=row["at"],
            event=row["event"],
            status=CampaignStatus(row["status"]),
            admin_id=row["admin_id"],
            reason=row["reason"],
        )
        for row in await connection.fetch(PAGE_UNTOLD, limit)
    ]


MARK_TOLD = "UPDATE campaign_events SET told_at = now() WHERE id = $1 AND told_at IS NULL"


async def mark_told(connection: Connection, event_id: int) -> None:
    await connection.execute(MARK_TOLD, event_id)
