"""Results of campaigns: counts by reason, responses, and every delivery with its contact."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from db.models.delivery import DeliveryStatus
from db.models.report import ReasonCount, ReportLine, Responses

if TYPE_CHECKING:
    from db.pool import Connection

COUNT_REASONS = """
SELECT status, coalesce(reason, '') AS reason, count(*) AS people FROM deliveries
WHERE campaign_id = $1 AND status IN ('failed', 'skipped', 'unknown')
GROUP BY 1, 2 ORDER BY people DESC, 1, 2
"""


async def count_reasons(connection: Connection, campaign_id: int) -> tuple[ReasonCount, ...]:
    """Count the undelivered messages by status and reason, the most frequent first."""
    return tuple(
        ReasonCount(DeliveryStatus(row["status"]), row["reason"], row["people"])
        for row in await connection.fetch(COUNT_REASONS, campaign_id)
    )


GET_RESPONSES = "SELECT answered, seen, opted_out FROM campaigns WHERE id = $1"


async def get_responses(connection: Connection, campaign_id: int) -> Responses:
    """Count the responses to an existing campaign."""
    row = await connection.fetchrow(GET_RESPONSES, campaign_id)
    assert row is not None
    return Responses(**dict(row))


STREAM_LINES = """
SELECT d.pos, coalesce(c.user_id, d.peer_id) AS user_id, c.phone, c.username, d.status, d.reason,
    d.settled_at, d.message_id
FROM deliveries d JOIN contacts c ON c.id = d.contact_id
WHERE d.campaign_id = $1 ORDER BY d.pos
"""


async def stream_lines(
    connection: Connection, campaign_id: int, page: int
) -> AsyncIterator[list[ReportLine]]:
    """Yield every delivery of the campaign in its order, up to `page` at a time.

    Inside a transaction: the server keeps the cursor, so no more than a page is in memory.
    """
    cursor = await connection.cursor(STREAM_LINES, campaign_id)
    while rows := await cursor.fetch(page):
        yield [
            ReportLine(
                pos=row["pos"],
                user_id=row["user_id"],
                phone=row["phone"],
                username=row["username"],
                status=DeliveryStatus(row["status"]),
                reason=row["reason"],
                settled_at=row["settled_at"],
                message_id=row["message_id"],
            )
            for row in rows
        ]


NAME_PARTS = """
SELECT
    coalesce((SELECT name FROM templates WHERE id = c.template_id), '') AS template,
    ARRAY(
        SELECT l.name FROM campaign_contact_lists m JOIN contact_lists l ON l.id = contact_list_id
        WHERE m.campaign_id = c.id AND NOT m.excluded ORDER BY l.id
    ) AS contact_lists
FROM campaigns c WHERE c.id = $1
"""


async def name_parts(connection: Connection, campaign_id: int) -> tuple[str, tuple[str, ...]]:
    """Return (the template's name, the lists' names) of an existing campaign."""
    row = await connection.fetchrow(NAME_PARTS, campaign_id)
    assert row is not None
    return row["template"], tuple(row["contact_lists"])
