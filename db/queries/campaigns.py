"""Rows of campaigns and of their history."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from db.models.campaign import (
    Campaign,
    CampaignEvent,
    CampaignStatus,
    Counts,
    Mode,
    QuietHours,
    after,
    sources,
)
from db.models.errors import Conflict, NotFound
from db.models.rate import Rate

if TYPE_CHECKING:
    import asyncpg

    from db.pool import Connection

GET_CAMPAIGN = "SELECT * FROM campaigns WHERE id = $1"


async def get(connection: Connection, campaign_id: int) -> Campaign:
    """Return the campaign; raise NotFound when there is none."""
    if (row := await connection.fetchrow(GET_CAMPAIGN, campaign_id)) is None:
        raise NotFound("campaign", campaign_id)
    return _campaign(row)


LOCK_CAMPAIGN = "SELECT * FROM campaigns WHERE id = $1 FOR NO KEY UPDATE"


async def lock(connection: Connection, campaign_id: int) -> Campaign:
    """Return the campaign, locked until the transaction ends; raise NotFound when there is none."""
    if (row := await connection.fetchrow(LOCK_CAMPAIGN, campaign_id)) is None:
        raise NotFound("campaign", campaign_id)
    return _campaign(row)


PAGE_CAMPAIGNS = """
SELECT * FROM campaigns
WHERE ($1::text[] IS NULL OR status = ANY($1))
ORDER BY id DESC LIMIT $2 OFFSET $3
"""


async def page(
    connection: Connection,
    statuses: list[CampaignStatus] | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
) -> list[Campaign]:
    """Return campaigns, newest first; None for `statuses`: in any status."""
    rows = await connection.fetch(PAGE_CAMPAIGNS, statuses, limit, offset)
    return [_campaign(row) for row in rows]


ADVANCE_CAMPAIGN = """
WITH changed AS (
    UPDATE campaigns SET
        status = $2,
        starts_at = CASE WHEN $4 = 'schedule' THEN $7 ELSE starts_at END,
        started_at = CASE WHEN $4 = 'start' THEN now() ELSE started_at END,
        paused_at = CASE WHEN $2 = 'paused' THEN now() END,
        pause_reason = CASE WHEN $2 = 'paused' THEN $6 END,
        resumes_at = CASE WHEN $2 = 'paused' THEN $7::timestamptz END,
        finished_at = CASE WHEN $2 IN ('finished', 'cancelled') THEN now() END,
        recent = CASE WHEN $4 IN ('resume', 'reopen') THEN '' ELSE recent END
    WHERE id = $1 AND status = ANY($3)
    RETURNING *
), history AS (
    INSERT INTO campaign_events (campaign_id, event, status, admin_id, reason)
    SELECT id, $4, status, $5, $6 FROM changed
), called_off AS (
    UPDATE operations SET cancel_requested_at = now()
    WHERE kind = 'expansion' AND subject_id = $1 AND status IN ('queued', 'running')
      AND EXISTS (SELECT FROM changed WHERE status = 'cancelled')
)
SELECT * FROM changed
"""


async def advance(
    connection: Connection,
    campaign_id: int,
    event: CampaignEvent,
    *,
    admin_id: int | None = None,
    reason: str | None = None,
    moment: datetime | None = None,
) -> Campaign:
    """Change the status by `event`, add the history row, and return the campaign as changed.

    It is one compare-and-set. `moment` is when a scheduled campaign starts, or when a pause ends by
    itself. Raise Conflict when the present status does not allow the event, NotFound when there is
    no campaign. RESUME and REOPEN through this function begin a new window of the circuit breakers.
    A cancelled campaign's expansion is asked to stop.
    """
    allowed = sources(event)
    target = after(allowed[0], event)
    row = await connection.fetchrow(
        ADVANCE_CAMPAIGN, campaign_id, target, allowed, event, admin_id, reason, moment
    )
    if row is None:
        present = await get(connection, campaign_id)
        raise Conflict("campaign", campaign_id, present.status, event)
    return _campaign(row)


PAGE_ALIVE = (
    "SELECT * FROM campaigns WHERE status IN ('scheduled', 'running', 'paused') ORDER BY id"
)


async def page_alive(connection: Connection) -> list[Campaign]:
    """Return the campaigns that are scheduled, running or paused, oldest first."""
    return [_campaign(row) for row in await connection.fetch(PAGE_ALIVE)]


FINISH_CAMPAIGN = """
WITH finished AS (
    UPDATE campaigns SET status = 'finished', finished_at = now(),
        paused_at = NULL, pause_reason = NULL, resumes_at = NULL
    WHERE id = $1 AND status = ANY($2) AND expanded_at IS NOT NULL
      AND sent + failed + skipped + unknown = total
    RETURNING id
), history AS (
    INSERT INTO campaign_events (campaign_id, event, status)
    SELECT id, 'finish', 'finished' FROM finished
)
SELECT id FROM finished
"""


async def finish(connection: Connection, campaign_id: int) -> bool:
    """Finish the campaign when its every delivery is written and settled; return whether it did."""
    allowed = sources(CampaignEvent.FINISH)
    return await connection.fetchval(FINISH_CAMPAIGN, campaign_id, allowed) is not None


RESUME_IF_DUE = """
WITH resumed AS (
    UPDATE campaigns SET status = 'running', paused_at = NULL, pause_reason = NULL,
        resumes_at = NULL
    WHERE id = $1 AND status = ANY($2) AND resumes_at <= clock_timestamp()
    RETURNING id
), history AS (
    INSERT INTO campaign_events (campaign_id, event, status)
    SELECT id, 'resume', 'running' FROM resumed
)
SELECT id FROM resumed
"""


async def resume_if_due(connection: Connection, campaign_id: int) -> bool:
    """End a pause whose `resumes_at` has come; return whether this call did it.

    The window of the circuit breakers stays.
    """
    allowed = sources(CampaignEvent.RESUME)
    return await connection.fetchval(RESUME_IF_DUE, campaign_id, allowed) is not None


ADD_NOTE = """
INSERT INTO campaign_events (campaign_id, event, status, reason)
SELECT id, 'note', status, $2 FROM campaigns WHERE id = $1
"""


async def add_note(connection: Connection, campaign_id: int, reason: str) -> None:
    """Add a history row that changes no status, of which the admins are notified."""
    await connection.execute(ADD_NOTE, campaign_id, reason)


def _campaign(row: asyncpg.Record) -> Campaign:
    return Campaign(
        id=row["id"],
        nonce=row["nonce"],
        name=row["name"],
        status=CampaignStatus(row["status"]),
        mode=Mode(row["mode"]),
        template_id=row["template_id"],
        rate=Rate(row["rate_count"], row["rate_seconds"]),
        retry_limit=row["retry_limit"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        starts_at=row["starts_at"],
        started_at=row["started_at"],
        paused_at=row["paused_at"],
        pause_reason=row["pause_reason"],
        resumes_at=row["resumes_at"],
        finished_at=row["finished_at"],
        counts=Counts(
            total=row["total"],
            sent=row["sent"],
            failed=row["failed"],
            skipped=row["skipped"],
            unknown=row["unknown"],
        ),
        zone=row["zone"],
        quiet_hours=QuietHours.of(row["quiet_from"], row["quiet_until"]),
        frequency_hours=row["frequency_hours"],
        frequency_skips=row["frequency_skips"],
        expanded_at=row["expanded_at"],
        random_id_of_contact=row["random_id_of"] == "contact",
    )
