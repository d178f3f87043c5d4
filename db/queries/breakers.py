"""What keeps a campaign from going on: how its latest deliveries ended, and its quiet hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from db.models.breaker import WINDOW, Mark

if TYPE_CHECKING:
    from db.pool import Connection

GET_BRAKES = """
SELECT recent, CASE WHEN mode = 'live' THEN
    quiet_end(zone, quiet_from, quiet_until, clock_timestamp()) END AS quiet_end
FROM campaigns WHERE id = $1
"""


async def get(connection: Connection, campaign_id: int) -> tuple[str, datetime | None]:
    """The marks of the latest ends, the newest last (`db.models.breaker.Mark`); and when the
    quiet hours are over, None when it is not quiet now."""
    row = await connection.fetchrow(GET_BRAKES, campaign_id)
    assert row is not None
    return row["recent"], row["quiet_end"]


ADD_MARK = "UPDATE campaigns SET recent = right(recent || $2, $3) WHERE id = $1"


async def add(connection: Connection, campaign_id: int, mark: Mark) -> None:
    """Something that no delivery ended with: an opt-out, an answer that will never come."""
    await connection.execute(ADD_MARK, campaign_id, mark, WINDOW)
