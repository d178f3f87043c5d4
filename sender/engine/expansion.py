"""Expands a campaign that has begun: writes its deliveries in chunks, before any is claimed.

The sender does it, not the bot, because a scheduled campaign starts also where no bot runs.
"""

from __future__ import annotations

from contextlib import suppress

from db.models.campaign import CampaignEvent
from db.models.errors import Conflict
from db.models.operation import Operation, OperationStatus
from db.models.reason import Reason
from db.pool import Connection, Database
from db.queries import campaigns, expansion
from db.work import Context


class Expansion:
    """The worker's `Work` for expansions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, context: Context) -> None:
        """Write chunk after chunk; the campaign's row says where the next one begins."""
        last = False
        while not last:
            async with self._database.transaction() as connection:
                chunk = await expansion.expand(connection, context.operation.subject_id)
                await context.checkpoint(connection, context.progress.done + chunk.looked)
                last = chunk.last

    async def undo(self, connection: Connection, operation: Operation) -> None:
        """Keep what was written: it is claimed when the rest is. A failure pauses the campaign,
        and resuming it queues the expansion again."""
        if operation.status is OperationStatus.FAILED:
            with suppress(Conflict):
                event = CampaignEvent.PAUSE
                await campaigns.advance(
                    connection, operation.subject_id, event, reason=Reason.EXPANSION_FAILED
                )

    async def notify(self, operation: Operation) -> None:
        """Do nothing: the campaign's card and events tell it."""
