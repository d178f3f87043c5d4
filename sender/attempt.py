"""One attempt: a frozen delivery waits for its slot, goes out, and its outcome is acted on."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus
from sender import gateway
from sender.clients import CannotOpen, Clients, SignedOut
from sender.conditions import Conditions
from sender.consequences import Consequences
from sender.outcome import AccountLimited, AccountLost, Outcome, Wait
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
    """Makes attempts, and remembers which accounts must not be used until when."""

    def __init__(
        self, clients: Clients, consequences: Consequences, conditions: Conditions
    ) -> None:
        self._clients, self._consequences, self._conditions = clients, consequences, conditions
        self._silent_until: dict[int, float] = {}
        self._limited_at: dict[int, float] = {}
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
        now = asyncio.get_running_loop().time()
        if (silence := self._silent_until.get(account_id, now) - now) > 0:
            await self._consequences.give_back(attempt.row, timedelta(seconds=silence))
            return
        if attempt.prepared <= self._limited_at.get(account_id, -math.inf):
            await self._consequences.give_back(attempt.row, AT_ONCE)  # asks again whether it may
            return
        try:
            client = await self._clients.get(account_id)
        except CannotOpen as error:
            await self._consequences.give_back(attempt.row, SOON, error.reason)
            if isinstance(error, SignedOut):
                await self._conditions.lose(account_id, error.sign_in, error.reason)
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
        self._remember(account_id, outcome)
        await self._clients.heed(account_id, client, outcome)
        media_id = None if message.media is None else message.media.media_id
        try:
            await self._consequences.act(
                attempt.campaign, attempt.row, account_id, outcome, media_id, began_at
            )
        finally:
            if isinstance(outcome, AccountLimited):  # whoever asks from now on is told
                self._limited_at[account_id] = asyncio.get_running_loop().time()
        if isinstance(outcome, AccountLost):
            await self._conditions.lose(account_id, client.session.sign_in, outcome.reason)

    def _remember(self, account_id: int, outcome: Outcome) -> None:
        """What is already on its way to its slot must not run into a wall that we have seen."""
        if isinstance(outcome, Wait) and not outcome.one_chat:
            until = asyncio.get_running_loop().time() + outcome.seconds
            self._silent_until[account_id] = max(until, self._silent_until.get(account_id, until))
        elif isinstance(outcome, AccountLimited):
            self._limited_at[account_id] = math.inf  # until its row says so
