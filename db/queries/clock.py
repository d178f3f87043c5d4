"""The database's clock, by which slots, claims and leases are measured."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

GET_NOW = "SELECT clock_timestamp()"


async def get_now(connection: Connection) -> datetime:
    """Return the present moment, not the one at which the transaction began."""
    now: datetime = await connection.fetchval(GET_NOW)
    return now


READ_CLOCK = "SELECT read_clock($1, $2), clock_timestamp()"


async def read(
    connection: Connection, tolerance: timedelta, *, jumped: bool = False
) -> tuple[timedelta | None, datetime]:
    """Store a reading of the clock; return by how much the clock was set back, and the reading.

    When it was set back by more than `tolerance` since the latest stored reading, every moment that
    was computed from the wrong time is moved back by as much (migration 0022), and the admins are
    notified by a row of campaign_events. None: it was not. `jumped`: the caller has seen it jump
    ahead since its last reading.
    """
    row = await connection.fetchrow(READ_CLOCK, tolerance, jumped)
    assert row is not None
    return row[0], row[1]
