"""Turns claimed rows into attempts: freezes the account, peer, content and random_id of each.

Nothing leaves before the freeze is committed. From then on a row goes out as it was frozen, however
often it is attempted.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from db.models.delivery import Claim, Claimed, Frozen
from db.models.installation import Installation
from db.models.reason import Reason
from db.pool import Database
from db.queries import deliveries
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.addressing import DUE_AGAIN_AFTER, Addressed, Addressing, person_hash
from sender.engine.attempt import Attempt
from sender.engine.render import Rendering, find_rendering
from sender.engine.settler import Settler
from sender.outcome.random_id import random_id
from sender.pacing.database_clock import DatabaseClock
from sender.pacing.departures import Departures
from sender.telegram import gateway


class Preparation:
    """Makes the attempts of a claim."""

    def __init__(
        self,
        database: Database,
        installation: Installation,
        addressing: Addressing,
        quotas: Quotas,
        settler: Settler,
    ) -> None:
        self._database, self._installation = database, installation
        self._addressing, self._quotas, self._settler = addressing, quotas, settler

    async def prepare(
        self,
        plan: Plan,
        claim: Claim,
        senders: Sequence[Sender],
        clock: DatabaseClock,
        departures: Departures,
    ) -> list[Attempt]:
        """Return the attempts to make, with their departures; end or give back the other rows."""
        prepared_at = asyncio.get_running_loop().time()
        for row in claim.to_skip:
            self._settler.settle_unsent(row, row.skip_reason or "")
        addressed = await self._addressing.address(plan, claim.rows, senders)
        granted = await self._within_quota(plan, addressed)
        frozen = await self._freeze(plan, granted)
        return [
            self._attempt(plan, one, content, clock, departures, prepared_at)
            for one, content in frozen
        ]

    async def _within_quota(self, plan: Plan, addressed: list[Addressed]) -> list[Addressed]:
        """Return the rows that their accounts may send now, each with the moment granted for it.

        The others are given back. A dry run has no accounts and returns all rows.
        """
        rows: defaultdict[int, list[Claimed]] = defaultdict(list)
        for one in addressed:
            if one.sender is not None:
                rows[one.sender.account_id].append(one.row)
        if not rows:
            return addressed
        moments: dict[int, datetime] = {}
        for account_id, mine in rows.items():
            granted = await self._quotas.grant_messages(plan.campaign, account_id, mine)
            for row in mine:
                if row.id not in granted:
                    await self._settler.give_back(row, DUE_AGAIN_AFTER)
            moments |= granted
        return [
            replace(one, allowed_at=moments[one.row.id])
            for one in addressed
            if one.row.id in moments
        ]

    async def _freeze(
        self, plan: Plan, addressed: list[Addressed]
    ) -> list[tuple[Addressed, Frozen]]:
        """Freeze what is about to be sent; return the rows that were frozen and end the others.

        A row whose claim or whose account's lease was lost meanwhile is given back.
        """
        if not addressed:
            return []
        rows = [one.row for one in addressed]
        rendering = await find_rendering(self._database, plan.template, plan.ending, rows)
        wanted = [self._frozen(plan, one, rendering) for one in addressed]
        async with self._database.connection() as connection:
            kept, doubles, barred = await deliveries.freeze(connection, plan.campaign.id, wanted)
        frozen = []
        for one, content in zip(addressed, wanted, strict=True):
            if one.row.id in doubles:
                self._settler.settle_unsent(one.row, Reason.SAME_PERSON)
            elif one.row.id in barred:
                self._settler.settle_unsent(one.row, Reason.SUPPRESSED)
            elif one.row.id not in kept:
                await self._settler.give_back(one.row)
            else:
                frozen.append((one, content))
        return frozen

    def _frozen(self, plan: Plan, one: Addressed, rendering: Rendering) -> Frozen:
        row = one.row
        to_person = one.peer is None or one.peer.kind == "user"
        number = row.random_id or random_id(
            self._installation.random_id_key, plan.campaign.nonce, row.contact_id
        )
        return Frozen(
            row.id,
            row.token,
            None if one.sender is None else one.sender.account_id,
            None if one.peer is None else one.peer.peer_id,
            number,
            rendering.of(row.id, to_person=to_person),
            person_hash(self._installation.suppression_key, one.peer),
        )

    def _attempt(
        self,
        plan: Plan,
        one: Addressed,
        frozen: Frozen,
        clock: DatabaseClock,
        departures: Departures,
        prepared_at: float,
    ) -> Attempt:
        message = None
        if one.sender is not None:
            message = gateway.Message(one.peer, frozen.content, one.sender.media, frozen.random_id)
        moment = clock.local(one.allowed_at or one.row.slot_at)
        return Attempt(
            campaign=plan.campaign,
            row=one.row,
            account_id=frozen.account_id,
            message=message,
            departures=departures,
            slot=clock.local(one.row.slot_at),
            departs_at=departures.plan(moment, asyncio.get_running_loop().time()),
            expires_at=clock.local(one.row.claimed_until),
            prepared_at=prepared_at,
        )
