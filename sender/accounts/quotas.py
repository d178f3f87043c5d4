"""Grants what accounts may send and look up now, by their caps.

A grant is counted when it is given, before anything leaves. A process that dies in between leaves a
grant unused; no cap is ever exceeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db.models.campaign import Campaign, Mode
from db.models.caps import SlotRequest
from db.models.delivery import Claimed
from db.pool import Database
from db.queries import caps


class Quotas:
    """Decides what the caps of accounts allow; the caller acts on it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def grant_messages(
        self, campaign: Campaign, account_id: int, rows: Sequence[Claimed]
    ) -> dict[int, datetime]:
        """Count the messages that the account may send, and return their moments by delivery id.

        A row that is not in the result may not be sent now. Only live campaigns are counted.
        """
        if campaign.mode is not Mode.LIVE:
            return {row.id: row.slot_at for row in rows}
        contacts = [row.contact_id for row in rows]
        async with self._database.transaction() as connection:
            talked = await caps.find_talked(connection, account_id, contacts)
            wishes = [
                SlotRequest(
                    row.slot_at,
                    first=row.contact_id not in talked and row.account_id is None,
                    counted=row.account_id is not None,
                )
                for row in rows
            ]
            moments = await caps.claim_slots(connection, account_id, campaign.zone, wishes)
        return {row.id: at for row, at in zip(rows, moments, strict=True) if at is not None}

    async def grant_lookups(self, campaign: Campaign, account_id: int, wanted: int) -> int:
        """Count up to `wanted` look-ups of names or numbers, and return how many are allowed."""
        if wanted == 0:
            return 0
        async with self._database.transaction() as connection:
            return await caps.claim_lookups(connection, account_id, campaign.zone, wanted)
