"""What outcomes mean for accounts and campaigns: rests, limits, holds, losses, pauses.

The rows say it all: any process sees from them who may send, and what may go on.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from db.models.account import AccountEvent, AccountStatus
from db.models.campaign import CampaignEvent
from db.models.caps import MOST_FLOODS
from db.models.errors import Conflict
from db.pool import Database
from db.queries import accounts, campaigns, caps
from sender.outcome.failure_streaks import FailureStreaks
from sender.outcome.outcome import AccountLimited, AccountLost, Misconfigured, Outcome, Wait

log = logging.getLogger(__name__)

LIMITED_FOR = timedelta(hours=24)  # no first contacts after a PEER_FLOOD
MOST_LIMITED = 2  # accounts of one campaign
LONGEST_WAIT = timedelta(hours=1)  # a longer one is for a person to look at
MOST_DOUBTS = 5  # calls in a row that nobody answered, then the account rests
NO_ANSWER = "no_answer"  # the reason of that rest
NO_ANSWER_REST = timedelta(minutes=5)


class AccountHealth:
    """Changes the condition of accounts and campaigns. `trouble` is called after each change.

    What is already on its way to its slot must not run into a wall that was seen: a wait and a
    limit count in this process from the moment that they are told, before their rows say so.
    """

    def __init__(self, database: Database, trouble: Callable[[], None]) -> None:
        self._database, self._trouble = database, trouble
        self._streaks = FailureStreaks()
        self._silent_until: dict[int, float] = {}  # by account, on the loop's clock
        self._limited_at: dict[int, float] = {}

    def silence(self, account_id: int) -> timedelta:
        """For how long nothing may leave from this account; zero: it was not told to wait."""
        now = asyncio.get_running_loop().time()
        return timedelta(seconds=max(0.0, self._silent_until.get(account_id, now) - now))

    def limited_since(self, account_id: int, asked_at: float) -> bool:
        """Whether a limit came after the account was asked at `asked_at` whether it may."""
        return asked_at <= self._limited_at.get(account_id, -math.inf)

    async def heed(self, account_id: int, sign_in: int, outcome: Outcome) -> None:
        """What the outcome of any call means for the account of that sign-in which made it."""
        match outcome:
            case Wait(one_chat=False) as told:
                await self.rest(account_id, told.duration, told.reason)
            case AccountLimited(reason):
                await self.limit(account_id, reason)
            case AccountLost(reason):
                await self.lose(account_id, sign_in, reason)
            case Misconfigured(reason):
                await self.pause_all(reason)
            case _:
                pass  # it is about the message or its recipient, or nobody knows yet

    async def lose(self, account_id: int, sign_in: int, reason: str) -> None:
        """The session of that sign-in is gone: a person signs the account in again."""
        await self._change_account(account_id, AccountEvent.LOSE, reason, sign_in=sign_in)

    async def rest(self, account_id: int, wait: timedelta, reason: str) -> None:
        """Telegram said wait: nothing leaves from this account for so long, then half as much.

        A long wait, or the third within an hour, holds the account for a person to look at.
        """
        until = asyncio.get_running_loop().time() + wait.total_seconds()
        self._silent_until[account_id] = max(until, self._silent_until.get(account_id, until))
        async with self._database.transaction() as connection:
            floods = await caps.add_flood(connection, account_id, wait)
            if wait > LONGEST_WAIT or floods >= MOST_FLOODS:
                await accounts.advance(connection, account_id, AccountEvent.HOLD, reason=reason)
            else:
                await accounts.advance(
                    connection, account_id, AccountEvent.REST, reason=reason, rest=wait
                )
        log.warning("Account %d: %s, the flood no. %d of this hour", account_id, reason, floods)
        self._trouble()

    async def limit(self, account_id: int, reason: str) -> None:
        """The account makes no first contacts for a day."""
        self._limited_at[account_id] = math.inf  # until its row says so
        try:
            async with self._database.connection() as connection:
                await caps.postpone_first(connection, account_id, LIMITED_FOR)
            await self._change_account(account_id, AccountEvent.LIMIT, reason, LIMITED_FOR)
        finally:
            self._limited_at[account_id] = asyncio.get_running_loop().time()

    async def pause_if_limited(self, campaign_id: int) -> None:
        """A second limited account of one campaign: then it is the campaign."""
        async with self._database.connection() as connection:
            found = await accounts.page_of_campaign(connection, campaign_id)
        if sum(account.status is AccountStatus.LIMITED for account in found) >= MOST_LIMITED:
            await self.pause(campaign_id, "accounts_limited")

    async def doubt(self, account_id: int, began_at: float) -> None:
        """A call that began at `began_at` (loop's clock) was not answered; the fifth is enough."""
        now = asyncio.get_running_loop().time()
        if self._streaks.failed(account_id, began_at, now) >= MOST_DOUBTS:
            self._streaks.ended(account_id)
            await self._change_account(account_id, AccountEvent.REST, NO_ANSWER, NO_ANSWER_REST)

    def answered(self, account_id: int) -> None:
        """Telegram said something, whatever it was."""
        self._streaks.ended(account_id)

    async def pause(
        self, campaign_id: int, reason: str, resumes_at: datetime | None = None
    ) -> None:
        """The campaign pauses itself; nothing happens when somebody was faster."""
        with suppress(Conflict):
            async with self._database.transaction() as connection:
                await campaigns.advance(
                    connection,
                    campaign_id,
                    CampaignEvent.PAUSE,
                    reason=reason,
                    moment=resumes_at,
                )

    async def pause_all(self, reason: str) -> None:
        """Nothing can be sent by anybody: every campaign pauses until a person has mended it."""
        async with self._database.connection() as connection:
            alive = await campaigns.page_alive(connection)
        for campaign in alive:
            await self.pause(campaign.id, reason)

    async def _change_account(
        self,
        account_id: int,
        event: AccountEvent,
        reason: str,
        rest: timedelta | None = None,
        sign_in: int | None = None,
    ) -> None:
        async with self._database.connection() as connection:
            changed = await accounts.advance(
                connection, account_id, event, reason=reason, rest=rest, sign_in=sign_in
            )
        if changed:
            log.warning("Account %d: %s (%s)", account_id, event, reason)
        self._trouble()
