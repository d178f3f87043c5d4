"""Rows of live cards: the message of a chat that shows a campaign's progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.campaign import CampaignStatus
from db.models.report import CampaignCard

if TYPE_CHECKING:
    from db.pool import Connection

PAGE_CARDS = """
SELECT campaign_id, chat_id, message_id, status
FROM campaign_cards JOIN campaigns ON campaigns.id = campaign_id
ORDER BY campaign_id, chat_id
"""


async def page(connection: Connection) -> list[tuple[CampaignCard, CampaignStatus]]:
    """Return every card with the present status of its campaign."""
    return [
        (
            CampaignCard(row["campaign_id"], row["chat_id"], row["message_id"]),
            CampaignStatus(row["status"]),
        )
        for row in await connection.fetch(PAGE_CARDS)
    ]


PUT_CARD = """
INSERT INTO campaign_cards (campaign_id, chat_id, message_id) VALUES ($1, $2, $3)
ON CONFLICT (campaign_id, chat_id) DO UPDATE SET message_id = excluded.message_id
"""


async def put(connection: Connection, card: CampaignCard) -> None:
    """Make this message the campaign's only card in its chat."""
    await connection.execute(PUT_CARD, card.campaign_id, card.chat_id, card.message_id)


FORGET_CARD = "DELETE FROM campaign_cards WHERE chat_id = $1 AND message_id = $2"


async def forget(connection: Connection, chat_id: int, message_id: int) -> None:
    """Delete the card: its message shows another screen, or will not change any more."""
    await connection.execute(FORGET_CARD, chat_id, message_id)
