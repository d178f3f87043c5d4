"""One attempt: a frozen delivery waits for its slot, goes out, and its outcome is acted on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus
from sender.accounts.health import AccountHealth
from sender.engine.outcome_handler import OutcomeHandler
from sender.outcome.outcome import AccountLost
from sender.pacing.departures import Departures, sleep_until
from sender.telegram import gateway
from sender.telegram.clients import CannotOpen, Clients

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

    def __init__(self, clients: Clients, outcomes: OutcomeHandler, health: AccountHealth) -> None:
        self._clients, self._outcomes, self._health = clients, outcomes, health
        self._withheld: frozenset[int] = frozenset()

    def withhold(self, delivery_ids: Collection[int]) -> None:
        """Of what is on its way to its slot, these must not leave: their people are barred now."""
        self._withheld = frozenset(delivery_ids)

    async def make(self, attempt: Attempt, halt: asyncio.Event) -> None:
        """Wait for the departure, send, act. Nothing leaves once `halt` is set."""
        await sleep_until(attempt.departs, halt)
        await attempt.departures.depart(attempt.slot, halt)
        if self._is_over(attempt, halt):
            await self._outcomes.give_back(attempt.row, AT_ONCE)
        elif attempt.account_id is None or attempt.message is None:
            self._outcomes.settle(attempt.row, DeliveryStatus.SENT, message_id=0)
        else:
            await self._send(attempt, attempt.account_id, attempt.message, halt)

    def _is_over(self, attempt: Attempt, halt: asyncio.Event) -> bool:
        now = asyncio.get_running_loop().time()
        return halt.is_set() or now > attempt.expires - gateway.CALL_SECONDS

    async def _send(
        self, attempt: Attempt, account_id: int, message: gateway.Message, halt: asyncio.Event
    ) -> None:
        if silence := self._health.silence(account_id):
            await self._outcomes.give_back(attempt.row, silence)
            return
        if self._health.limited_since(account_id, attempt.prepared):
            await self._outcomes.give_back(attempt.row, AT_ONCE)  # asks again whether it may
            return
        try:
            client = await self._clients.get(account_id)
        except CannotOpen as error:
            await self._outcomes.give_back(attempt.row, SOON, error.reason)
            return
        if self._is_over(attempt, halt):  # opening a client takes time
            await self._outcomes.give_back(attempt.row, AT_ONCE)
            return
        if attempt.row.id in self._withheld:
            status = DeliveryStatus.UNKNOWN if attempt.row.asked else DeliveryStatus.SKIPPED
            self._outcomes.settle(attempt.row, status, reason="suppressed")
            return
        began_at = asyncio.get_running_loop().time()
        outcome = await gateway.send(client, message)
        await self._clients.heed(account_id, client, outcome)
        media_id = None if message.media is None else message.media.media_id
        await self._outcomes.act(
            attempt.campaign, attempt.row, account_id, outcome, media_id, began_at
        )
        if isinstance(outcome, AccountLost):
            await self._health.lose(account_id, client.session.sign_in, outcome.reason)
