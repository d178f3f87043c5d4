"""Which messages show a campaign's progress and are edited as it changes."""

from __future__ import annotations

from db.models.campaign import CampaignStatus
from db.models.report import CampaignCard
from db.pool import Database
from db.queries import campaign_cards


async def page(database: Database) -> list[tuple[CampaignCard, CampaignStatus]]:
    """Return every card with the present status of its campaign."""
    async with database.connection() as connection:
        return await campaign_cards.page(connection)


async def put(database: Database, card: CampaignCard) -> None:
    """Make this message the campaign's only card in its chat."""
    async with database.connection() as connection:
        await campaign_cards.put(connection, card)


async def forget(database: Database, chat_id: int, message_id: int) -> None:
    """Stop editing the message; nothing happens when it is no card."""
    async with database.connection() as connection:
        await campaign_cards.forget(connection, chat_id, message_id)
