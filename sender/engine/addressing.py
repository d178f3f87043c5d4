"""Gives claimed deliveries their account and their peer.

A delivery that is pinned to an account keeps it; sender.accounts.assignment spreads the others. A
peer that an account knows is a row of the database. Other peers are looked up at Telegram, within
the account's quota. A look-up changes nothing at Telegram and is not an attempt.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models.account import Peer
from db.models.campaign import Mode
from db.models.contact import identity_hash
from db.models.delivery import Claimed
from db.models.installation import Installation
from db.pool import Database
from db.queries import peers
from sender.accounts.assignment import Acquaintance, Remaining, assign
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.settler import Settler
from sender.outcome.outcome import Ambiguous, Unreachable
from sender.telegram.resolve import resolve

LOOKUPS_AT_ONCE = 8
DUE_AGAIN_AFTER = timedelta(seconds=2)  # when a row is given back for want of a quota or a peer


@dataclass(frozen=True, slots=True)
class Addressed:
    """A claimed row with its account and its peer.

    `sender` None: a dry run. `peer` None: the account's own Saved Messages, or a dry run.
    `allowed_at` is the moment that the quota of the account granted; None before it was asked.
    """

    row: Claimed
    sender: Sender | None
    peer: Peer | None
    allowed_at: datetime | None = None


class Addressing:
    """Finds the account and the peer of each row; gives back or ends a row that has none now."""

    def __init__(
        self,
        database: Database,
        installation: Installation,
        quotas: Quotas,
        settler: Settler,
        handler: OutcomeHandler,
    ) -> None:
        self._database, self._installation = database, installation
        self._quotas, self._settler, self._handler = quotas, settler, handler

    async def address(
        self, plan: Plan, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[Addressed]:
        """Return the rows that can be sent now, in the order of their slots."""
        if plan.campaign.mode is Mode.DRY_RUN:
            return [Addressed(row, None, None) for row in rows]
        assigned = await self._assign(rows, senders)
        if plan.campaign.mode is Mode.TEST:
            return [Addressed(row, sender, None) for row, sender in assigned]
        found: list[Addressed] = []
        for sender in senders:
            mine = [row for row, own in assigned if own is sender]
            known = await self._known(sender, mine)
            found += [
                Addressed(r, sender, known[r.contact_id]) for r in mine if r.contact_id in known
            ]
            unknown = [row for row in mine if row.contact_id not in known]
            found += await self._look_up(plan, sender, unknown)
        return sorted(found, key=lambda one: one.row.slot_at)

    async def _assign(
        self, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[tuple[Claimed, Sender]]:
        by_id = {sender.account_id: sender for sender in senders}
        fresh = [row.contact_id for row in rows if row.account_id not in by_id]
        known: defaultdict[int, Acquaintance] = defaultdict(Acquaintance)
        remaining: dict[int, Remaining] = {}
        if fresh and len(by_id) > 1:
            async with self._database.connection() as connection:
                for contact_id, account_id, talking in await peers.find_known_pairs(
                    connection, list(by_id), fresh
                ):
                    one = known[contact_id]
                    (one.talking if talking else one.knowing).add(account_id)
            remaining = {sender.account_id: sender.remaining_today() for sender in senders}
        return [
            (row, by_id[assign(row.account_id, known[row.contact_id], remaining, by_id)])
            for row in rows
        ]

    async def _known(self, sender: Sender, rows: Sequence[Claimed]) -> dict[int, Peer]:
        async with self._database.connection() as connection:
            return await peers.find(connection, sender.account_id, [row.contact_id for row in rows])

    async def _look_up(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[Addressed]:
        """Look up the peers of these rows, a few at a time, and return those that were found.

        After an outcome that is not about one contact, the rows that are left are given back.
        """
        found: list[Addressed] = []
        places, stopped = asyncio.Semaphore(LOOKUPS_AT_ONCE), asyncio.Event()

        async def look_up(row: Claimed) -> None:
            async with places:
                if stopped.is_set():
                    await self._settler.give_back(row, DUE_AGAIN_AFTER)
                    return
                answer = await resolve(sender.client, row.identity)
                if isinstance(answer, Peer):
                    await self._keep(sender, row, answer)
                    found.append(Addressed(row, sender, answer))
                    return
                if not isinstance(answer, Unreachable):
                    stopped.set()
                if isinstance(answer, Ambiguous):
                    await self._settler.give_back(row, DUE_AGAIN_AFTER, answer.reason)
                else:
                    await self._handler.handle(plan.campaign, row, sender.account_id, answer)

        async with asyncio.TaskGroup() as group:
            for row in await self._within_quota(plan, sender, rows):
                group.create_task(look_up(row))
        return found

    async def _within_quota(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[Claimed]:
        """Return the rows that may be looked up today, and give back the others.

        A contact of which only the user id is known costs no look-up.
        """
        named = [row for row in rows if row.identity.username or row.identity.phone]
        granted = await self._quotas.grant_lookups(plan.campaign, sender.account_id, len(named))
        refused = {row.id for row in named[granted:]}
        for row in named[granted:]:
            await self._settler.give_back(row, DUE_AGAIN_AFTER)
        return [row for row in rows if row.id not in refused]

    async def _keep(self, sender: Sender, row: Claimed, peer: Peer) -> None:
        async with self._database.connection() as connection:
            await peers.save(
                connection,
                sender.account_id,
                row.contact_id,
                peer,
                person_hash(self._installation.suppression_key, peer),
            )


def person_hash(key: bytes, peer: Peer | None) -> bytes | None:
    """Return the hash that suppressions hold of this person's id; None for other peers."""
    if peer is None or peer.kind != "user":
        return None
    return identity_hash(key, f"id:{peer.peer_id}")
