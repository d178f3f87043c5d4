"""Grants what accounts may send and look up now, by their caps.

A grant is counted when it is given, before anything leaves. A process that dies in between leaves a
grant unused; no cap is ever exceeded.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from db.models.campaign import Campaign, Mode
from db.models.caps import Budget, SlotRequest
from db.models.delivery import Claimed
from db.models.reason import Reason
from db.pool import Database
from db.queries import caps, grants, peers
from sender.outcome.outcome import Wait

LOOKUP_PATIENCE = timedelta(seconds=10)  # the longest wait for the turn of a look-up


class Quotas:
    """Decides what the caps of accounts allow; the caller acts on it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def grant_batch(
        self,
        campaign: Campaign,
        rows: Mapping[int, Sequence[Claimed]],
        budgets: Mapping[int, Budget],
        talking: Collection[tuple[int, int | None]],
    ) -> dict[int, datetime]:
        """Grant as `grant_messages` does, for several accounts in one round trip.

        `rows` and `budgets`, which were read before, are by account id. `talking` are the (account,
        person) with a conversation. An account whose budget has changed meanwhile is asked under a
        lock.
        """
        if campaign.mode is not Mode.LIVE:
            return {row.id: row.slot_at for mine in rows.values() for row in mine}
        granted = {
            account_id: budgets[account_id].grant(
                [_request(row, (account_id, row.person_id) in talking) for row in mine]
            )
            for account_id, mine in rows.items()
        }
        async with self._database.connection() as connection:
            counted = await grants.count_unchanged(
                connection, campaign.zone, list(granted.values())
            )
        moments: dict[int, datetime] = {}
        for account_id, mine in rows.items():
            if account_id in counted:
                moments |= _moments(mine, granted[account_id].moments)
            else:
                moments |= await self.grant_messages(campaign, account_id, mine)
        return moments

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
            requests = [_request(row, row.person_id in talking) for row in rows]
            moments = await caps.claim_slots(connection, account_id, campaign.zone, requests)
        return _moments(rows, moments)

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


def _request(row: Claimed, talking: bool) -> SlotRequest:
    pinned = row.account_id is not None
    return SlotRequest(row.slot_at, first=not talking and not pinned, counted=pinned)


def _moments(rows: Sequence[Claimed], moments: Sequence[datetime | None]) -> dict[int, datetime]:
    return {row.id: at for row, at in zip(rows, moments, strict=True) if at is not None}
