"""What campaigns came to: counts by reason, and every delivery with its contact."""

from __future__ import annotations

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
    """Why messages were not delivered, the most frequent reason first."""
    return tuple(
        ReasonCount(DeliveryStatus(row["status"]), row["reason"], row["people"])
        for row in await connection.fetch(COUNT_REASONS, campaign_id)
    )


GET_RESPONSES = "SELECT answered, seen, opted_out FROM campaigns WHERE id = $1"


async def get_responses(connection: Connection, campaign_id: int) -> Responses:
    """What came back from the people of a campaign that exists."""
    row = await connection.fetchrow(GET_RESPONSES, campaign_id)
    assert row is not None
    return Responses(**dict(row))


PAGE_LINES = """
SELECT d.pos, c.user_id, c.phone, c.username, d.status, d.reason, d.settled_at, d.message_id
FROM deliveries d JOIN contacts c ON c.id = d.contact_id
WHERE d.campaign_id = $1 ORDER BY d.pos
"""


async def page_lines(connection: Connection, campaign_id: int) -> list[ReportLine]:
    """Every delivery of the campaign in its order."""
    return [
        ReportLine(**dict(row) | {"status": DeliveryStatus(row["status"])})
        for row in await connection.fetch(PAGE_LINES, campaign_id)
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
    """(the template's name, the lists' names) of a campaign that exists."""
    row = await connection.fetchrow(NAME_PARTS, campaign_id)
    assert row is not None
    return row["template"], tuple(row["contact_lists"])
