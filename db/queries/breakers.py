"""The window of a campaign's circuit breakers: how its latest deliveries ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.breaker import WINDOW, Mark

if TYPE_CHECKING:
    from db.pool import Connection

GET_RECENT = "SELECT recent FROM campaigns WHERE id = $1"


async def get_recent(connection: Connection, campaign_id: int) -> str:
    """The marks of the latest ends, the newest last (`db.models.breaker.Mark`)."""
    recent: str = await connection.fetchval(GET_RECENT, campaign_id)
    return recent


ADD_MARK = "UPDATE campaigns SET recent = right(recent || $2, $3) WHERE id = $1"


async def add(connection: Connection, campaign_id: int, mark: Mark) -> None:
    """Something that no delivery ended with: an opt-out, an answer that will never come."""
    await connection.execute(ADD_MARK, campaign_id, mark, WINDOW)
