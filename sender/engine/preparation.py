"""Turns claimed rows into frozen attempts: who, what, under which random_id, written down first.

Nothing leaves before the freeze is committed. After it a row goes out as it was frozen, however
often it is tried.
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
from sender.engine.addressing import LOOK_AGAIN, Addressed, Addressing, person_hash
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
        this: Installation,
        addressing: Addressing,
        quotas: Quotas,
        settler: Settler,
    ) -> None:
        self._database, self._this = database, this
        self._addressing, self._quotas, self._settler = addressing, quotas, settler

    async def prepare(
        self,
        plan: Plan,
        claim: Claim,
        senders: Sequence[Sender],
        clock: DatabaseClock,
        departures: Departures,
    ) -> list[Attempt]:
        """Return the attempts that may go out, each with its departure; end or return the rest."""
        prepared = asyncio.get_running_loop().time()
        for row in claim.to_skip:
            self._settler.settle_unsent(row, row.skip_reason or "")
        addressed = await self._addressing.address(plan, claim.rows, senders)
        granted = await self._within_quota(plan, addressed)
        frozen = await self._freeze(plan, granted)
        return [
            self._attempt(plan, one, fixed, clock, departures, prepared) for one, fixed in frozen
        ]

    async def _within_quota(self, plan: Plan, addressed: list[Addressed]) -> list[Addressed]:
        """Return the rows that their accounts may send now, each with its account's moment."""
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
                    await self._settler.give_back(row, LOOK_AGAIN)
            moments |= granted
        return [
            replace(one, allowed_at=moments[one.row.id])
            for one in addressed
            if one.row.id in moments
        ]

    async def _freeze(
        self, plan: Plan, addressed: list[Addressed]
    ) -> list[tuple[Addressed, Frozen]]:
        """Write down what is about to be sent, and return what was written down."""
        if not addressed:
            return []
        rows = [one.row for one in addressed]
        rendering = await find_rendering(self._database, plan.template, plan.ending, rows)
        fixed = [self._fixed(plan, one, rendering) for one in addressed]
        async with self._database.connection() as connection:
            kept, doubles, barred = await deliveries.freeze(connection, plan.campaign.id, fixed)
        frozen = []
        for one, freezing in zip(addressed, fixed, strict=True):
            if one.row.id in doubles:
                self._settler.settle_unsent(one.row, Reason.SAME_PERSON)
            elif one.row.id in barred:
                self._settler.settle_unsent(one.row, Reason.SUPPRESSED)
            elif one.row.id not in kept:
                await self._settler.give_back(one.row)
            else:
                frozen.append((one, freezing))
        return frozen

    def _fixed(self, plan: Plan, one: Addressed, rendering: Rendering) -> Frozen:
        row = one.row
        to_person = one.peer is None or one.peer.kind == "user"
        number = row.random_id or random_id(
            self._this.random_id_key, plan.campaign.nonce, row.contact_id
        )
        return Frozen(
            row.id,
            row.token,
            None if one.sender is None else one.sender.account_id,
            None if one.peer is None else one.peer.peer_id,
            number,
            rendering.of(row.id, to_person=to_person),
            person_hash(self._this.suppression_key, one.peer),
        )

    def _attempt(
        self,
        plan: Plan,
        one: Addressed,
        fixed: Frozen,
        clock: DatabaseClock,
        departures: Departures,
        prepared: float,
    ) -> Attempt:
        message = None
        if one.sender is not None:
            message = gateway.Message(one.peer, fixed.content, one.sender.media, fixed.random_id)
        moment = clock.local(one.allowed_at or one.row.slot_at)
        return Attempt(
            campaign=plan.campaign,
            row=one.row,
            account_id=fixed.account_id,
            message=message,
            departures=departures,
            slot=clock.local(one.row.slot_at),
            departs=departures.plan(moment, asyncio.get_running_loop().time()),
            expires=clock.local(one.row.claimed_until),
            prepared=prepared,
        )
