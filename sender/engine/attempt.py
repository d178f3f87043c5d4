"""One attempt: a frozen delivery waits for its slot, is sent, and its outcome is handled."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus
from db.models.reason import Reason
from sender.accounts.health import AccountHealth
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.settler import Settler
from sender.pacing.departures import Departures, sleep_until
from sender.telegram import gateway
from sender.telegram.account_client import CALL_SECONDS
from sender.telegram.clients import CannotOpen, Clients

OPEN_AGAIN_AFTER = timedelta(seconds=1)  # when the account's client cannot be opened


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message and its moments, in seconds of the loop's clock.

    `message` None is a dry run. `slot` is the slot that the campaign reserved. `departs_at`, which
    is never before it, is when the account may send. From `closes_at` on nothing leaves: quiet
    hours begin. At `expires_at` the claim ends. At `prepared_at` the account's quota was asked.
    """

    campaign: Campaign
    row: Claimed
    account_id: int | None
    message: gateway.Message | None
    departures: Departures
    slot: float
    departs_at: float
    closes_at: float
    expires_at: float
    prepared_at: float


class Attempts:
    """Makes attempts; checks just before each call what may have changed since the preparation."""

    def __init__(
        self, clients: Clients, health: AccountHealth, settler: Settler, handler: OutcomeHandler
    ) -> None:
        self._clients, self._health = clients, health
        self._settler, self._handler = settler, handler
        self._withheld: frozenset[int] = frozenset()

    def withhold(self, delivery_ids: Collection[int]) -> None:
        """Let none of these leave, and no others be withheld: their people have opted out."""
        self._withheld = frozenset(delivery_ids)

    async def make(self, attempt: Attempt, halt: asyncio.Event) -> None:
        """Wait for the departure, send, handle the outcome. Nothing leaves once `halt` is set."""
        await sleep_until(attempt.departs_at, halt)
        await attempt.departures.depart(attempt.slot, halt)
        if self._must_not_start(attempt, halt):
            await self._settler.give_back(attempt.row)
        elif attempt.account_id is None or attempt.message is None:
            self._settler.settle(attempt.row, DeliveryStatus.SENT, message_id=0)  # a dry run
        else:
            await self._send(attempt, attempt.account_id, attempt.message, halt)

    def _must_not_start(self, attempt: Attempt, halt: asyncio.Event) -> bool:
        """Return whether the campaign is halted or quiet, or the claim may end during the call."""
        now = asyncio.get_running_loop().time()
        return halt.is_set() or now > min(attempt.closes_at, attempt.expires_at - CALL_SECONDS)

    async def _send(
        self, attempt: Attempt, account_id: int, message: gateway.Message, halt: asyncio.Event
    ) -> None:
        if self._health.limited_since(account_id, attempt.prepared_at):
            await self._settler.give_back(attempt.row)  # the quota must be asked again
            return
        try:
            client = await self._clients.get(account_id)
        except CannotOpen as error:
            await self._settler.give_back(attempt.row, OPEN_AGAIN_AFTER, error.reason)
            return
        if self._must_not_start(attempt, halt):  # opening a client takes time
            await self._settler.give_back(attempt.row)
            return
        if attempt.row.id in self._withheld:
            self._settler.settle_unsent(attempt.row, Reason.SUPPRESSED)
            return
        outcome = await gateway.send(client, message)
        media_id = None if message.media is None else message.media.media_id
        await self._handler.handle(attempt.campaign, attempt.row, account_id, outcome, media_id)
