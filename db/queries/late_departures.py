"""Rows of late_departures: messages that left well after their slot.

The other processes of a campaign read them to keep the rate. They are useful for seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

ADD_LATE_DEPARTURES = """
WITH forgotten AS (
    DELETE FROM late_departures
    WHERE campaign_id = $1 AND departed_at < clock_timestamp() - 2 * $2::interval
)
INSERT INTO late_departures (campaign_id, slot_at, departed_at)
SELECT $1, * FROM unnest($3::timestamptz[], $4::timestamptz[])
"""


async def add(
    connection: Connection,
    campaign_id: int,
    window: timedelta,
    late: Sequence[tuple[datetime, datetime]],
) -> None:
    """Add these (slot, departure), at least one, and delete rows older than two windows."""
    slots, departures = zip(*late, strict=True)
    await connection.execute(ADD_LATE_DEPARTURES, campaign_id, window, slots, departures)


FIND_LATE_DEPARTURES = """
SELECT slot_at, departed_at FROM late_departures
WHERE campaign_id = $1 AND departed_at >= clock_timestamp() - $2::interval
"""


async def find(
    connection: Connection, campaign_id: int, window: timedelta
) -> list[tuple[datetime, datetime]]:
    """Return (slot, departure) of the messages that left within the last `window`."""
    found = await connection.fetch(FIND_LATE_DEPARTURES, campaign_id, window)
    return [(row["slot_at"], row["departed_at"]) for row in found]
