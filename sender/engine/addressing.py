"""Gives claimed rows their account and their peer.

A row that is pinned keeps its account; the others are spread by sender.accounts.assignment. Peers
that an account knows are rows; the rest are looked up, within the account's quota. A look-up has no
effect at Telegram, so a row whose look-up failed was not attempted.
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
from sender.accounts.assignment import Acquaintance, Left, spend
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.settler import Settler
from sender.outcome.outcome import Ambiguous, Unreachable
from sender.telegram.resolve import resolve

LOOKUPS_AT_ONCE = 8
LOOK_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Addressed:
    """A row with its account and peer; neither in a dry run, no peer to one's Saved Messages.

    `allowed_at` is the moment that the account's quota granted.
    """

    row: Claimed
    sender: Sender | None
    peer: Peer | None
    allowed_at: datetime | None = None


class Addressing:
    """Finds whom each row goes to, and gives back or ends the rows that go nowhere now."""

    def __init__(
        self,
        database: Database,
        this: Installation,
        quotas: Quotas,
        settler: Settler,
        handler: OutcomeHandler,
    ) -> None:
        self._database, self._this, self._quotas = database, this, quotas
        self._settler, self._handler = settler, handler

    async def address(
        self, plan: Plan, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[Addressed]:
        """Return the rows that can be sent now, in the order of their slots."""
        if plan.campaign.mode is Mode.DRY_RUN:
            return [Addressed(row, None, None) for row in rows]
        chosen = await self._choose(rows, senders)
        if plan.campaign.mode is Mode.TEST:
            return [Addressed(row, sender, None) for row, sender in chosen]
        found: list[Addressed] = []
        for sender in senders:
            mine = [row for row, own in chosen if own is sender]
            known = await self._known(sender, mine)
            found += [
                Addressed(r, sender, known[r.contact_id]) for r in mine if r.contact_id in known
            ]
            unknown = [row for row in mine if row.contact_id not in known]
            found += await self._look_up(plan, sender, unknown)
        return sorted(found, key=lambda one: one.row.slot_at)

    async def _choose(
        self, rows: Sequence[Claimed], senders: Sequence[Sender]
    ) -> list[tuple[Claimed, Sender]]:
        by_id = {sender.account_id: sender for sender in senders}
        fresh = [row.contact_id for row in rows if row.account_id not in by_id]
        known: defaultdict[int, Acquaintance] = defaultdict(Acquaintance)
        left: dict[int, Left] = {}
        if fresh and len(by_id) > 1:
            async with self._database.connection() as connection:
                for contact_id, account_id, talking in await peers.find_known_pairs(
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

    async def _look_up(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[Addressed]:
        """Look rows up, a few at a time. Trouble of the account gives back those that are left."""
        found: list[Addressed] = []
        gate, trouble = asyncio.Semaphore(LOOKUPS_AT_ONCE), asyncio.Event()

        async def look_up(row: Claimed) -> None:
            async with gate:
                if trouble.is_set():
                    await self._settler.give_back(row, LOOK_AGAIN)
                    return
                answer = await resolve(sender.client, row.identity)
                if isinstance(answer, Peer):
                    await self._keep(sender, row, answer)
                    found.append(Addressed(row, sender, answer))
                    return
                if not isinstance(answer, Unreachable):
                    trouble.set()
                if isinstance(answer, Ambiguous):
                    await self._settler.give_back(row, LOOK_AGAIN, answer.reason)
                else:
                    await self._handler.handle(plan.campaign, row, sender.account_id, answer)

        async with asyncio.TaskGroup() as group:
            for row in await self._within_quota(plan, sender, rows):
                group.create_task(look_up(row))
        return found

    async def _within_quota(
        self, plan: Plan, sender: Sender, rows: Sequence[Claimed]
    ) -> list[Claimed]:
        """Return the rows that may be looked up today. One without a name costs no look-up."""
        named = [row for row in rows if row.identity.username or row.identity.phone]
        granted = await self._quotas.grant_lookups(plan.campaign, sender.account_id, len(named))
        refused = {row.id for row in named[granted:]}
        for row in named[granted:]:
            await self._settler.give_back(row, LOOK_AGAIN)
        return [row for row in rows if row.id not in refused]

    async def _keep(self, sender: Sender, row: Claimed, peer: Peer) -> None:
        async with self._database.connection() as connection:
            await peers.save(
                connection,
                sender.account_id,
                row.contact_id,
                peer,
                person_hash(self._this.suppression_key, peer),
            )


def person_hash(key: bytes, peer: Peer | None) -> bytes | None:
    """Return the hash under which suppressions know this person; None for other peers."""
    if peer is None or peer.kind != "user":
        return None
    return identity_hash(key, f"id:{peer.peer_id}")
