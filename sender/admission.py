"""What accounts may send and look up now: their caps are asked and moved before anything leaves.

What is counted stays counted: if we die before it leaves, a cap is reached sooner, never exceeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.models.campaign import Campaign, Mode
from db.models.caps import Wish
from db.models.delivery import Claimed
from db.pool import Database
from db.queries import caps
from sender.consequences import Consequences

LOOK_AGAIN = timedelta(seconds=2)


class Admission:
    """Lets rows through as far as the caps of their account allow; the others are given back."""

    def __init__(self, database: Database, consequences: Consequences) -> None:
        self._database, self._consequences = database, consequences

    async def to_send(
        self, campaign: Campaign, account_id: int, rows: Sequence[Claimed]
    ) -> dict[int, datetime]:
        """When the account may send them, by their ids, of those that it may send."""
        if campaign.mode is not Mode.LIVE:
            return {row.id: row.slot_at for row in rows}
        contacts = [row.contact_id for row in rows]
        async with self._database.transaction() as connection:
            talked = await caps.find_talked(connection, account_id, contacts)
            wishes = [
                Wish(
                    row.slot_at,
                    first=row.contact_id not in talked and row.account_id is None,
                    counted=row.account_id is not None,
                )
                for row in rows
            ]
            moments = await caps.take(connection, account_id, campaign.zone, wishes)
        admitted = {}
        for row, moment in zip(rows, moments, strict=True):
            if moment is None:
                await self._consequences.give_back(row, LOOK_AGAIN)
            else:
                admitted[row.id] = moment
        return admitted

    async def to_look_up(
        self, campaign: Campaign, account_id: int, rows: Sequence[Claimed]
    ) -> list[Claimed]:
        """Those whose name or number the account may look up today, and those without either."""
        named = [row for row in rows if row.identity.username or row.identity.phone]
        if not named:
            return list(rows)
        async with self._database.transaction() as connection:
            granted = await caps.take_lookups(connection, account_id, campaign.zone, len(named))
        refused = {row.id for row in named[granted:]}
        for row in named[granted:]:
            await self._consequences.give_back(row, LOOK_AGAIN)
        return [row for row in rows if row.id not in refused]
