"""The health of accounts: what the outcome of any call means for the account that made it.

The rows say it to every process. What is already on its way to its slot must not run into a wait or
a limit that was seen: in this process both count from the moment that Telegram tells them, before
their rows are written.
"""

from __future__ import annotations

import asyncio
import logging
import math
from datetime import timedelta

from db.models.caps import MOST_FLOODS
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
from sender.telegram.gateway import MESSAGES

log = logging.getLogger(__name__)

LIMITED_FOR = timedelta(hours=24)  # no first contacts after a PEER_FLOOD
LONGEST_WAIT = timedelta(hours=1)  # a longer one holds the account for a person to look at
MOST_UNANSWERED = 5  # calls in a row without an answer, then the account rests
NO_ANSWER = "no_answer"  # the reason of that rest
NO_ANSWER_REST = timedelta(minutes=5)


class AccountHealth:
    """The HealthMonitor of every client. It sends `changed` when an account's facts changed."""

    def __init__(self, database: Database, changed: Signal) -> None:
        self._database, self._changed = database, changed
        self._streaks = FailureStreaks()
        self._rest_until: dict[int, float] = {}  # by account, on the loop's clock
        self._call_until: dict[tuple[int, str], float] = {}  # by account and call
        self._limited_at: dict[int, float] = {}

    def wait_of(self, account_id: int, call: str) -> timedelta:
        """Return for how long this call must not be made; zero when it may be.

        A call waits as long as it was told itself. A message waits for the account's rest too.
        """
        now = asyncio.get_running_loop().time()
        until = self._call_until.get((account_id, call), now)
        if call in MESSAGES:
            until = max(until, self._rest_until.get(account_id, now))
        return timedelta(seconds=max(0.0, until - now))

    def limited_since(self, account_id: int, asked_at: float) -> bool:
        """Return whether the account was limited at or after `asked_at` on the loop's clock."""
        return asked_at <= self._limited_at.get(account_id, -math.inf)

    async def report(
        self, account_id: int, sign_in: int, call: str, outcome: Outcome | None, began_at: float
    ) -> None:
        """Change the account's facts by what became of a call; None: it was answered.

        `sign_in` is the sign-in that made the call, `began_at` its begin on the loop's clock. A
        connection that cannot be made is no unanswered call: the engine backs off by itself.
        """
        if isinstance(outcome, Ambiguous):
            if call != OPENING:
                await self._count_unanswered(account_id, call, began_at)
            return
        self._streaks.ended(account_id, call)
        match outcome:
            case Wait(one_chat=False) as told:
                await self._rest(account_id, call, told)
            case AccountLimited(reason):
                await self._limit(account_id, reason)
            case AccountLost(reason):
                await self._lose(account_id, sign_in, reason)
            case Misconfigured(reason):
                await pause_all(self._database, reason)
            case _:
                pass  # it is about the message or its recipient

    async def _rest(self, account_id: int, call: str, told: Wait) -> None:
        """Let nothing leave for so long, then half as much.

        A long wait, or the third within an hour, holds the account for a person to look at.
        """
        until = asyncio.get_running_loop().time() + told.duration.total_seconds()
        self._rest_until[account_id] = max(until, self._rest_until.get(account_id, until))
        self._call_until[account_id, call] = until
        async with self._database.transaction() as connection:
            floods = await caps.add_flood(connection, account_id, told.duration)
            await accounts.rest(connection, account_id, told.duration, told.reason)
            if told.duration > LONGEST_WAIT or floods >= MOST_FLOODS:
                await accounts.hold(connection, account_id, told.reason)
        log.warning("Account %d: %s, flood %d of this hour", account_id, told.reason, floods)
        self._changed.send()

    async def _limit(self, account_id: int, reason: str) -> None:
        """Forbid first contacts for a day."""
        self._limited_at[account_id] = math.inf  # until the row says so
        try:
            async with self._database.connection() as connection:
                await accounts.limit(connection, account_id, LIMITED_FOR, reason)
        finally:
            self._limited_at[account_id] = asyncio.get_running_loop().time()
        log.warning("Account %d is limited (%s)", account_id, reason)
        self._changed.send()

    async def _lose(self, account_id: int, sign_in: int, reason: str) -> None:
        """Record that the session of that sign-in is gone: a person must sign in again."""
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
            await accounts.rest(connection, account_id, NO_ANSWER_REST, NO_ANSWER)
        log.warning("Account %d rests: %d calls unanswered", account_id, MOST_UNANSWERED)
        self._changed.send()
