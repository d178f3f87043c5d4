"""Turns claimed rows into attempts: freezes the account, person, content and random_id of each.

Nothing leaves before the freeze is committed. From then on a row goes out as it was frozen, however
often it is attempted.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.models.account import Peer
from db.models.campaign import Mode
from db.models.delivery import Claim, Claimed, Frozen, Judged, Verdict
from db.models.installation import Installation
from db.models.reason import Reason
from db.pool import Database
from db.queries import freezes
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.addressing import DUE_AGAIN_AFTER, Addressed, Addresses, Addressing
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
        prepared_at: float,
    ) -> tuple[list[Attempt], list[tuple[Sender, list[Claimed]]]]:
        """Return the attempts to make, and for each account the rows whose person must be resolved.

        The attempts have their departures. All other rows are ended or given back. `prepared_at` is
        a moment before the budgets of the senders were read, on the loop's clock.
        """
        _, found, rendering = await asyncio.gather(  # of one round trip
            self._skip(plan, claim.to_skip),
            self._addressing.address(plan, claim.rows, senders),
            find_rendering(self._database, plan.template, plan.ending, claim.rows),
        )
        granted = await self._within_quota(plan, found, senders)
        frozen = await self._freeze(plan, granted, rendering)
        return self._attempts(plan, frozen, clock, departures, prepared_at), found.to_resolve

    async def prepare_resolved(
        self,
        plan: Plan,
        sender: Sender,
        rows: Sequence[Claimed],
        clock: DatabaseClock,
        departures: Departures,
    ) -> list[Attempt]:
        """Resolve the contacts of these rows, which may take seconds; return the attempts."""
        if not (resolved := await self._addressing.resolve(plan, sender, rows)):
            return []
        prepared_at = asyncio.get_running_loop().time()
        found = [one.row for one in resolved]
        moments = await self._quotas.grant_messages(plan.campaign, sender.account_id, found)
        granted = await self._allowed(resolved, moments, [sender], plan.campaign.zone)
        rendering = await find_rendering(self._database, plan.template, plan.ending, found)
        frozen = await self._freeze(plan, granted, rendering)
        return self._attempts(plan, frozen, clock, departures, prepared_at)

    async def _skip(self, plan: Plan, rows: Sequence[Claimed]) -> None:
        """End the rows that must not be sent; postpone those that may be sent later."""
        later = []
        for row in rows:
            if row.wait_until is not None and row.skip_reason == Reason.FREQUENCY:
                later.append((row, row.wait_until))
            else:
                self._settler.settle_unsent(row, row.skip_reason or "")
        await self._wait(plan, later)

    async def _wait(self, plan: Plan, rows: Sequence[tuple[Claimed, datetime]]) -> None:
        """Postpone rows whose person got another campaign's message; or skip them, as chosen."""
        if plan.campaign.frequency_skips:
            for row, _ in rows:
                self._settler.settle_unsent(row, Reason.FREQUENCY)
        elif rows:
            await self._settler.postpone(rows, Reason.FREQUENCY)

    async def _within_quota(
        self, plan: Plan, found: Addresses, senders: Sequence[Sender]
    ) -> list[Addressed]:
        """Return the rows that their accounts may send now; a dry run has no accounts."""
        rows: defaultdict[int, list[Claimed]] = defaultdict(list)
        for one in found.ready:
            if one.sender is not None:
                rows[one.sender.account_id].append(one.row)
        if not rows:
            return found.ready
        budgets = {one.account_id: one.budget for one in senders if one.budget is not None}
        moments = await self._quotas.grant_batch(plan.campaign, rows, budgets, found.talking)
        return await self._allowed(found.ready, moments, senders, plan.campaign.zone)

    async def _allowed(
        self,
        addressed: list[Addressed],
        moments: Mapping[int, datetime],
        senders: Sequence[Sender],
        zone: str,
    ) -> list[Addressed]:
        """Return the rows with a moment, each with its own; give back the others.

        The rows of an account that has used up its day must not take the slots of the others.
        """
        for sender in senders:
            mine = [one.row for one in addressed if one.account_id == sender.account_id]
            if refused := [row for row in mine if row.id not in moments]:
                wait = timedelta() if sender.budget is None else sender.budget.wait(zone)
                await self._settler.give_all_back(refused, max(DUE_AGAIN_AFTER, wait))
        return [
            replace(one, allowed_at=moments[one.row.id])
            for one in addressed
            if one.row.id in moments
        ]

    async def _freeze(
        self, plan: Plan, addressed: list[Addressed], rendering: Rendering
    ) -> list[tuple[Addressed, Frozen]]:
        """Freeze what is about to be sent; return the rows that were frozen.

        The others are ended, postponed or given back, as the freeze has decided about their person.
        """
        if not addressed:
            return []
        wanted = [(one, self._frozen(plan, one, rendering)) for one in addressed]
        async with self._database.connection() as connection:
            judged = await freezes.freeze(
                connection, plan.campaign.id, [want for _, want in wanted]
            )
        frozen, later, lost = [], [], []
        for one, content in wanted:
            match judged[one.row.id]:
                case Judged(Verdict.FROZEN):
                    frozen.append((one, content))
                case Judged(Verdict.SUPPRESSED):
                    self._settler.settle_unsent(one.row, Reason.SUPPRESSED)
                case Judged(Verdict.SAME_PERSON):
                    self._settler.settle_unsent(one.row, Reason.SAME_PERSON)
                case Judged(Verdict.UNREACHABLE, reason=str(reason)):
                    self._settler.settle_unsent(one.row, reason)
                case Judged(Verdict.FREQUENCY, wait_until=datetime() as until):
                    later.append((one.row, until))
                case _:
                    lost.append(one.row)
        await asyncio.gather(self._wait(plan, later), self._settler.give_all_back(lost))
        return frozen

    def _attempts(
        self,
        plan: Plan,
        frozen: list[tuple[Addressed, Frozen]],
        clock: DatabaseClock,
        departures: Departures,
        prepared_at: float,
    ) -> list[Attempt]:
        if not frozen:
            return []
        closes_at = self._closes_at(plan, frozen[0][0].row, clock)
        return [
            self._attempt(plan, one, content, clock, departures, prepared_at, closes_at)
            for one, content in frozen
        ]

    def _frozen(self, plan: Plan, one: Addressed, rendering: Rendering) -> Frozen:
        row, peer = one.row, one.peer
        to_person = peer is None or peer.kind == "user"
        return Frozen(
            row.id,
            row.token,
            one.account_id,
            None if peer is None else row.person_id,
            None if peer is None else peer.peer_id,
            row.random_id or self._random_id(plan, row, peer),
            rendering.of(row.id, to_person=to_person),
        )

    def _random_id(self, plan: Plan, row: Claimed, peer: Peer | None) -> int:
        """Return the random id of the person; of the row's place for copies to Saved Messages."""
        key, nonce = self._installation.random_id_key, plan.campaign.nonce
        if plan.campaign.random_id_of_contact:
            return random_id(key, nonce, str(row.contact_id), generation=row.generation)
        if peer is None:
            return random_id(key, nonce, "self", generation=row.generation, part=row.pos)
        recipient = f"{peer.kind}:{peer.peer_id}"
        return random_id(key, nonce, recipient, generation=row.generation)

    def _attempt(
        self,
        plan: Plan,
        one: Addressed,
        frozen: Frozen,
        clock: DatabaseClock,
        departures: Departures,
        prepared_at: float,
        closes_at: float,
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
            closes_at=closes_at,
            expires_at=clock.local(one.row.claimed_until),
            prepared_at=prepared_at,
        )

    def _closes_at(self, plan: Plan, row: Claimed, clock: DatabaseClock) -> float:
        """Return when the quiet hours after this row's slot begin; infinity without any."""
        quiet = plan.campaign.quiet_hours
        if quiet is None or plan.campaign.mode is not Mode.LIVE:
            return math.inf
        return clock.local(quiet.begin_after(row.slot_at, plan.campaign.zone))
