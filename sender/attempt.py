"""One attempt: a frozen delivery waits for its slot, goes out, and its outcome is acted on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus
from sender import gateway
from sender.clients import CannotOpen, Clients
from sender.conditions import Conditions
from sender.consequences import Consequences
from sender.outcome import AccountLost
from sender.pacing import Departures, sleep_until

AT_ONCE = timedelta()
SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What goes out, and when: `slot`, `departs` and the like are on the loop's clock.

    `message` None is a dry run. It is planned to depart when its account may, but not before its
    campaign's slot. After `expires` the claim may be somebody else's. `prepared` is when its
    account was asked whether it may.
    """

    campaign: Campaign
    row: Claimed
    account_id: int | None
    message: gateway.Message | None
    departures: Departures
    slot: float
    departs: float
    expires: float
    prepared: float


class Attempts:
    """Makes attempts, unless what was learnt since they were prepared forbids it."""

    def __init__(
        self, clients: Clients, consequences: Consequences, conditions: Conditions
    ) -> None:
        self._clients, self._consequences, self._conditions = clients, consequences, conditions
        self._withheld: frozenset[int] = frozenset()

    def withhold(self, delivery_ids: Collection[int]) -> None:
        """Of what is on its way to its slot, these must not leave: their people are barred now."""
        self._withheld = frozenset(delivery_ids)

    async def make(self, attempt: Attempt, halt: asyncio.Event) -> None:
        """Wait for the departure, send, act. Nothing leaves once `halt` is set."""
        await sleep_until(attempt.departs, halt)
        await attempt.departures.depart(attempt.slot, halt)
        if self._is_over(attempt, halt):
            await self._consequences.give_back(attempt.row, AT_ONCE)
        elif attempt.account_id is None or attempt.message is None:
            self._consequences.settle(attempt.row, DeliveryStatus.SENT, message_id=0)
        else:
            await self._send(attempt, attempt.account_id, attempt.message, halt)

    def _is_over(self, attempt: Attempt, halt: asyncio.Event) -> bool:
        now = asyncio.get_running_loop().time()
        return halt.is_set() or now > attempt.expires - gateway.CALL_SECONDS

    async def _send(
        self, attempt: Attempt, account_id: int, message: gateway.Message, halt: asyncio.Event
    ) -> None:
        if silence := self._conditions.silence(account_id):
            await self._consequences.give_back(attempt.row, silence)
            return
        if self._conditions.limited_since(account_id, attempt.prepared):
            await self._consequences.give_back(attempt.row, AT_ONCE)  # asks again whether it may
            return
        try:
            client = await self._clients.get(account_id)
        except CannotOpen as error:
            await self._consequences.give_back(attempt.row, SOON, error.reason)
            return
        if self._is_over(attempt, halt):  # opening a client takes time
            await self._consequences.give_back(attempt.row, AT_ONCE)
            return
        if attempt.row.id in self._withheld:
            status = DeliveryStatus.UNKNOWN if attempt.row.asked else DeliveryStatus.SKIPPED
            self._consequences.settle(attempt.row, status, reason="suppressed")
            return
        began_at = asyncio.get_running_loop().time()
        outcome = await gateway.send(client, message)
        await self._clients.heed(account_id, client, outcome)
        media_id = None if message.media is None else message.media.media_id
        await self._consequences.act(
            attempt.campaign, attempt.row, account_id, outcome, media_id, began_at
        )
        if isinstance(outcome, AccountLost):
            await self._conditions.lose(account_id, client.session.sign_in, outcome.reason)
