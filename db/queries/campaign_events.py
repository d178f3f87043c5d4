"""Rows of campaign_events: the history of campaigns, which the admins are notified of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.campaign import CampaignHistory, CampaignStatus

if TYPE_CHECKING:
    from db.pool import Connection

PAGE_UNNOTIFIED_CAMPAIGN_EVENTS = """
SELECT id, campaign_id, at, event, status, admin_id, reason
FROM campaign_events WHERE notified_at IS NULL ORDER BY id LIMIT $1
"""


async def page_unnotified(connection: Connection, *, limit: int = 20) -> list[CampaignHistory]:
    """Return up to `limit` events without notices to the admins, oldest first."""
    return [
        CampaignHistory(**{**dict(row), "status": CampaignStatus(row["status"])})
        for row in await connection.fetch(PAGE_UNNOTIFIED_CAMPAIGN_EVENTS, limit)
    ]


FIND_CAMPAIGN_EVENT = """
SELECT id, campaign_id, at, event, status, admin_id, reason FROM campaign_events WHERE id = $1
"""


async def find(connection: Connection, event_id: int) -> CampaignHistory | None:
    """Return the event; None when its campaign was deleted."""
    if (row := await connection.fetchrow(FIND_CAMPAIGN_EVENT, event_id)) is None:
        return None
    return CampaignHistory(**{**dict(row), "status": CampaignStatus(row["status"])})


MARK_CAMPAIGN_EVENT_NOTIFIED = """
UPDATE campaign_events SET notified_at = now() WHERE id = $1 AND notified_at IS NULL
"""


async def mark_notified(connection: Connection, event_id: int) -> None:
    """Record that the notices of this event are written; the first moment stands."""
    await connection.execute(MARK_CAMPAIGN_EVENT_NOTIFIED, event_id)


FIND_RUNS = """
SELECT campaign_id, max(id) AS run FROM campaign_events
WHERE campaign_id = ANY($1) AND event IN ('start', 'resume') GROUP BY 1
"""


async def find_runs(connection: Connection, campaign_ids: list[int]) -> dict[int, int]:
    """Return the id of the event by which each of these campaigns last began to run."""
    rows = await connection.fetch(FIND_RUNS, campaign_ids)
    return {row["campaign_id"]: row["run"] for row in rows}
