"""The database's clock, by which slots, claims and leases are measured."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

GET_NOW = "SELECT clock_timestamp()"


async def get_now(connection: Connection) -> datetime:
    """Return the present moment, not the one at which the transaction began."""
    now: datetime = await connection.fetchval(GET_NOW)
    return now
