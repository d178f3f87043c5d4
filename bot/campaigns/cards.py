"""Which messages show a campaign's progress, and are edited as it moves."""

from __future__ import annotations

from db.models.campaign import CampaignStatus
from db.models.report import Card
from db.pool import Database
from db.queries import campaign_cards


async def page(database: Database) -> list[tuple[Card, CampaignStatus]]:
    """Every card with the status that its campaign has now."""
    async with database.connection() as connection:
        return await campaign_cards.page(connection)


async def put(database: Database, card: Card) -> None:
    async with database.connection() as connection:
        await campaign_cards.put(connection, card)


async def forget(database: Database, chat_id: int, message_id: int) -> None:
    """The message shows something else now, or the last that will change."""
    async with database.connection() as connection:
        await campaign_cards.forget(connection, chat_id, message_id)
