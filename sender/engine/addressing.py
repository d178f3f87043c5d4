"""Gives claimed deliveries their account and their peer.

A delivery that is pinned to an account keeps it; sender.accounts.assignment spreads the others. A
peer that an account knows is a row of the database. Other contacts are resolved at Telegram, within
the account's quota of look-ups. That changes nothing at Telegram and is not an attempt.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.models.account import KnownPair, Peer
from db.models.campaign import Mode
from db.models.contact import identity_hash
from db.models.delivery import Claimed
from db.models.installation import Installation
from db.models.person import Person
from db.models.reason import Reason
from db.pool import Database
from db.queries import dialogs, peers, persons
from sender.accounts.assignment import Acquaintance, Remaining, assign
from sender.accounts.eligibility import Plan, Sender
from sender.accounts.quotas import Quotas
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.settler import Settler
from sender.outcome.outcome import (
    AccountLost,
    Ambiguous,
    Outcome,
    Refused,
    Retry,
    Unclassified,
    Unreachable,
)
from sender.telegram.resolve import resolve

log = logging.getLogger(__name__)

LOOKUPS_AT_ONCE = 8
DUE_AGAIN_AFTER = timedelta(seconds=2)  # when a row is given back for want of a quota or a peer
OF_THE_CONTACT = Unreachable | Refused | Unclassified | Retry  # other rows may be resolved


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

    @property
    def account_id(self) -> int | None:
        """The account that sends it; None: a dry run."""
        return None if self.sender is None else self.sender.account_id


@dataclass(slots=True)
class Addresses:
    """The rows of a claim that can be sent: `ready` at once, `to_resolve` once Telegram was asked.

    `to_resolve` holds rows of one account each. `talking` are the (account, person) that have a
    conversation.
    """

    ready: list[Addressed] = field(default_factory=list)
    to_resolve: list[tuple[Sender, list[Claimed]]] = field(default_factory=list)
    talking: set[tuple[int, int | None]] = field(default_factory=set)


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
    ) -> Addresses:
        """Assign the rows to accounts. `ready` are in the order of their slots."""
        if plan.campaign.mode is Mode.DRY_RUN:
            return Addresses([Addressed(row, None, None) for row in rows])
        known = await self._known(rows, senders)
        assigned = _assign(rows, senders, known)
        if plan.campaign.mode is Mode.TEST:
            return Addresses([Addressed(row, sender, None) for row, sender in assigned])
        peers_of = {
            (one.account_id, one.person_id): one.peer for one in known if one.peer is not None
        }
        found = Addresses(talking={(o.account_id, o.person_id) for o in known if o.talking})
        unknown: defaultdict[int, list[Claimed]] = defaultdict(list)
        for row, sender in assigned:
            if (peer := peers_of.get((sender.account_id, row.person_id))) is not None:
                found.ready.append(Addressed(row, sender, peer))
            else:
                unknown[sender.account_id].append(row)
        found.to_resolve = [(s, unknown[s.account_id]) for s in senders if s.account_id in unknown]
        found.ready.sort(key=lambda one: one.row.slot_at)
        return found

    async def _known(self, rows: Sequence[Claimed], senders: Sequence[Sender]) -> list[KnownPair]:
        contact_ids = [row.contact_id for row in rows]
        if not contact_ids:
            return []
        async with self._database.connection() as connection:
            return await peers.find_known_pairs(
                connection, [sender.account_id for sender in senders], contact_ids
            )

    async def resolve(self, plan: Plan, sender: Sender, rows: Sequence[Claimed]) -> list[Addressed]:
        """Resolve the contacts of these rows, a few at a time; return those that have a peer now.

        After an outcome that is not about one contact, the rows that are left are given back. An
        error of one row ends or defers that row alone.
        """
        found: list[Addressed] = []
        places, stopped = asyncio.Semaphore(LOOKUPS_AT_ONCE), asyncio.Event()

        async def resolve_one(row: Claimed) -> None:
            async with places:
                if stopped.is_set():
                    await self._settler.give_back(row, DUE_AGAIN_AFTER)
                    return
                try:
                    answer = await self._ask(plan, sender, row)
                    if isinstance(answer, Person):
                        if (one := await self._keep(sender, row, answer)) is not None:
                            found.append(one)
                        return
                except Exception as error:
                    log.exception("Delivery %d cannot be addressed", row.id)
                    answer = Retry(type(error).__name__)
                if not isinstance(answer, OF_THE_CONTACT):
                    stopped.set()
                await self._end(plan, sender, row, answer)

        async with asyncio.TaskGroup() as group:
            for row in rows:
                group.create_task(resolve_one(row))
        return sorted(found, key=lambda one: one.row.slot_at)

    async def _ask(self, plan: Plan, sender: Sender, row: Claimed) -> Person | Outcome:
        known_id = guess = None
        async with self._database.connection() as connection:
            if row.person_id is not None:
                known_id = await persons.get_peer_id(connection, row.person_id)
            else:
                guess = await dialogs.find_guess(connection, sender.account_id, row.contact_id)
        return await resolve(
            sender.client,
            row.identity,
            known_id,
            lambda: self._quotas.wait_for_lookup(plan.campaign, sender.account_id),
            guess,
        )

    async def _end(self, plan: Plan, sender: Sender, row: Claimed, answer: Outcome) -> None:
        """Act on a contact without a person. Nothing was sent, so nothing is in doubt by it."""
        if isinstance(answer, Ambiguous | AccountLost):
            await self._settler.give_back(row, DUE_AGAIN_AFTER, answer.reason)
        else:
            await self._handler.handle(plan.campaign, row, sender.account_id, answer)

    async def _keep(self, sender: Sender, row: Claimed, person: Person) -> Addressed | None:
        """Store who the contact is. None when no campaign writes to them: the row is ended."""
        key = self._installation.suppression_key
        hashes = [identity_hash(key, name) for name in person.names()]
        own = identity_hash(key, f"{person.kind}:{person.peer_id}") if not hashes else hashes[0]
        async with self._database.connection() as connection:
            person_id = await persons.identify(
                connection, sender.account_id, row.contact_id, person, hashes, own
            )
        if person.is_self or person.unreachable_reason is not None:
            self._settler.settle_unsent(row, person.unreachable_reason or Reason.SELF)
            return None
        peer = Peer(person.kind, person.peer_id, person.access_hash)
        return Addressed(row._replace(person_id=person_id), sender, peer)


def _assign(
    rows: Sequence[Claimed], senders: Sequence[Sender], known: Sequence[KnownPair]
) -> list[tuple[Claimed, Sender]]:
    """Return the account of each row."""
    by_id = {sender.account_id: sender for sender in senders}
    acquaintances: defaultdict[int, Acquaintance] = defaultdict(Acquaintance)
    for pair in known:
        one = acquaintances[pair.contact_id]
        (one.talking if pair.talking else one.knowing).add(pair.account_id)
    remaining: dict[int, Remaining] = {}
    if len(by_id) > 1 and senders[0].budget is not None:  # a test is not spread
        remaining = {sender.account_id: sender.remaining_today() for sender in senders}
    return [
        (row, by_id[assign(row.account_id, acquaintances[row.contact_id], remaining, by_id)])
        for row in rows
    ]
