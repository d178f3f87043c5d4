"""The health of accounts: what the outcome of any call means for the account that made it.

Rows tell every process about rests, limits, holds and losses. In this process a flood wait and a
limit count from the moment that Telegram names them, before their rows are written: attempts that
wait for their slots must not meet them again.
"""

from __future__ import annotations

import asyncio
import logging
import math
from datetime import timedelta

from db.models.caps import MOST_FLOODS
from db.models.reason import Reason
from db.pool import Database
from db.queries import accounts, caps
from sender.accounts.pauses import pause_all
from sender.background import Signal
from sender.outcome.failure_streaks import FailureStreaks
from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    Misconfigured,
    Outcome,
    Wait,
)
from sender.telegram.account_client import OPENING
from sender.telegram.gateway import SENDING_CALLS
from sender.telegram.resolve import LOOKUP_CALLS

log = logging.getLogger(__name__)

LIMITED_FOR = timedelta(hours=24)  # no first contacts after a PEER_FLOOD
LONGEST_WAIT = timedelta(hours=1)  # a longer flood wait holds the account
MOST_UNANSWERED = 5  # calls in a row without an answer, then the account rests
NO_ANSWER_REST = timedelta(minutes=5)


class AccountHealth:
    """The HealthMonitor of every client. Sends `changed` when facts of an account have changed."""

    def __init__(self, database: Database, changed: Signal) -> None:
        self._database, self._changed = database, changed
        self._streaks = FailureStreaks()
        self._rest_until: dict[int, float] = {}  # by account, on the loop's clock
        self._call_until: dict[tuple[int, str], float] = {}  # by account and call
        self._limited_at: dict[int, float] = {}  # by account

    def wait_of(self, account_id: int, call: str) -> timedelta:
        """Return for how long this call must not be made; zero when it may be.

        A call waits for its own last flood wait to end. A call that sends also waits for the end of
        every flood wait of the account.
        """
        now = asyncio.get_running_loop().time()
        until = self._call_until.get((account_id, call), now)
        if call in SENDING_CALLS:
            until = max(until, self._rest_until.get(account_id, now))
        return timedelta(seconds=max(0.0, until - now))

    def limited_since(self, account_id: int, asked_at: float) -> bool:
        """Return whether the account was limited at `asked_at`, on the loop's clock, or later."""
        return asked_at <= self._limited_at.get(account_id, -math.inf)

    async def report(
        self, account_id: int, sign_in: int, call: str, outcome: Outcome | None, began_at: float
    ) -> None:
        """Change the account's facts by the outcome of a call; None: it was answered.

        `sign_in` is the number of the sign-in that made the call. It began at `began_at` on the
        loop's clock. A failed connection is not counted as an unanswered call: Eligibility backs
        off by itself.
        """
        if isinstance(outcome, Ambiguous):
            if call != OPENING:
                await self._count_unanswered(account_id, call, began_at)
            return
        self._streaks.ended(account_id, call)
        match outcome:
            case Wait(one_chat=False) as wait if call in LOOKUP_CALLS:
                await self._postpone_lookups(account_id, call, wait)
            case Wait(one_chat=False) as wait:
                await self._rest(account_id, call, wait)
            case AccountLimited(reason):
                await self._limit(account_id, reason)
            case AccountLost(reason):
                await self._lose(account_id, sign_in, reason)
            case Misconfigured(reason):
                await pause_all(self._database, reason)
            case _:
                pass  # the outcome is about the message or its recipient

    async def _postpone_lookups(self, account_id: int, call: str, wait: Wait) -> None:
        """Forbid look-ups for the wait. The account's conversations go on."""
        until = asyncio.get_running_loop().time() + wait.duration.total_seconds()
        self._call_until[account_id, call] = until
        async with self._database.connection() as connection:
            await caps.postpone_lookups(connection, account_id, wait.duration, wait.reason)
        log.warning("Account %d: %s on a look-up", account_id, wait.reason)
        self._changed.send()

    async def _rest(self, account_id: int, call: str, wait: Wait) -> None:
        """Let nothing leave for the wait. For an hour each flood wait halves the account's rate.

        A long wait, or the third within an hour, holds the account until an admin releases it.
        """
        until = asyncio.get_running_loop().time() + wait.duration.total_seconds()
        self._rest_until[account_id] = max(until, self._rest_until.get(account_id, until))
        self._call_until[account_id, call] = until
        async with self._database.transaction() as connection:
            floods = await caps.add_flood(connection, account_id, wait.duration)
            await accounts.rest(connection, account_id, wait.duration, wait.reason)
            if wait.duration > LONGEST_WAIT or floods >= MOST_FLOODS:
                await accounts.hold(connection, account_id, wait.reason)
        log.warning("Account %d: %s, flood wait %d of this hour", account_id, wait.reason, floods)
        self._changed.send()

    async def _limit(self, account_id: int, reason: str) -> None:
        """Forbid first contacts for LIMITED_FOR."""
        self._limited_at[account_id] = math.inf  # until the row says so
        try:
            async with self._database.connection() as connection:
                await accounts.limit(connection, account_id, LIMITED_FOR, reason)
        finally:
            self._limited_at[account_id] = asyncio.get_running_loop().time()
        log.warning("Account %d is limited (%s)", account_id, reason)
        self._changed.send()

    async def _lose(self, account_id: int, sign_in: int, reason: str) -> None:
        """Record that the session of this sign-in is gone: an admin must sign in again."""
        async with self._database.connection() as connection:
            if await accounts.lose(connection, account_id, sign_in, reason):
                log.warning("Account %d is signed out (%s)", account_id, reason)
        self._changed.send()

    async def _count_unanswered(self, account_id: int, call: str, began_at: float) -> None:
        now = asyncio.get_running_loop().time()
        if self._streaks.failed(account_id, call, began_at, now) < MOST_UNANSWERED:
            return
        self._streaks.ended(account_id, call)
        async with self._database.connection() as connection:
            await accounts.rest(connection, account_id, NO_ANSWER_REST, Reason.NO_ANSWER)
        log.warning("Account %d rests: %d calls unanswered", account_id, MOST_UNANSWERED)
        self._changed.send()
