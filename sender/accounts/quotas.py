"""Grants what accounts may send and look up now, by their caps.

A grant is counted when it is given, before anything leaves. A process that dies in between leaves a
grant unused; no cap is ever exceeded.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Sequence
from datetime import datetime, timedelta

from db.models.campaign import Campaign, Mode
from db.models.caps import SlotRequest
from db.models.delivery import Claimed
from db.models.reason import Reason
from db.pool import Database
from db.queries import caps, peers
from sender.outcome.outcome import Wait

LOOKUP_PATIENCE = timedelta(seconds=10)  # the longest wait for the turn of a look-up


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
        people = [row.person_id for row in rows if row.person_id is not None]
        async with self._database.transaction() as connection:
            talking = await peers.find_talking(connection, account_id, people)
            wishes = [
                SlotRequest(
                    row.slot_at,
                    first=row.person_id not in talking and row.account_id is None,
                    counted=row.account_id is not None,
                )
                for row in rows
            ]
            moments = await caps.claim_slots(connection, account_id, campaign.zone, wishes)
        return {row.id: at for row, at in zip(rows, moments, strict=True) if at is not None}

    async def wait_for_lookup(self, campaign: Campaign, account_id: int) -> Wait | None:
        """Count one look-up of a username or phone, and wait until it may be made.

        Return a Wait instead when today's look-ups are used up, or the account may look up no one
        for longer than LOOKUP_PATIENCE.
        """
        async with self._database.connection() as connection:
            wait = await caps.claim_lookup(connection, account_id, campaign.zone, LOOKUP_PATIENCE)
        if wait is None:
            return Wait(1, Reason.CAP_LOOKUPS_PER_DAY)
        await sleep(wait.total_seconds())
        return None
