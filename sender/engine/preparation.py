"""From claimed rows to frozen attempts: whom, what, under which random_id – written down first.

Resolving asks Telegram, so it happens before a row is frozen; what went wrong there never was an
attempt. After the freeze is committed a row may only go out as it was frozen.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.models.account import Peer
from db.models.campaign import Mode
from db.models.contact import identity_hash
from db.models.delivery import Claim, Claimed, DeliveryStatus, Frozen
from db.models.installation import Installation
from db.pool import Database
from db.queries import acquaintances, deliveries, peers
from sender.accounts.assignment import Acquaintance, Left, spend
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.attempt import Attempt
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.render import Rendering, find_rendering
from sender.outcome.outcome import Ambiguous, Outcome, Unreachable
from sender.outcome.random_id import random_id
from sender.pacing.database_clock import DatabaseClock
from sender.pacing.departures import Departures
from sender.telegram import gateway
from sender.telegram.clients import Clients
from sender.telegram.resolve import resolve

AT_ONCE_RESOLVED = 8  # questions to Telegram at a time
LOOK_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Addressed:
    row: Claimed
    sender: Sender | None
    peer: Peer | None
    allowed_at: datetime | None = None  # by its account's caps


class Preparation:
    """Makes attempts of claims."""

    def __init__(
        self,
        database: Database,
        clients: Clients,
        installation: Installation,
        outcomes: OutcomeHandler,
    ) -> None:
        self._database, self._clients = database, clients
        self._installation, self._outcomes = installation, outcomes
        self._quotas = Quotas(database)

    async def prepare(
        self,
        plan: Plan,
        claim: Claim,
        senders: Sequence[Sender],
        clock: DatabaseClock,
        departures: Departures,
    ) -> list[Attempt]:
        """The attempts that may go out now, each with its departure; the rest is dealt with."""
        prepared = asyncio.get_running_loop().time()
        addressed = await self._admit(plan, await self._address(plan, claim.rows, senders))
        rows = [one.row for one in addressed]
        rendering = await find_rendering(self._database, plan.template, plan.ending, rows)
        frozen = [self._freeze(plan, one, rendering) for one in addressed]
        if not frozen:
            return []
        async with self._database.connection() as connection:
            kept, doubles, barred = await deliveries.freeze(connection, plan.campaign.id, frozen)
        attempts = []
        for one, fixed in zip(addressed, frozen, strict=True):
            if one.row.id in doubles:
                self._outcomes.settle(one.row, DeliveryStatus.SKIPPED, reason="same_person")
            elif one.row.id in barred:
                status = DeliveryStatus.UNKNOWN if one.row.asked else DeliveryStatus.SKIPPED
                self._outcomes.settle(one.row, status, reason="suppressed")
            elif one.row.id not in kept:
                await self._outcomes.give_back(one.row, timedelta())
            else:
                attempts.append(self._attempt(plan, one, fixed, clock, departures, prepared))
        return attempts

    async def _address(
        self, plan: Plan, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[_Addressed]:
        if plan.campaign.mode is Mode.DRY_RUN:
            return [_Addressed(row, None, None) for row in rows]
        chosen = await self._choose(rows, senders)
        if plan.campaign.mode is Mode.TEST:
            return [_Addressed(row, sender, None) for row, sender in chosen]
        found: list[_Addressed] = []
        for sender in senders:
            mine = [row for row, own in chosen if own is sender]
            known = await self._known(sender, mine)
            found += [
                _Addressed(r, sender, known[r.contact_id]) for r in mine if r.contact_id in known
            ]
            strangers = [row for row in mine if row.contact_id not in known]
            found += await self._resolve(plan, sender, strangers)
        return sorted(found, key=lambda one: one.row.slot_at)

    async def _choose(
        self, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[tuple[Claimed, Sender]]:
        """Each row with the account that writes to it: the one it is pinned to, else the best."""
        by_id = {sender.account_id: sender for sender in senders}
        fresh = [row.contact_id for row in rows if row.account_id not in by_id]
        known: defaultdict[int, Acquaintance] = defaultdict(Acquaintance)
        left: dict[int, Left] = {}
        if fresh and len(by_id) > 1:
            async with self._database.connection() as connection:
                for contact_id, account_id, talking in await acquaintances.find(
                    connection, list(by_id), fresh
                ):
                    one = known[contact_id]
                    (one.talking if talking else one.knowing).add(account_id)
            left = {sender.account_id: sender.left_today() for sender in senders}
        return [
            (row, by_id[spend(row.account_id, known[row.contact_id], left, by_id)]) for row in rows
        ]

    async def _known(self, sender: Sender, rows: Sequence[Claimed]) -> dict[int, Peer]:
        async with self._database.connection() as connection:
            return await peers.find(connection, sender.account_id, [row.contact_id for row in rows])

    async def _resolve(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[_Addressed]:
        """Those found. A trouble of the account ends the search: the others are given back."""
        rows = await self._within_lookups(plan, sender, rows)
        found: list[_Addressed] = []
        gate, trouble = asyncio.Semaphore(AT_ONCE_RESOLVED), asyncio.Event()

        async def look_up(row: Claimed) -> None:
            async with gate:
                if trouble.is_set():
                    await self._outcomes.give_back(row, LOOK_AGAIN)
                    return
                answer = await resolve(sender.client, row.identity)
                if isinstance(answer, Peer):
                    hashed = self._person_hash(answer)
                    async with self._database.connection() as connection:
                        known = sender.account_id, row.contact_id, answer, hashed
                        await peers.keep(connection, *known)
                    found.append(_Addressed(row, sender, answer))
                    return
                if not isinstance(answer, Unreachable):
                    trouble.set()
                await self._not_found(plan, sender, row, answer)

        async with asyncio.TaskGroup() as group:
            for row in rows:
                group.create_task(look_up(row))
        return found

    async def _within_lookups(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[Claimed]:
        """Return the rows that may be looked up today; the others are given back.

        A row without a name or a number costs no look-up.
        """
        named = [row for row in rows if row.identity.username or row.identity.phone]
        granted = await self._quotas.grant_lookups(plan.campaign, sender.account_id, len(named))
        refused = {row.id for row in named[granted:]}
        for row in named[granted:]:
            await self._outcomes.give_back(row, LOOK_AGAIN)
        return [row for row in rows if row.id not in refused]

    async def _admit(self, plan: Plan, addressed: list[_Addressed]) -> list[_Addressed]:
        """Those whose account may send them now, each at its account's moment."""
        rows: defaultdict[int, list[Claimed]] = defaultdict(list)
        for one in addressed:
            if one.sender is not None:
                rows[one.sender.account_id].append(one.row)
        if not rows:
            return addressed
        admitted: dict[int, datetime] = {}
        for account_id, mine in rows.items():
            granted = await self._quotas.grant_messages(plan.campaign, account_id, mine)
            for row in mine:
                if row.id not in granted:
                    await self._outcomes.give_back(row, LOOK_AGAIN)
            admitted |= granted
        return [
            replace(one, allowed_at=admitted[one.row.id])
            for one in addressed
            if one.row.id in admitted
        ]

    async def _not_found(self, plan: Plan, sender: Sender, row: Claimed, answer: Outcome) -> None:
        await self._clients.heed(sender.account_id, sender.client, answer)
        if isinstance(answer, Ambiguous):  # a question has no effect: nothing is in doubt
            await self._outcomes.give_back(row, LOOK_AGAIN, answer.reason)
            return
        now = asyncio.get_running_loop().time()
        await self._outcomes.act(plan.campaign, row, sender.account_id, answer, None, now)

    def _freeze(self, plan: Plan, one: _Addressed, rendering: Rendering) -> Frozen:
        row = one.row
        to_person = one.peer is None or one.peer.kind == "user"
        content = rendering.of(row.id, to_person=to_person)
        number = row.random_id or random_id(
            self._installation.random_id_key, plan.campaign.nonce, row.contact_id
        )
        account_id = None if one.sender is None else one.sender.account_id
        peer_id = None if one.peer is None else one.peer.peer_id
        person = None if one.peer is None else self._person_hash(one.peer)
        return Frozen(row.id, row.token, account_id, peer_id, number, content, person)

    def _person_hash(self, peer: Peer) -> bytes | None:
        if peer.kind != "user":
            return None
        return identity_hash(self._installation.suppression_key, f"id:{peer.peer_id}")

    def _attempt(
        self,
        plan: Plan,
        one: _Addressed,
        fixed: Frozen,
        clock: DatabaseClock,
        departures: Departures,
        prepared: float,
    ) -> Attempt:
        message = None
        if one.sender is not None:
            message = gateway.Message(one.peer, fixed.content, one.sender.media, fixed.random_id)
        now = asyncio.get_running_loop().time()
        moment = clock.local(one.allowed_at or one.row.slot_at)
        return Attempt(
            campaign=plan.campaign,
            row=one.row,
            account_id=fixed.account_id,
            message=message,
            departures=departures,
            slot=clock.local(one.row.slot_at),
            departs=departures.plan(moment, now),
            expires=clock.local(one.row.claimed_until),
            prepared=prepared,
        )
