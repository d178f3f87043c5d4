"""What stops a running campaign by itself: its circuit breakers and its quiet hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from db.models.breaker import WINDOW, Mark

if TYPE_CHECKING:
    from db.pool import Connection

GET_BREAKERS = """
SELECT recent, CASE WHEN mode = 'live' THEN
    quiet_end(zone, quiet_from, quiet_until, clock_timestamp()) END AS quiet_end
FROM campaigns WHERE id = $1
"""


async def get(connection: Connection, campaign_id: int) -> tuple[str, datetime | None]:
    """Return the breakers' window and the end of the present quiet hours.

    The window has a letter (db.models.breaker.Mark) for each of the latest ends, newest last. The
    end is None outside quiet hours, and in a campaign that is not live. The campaign must exist.
    """
    row = await connection.fetchrow(GET_BREAKERS, campaign_id)
    assert row is not None
    return row["recent"], row["quiet_end"]


ADD_MARK = "UPDATE campaigns SET recent = right(recent || $2, $3) WHERE id = $1"


async def add(connection: Connection, campaign_id: int, mark: Mark) -> None:
    """Append a mark that is not the end of a delivery, such as an opt-out."""
    await connection.execute(ADD_MARK, campaign_id, mark, WINDOW)
