"""The database's clock, which slots and leases are moments of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

GET_NOW = "SELECT clock_timestamp()"


async def get_now(connection: Connection) -> datetime:
    """What it says while it answers, not when the transaction began."""
    now: datetime = await connection.fetchval(GET_NOW)
    return now
