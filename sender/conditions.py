"""What outcomes mean for accounts and campaigns: rests, limits, holds, losses, pauses.

The rows say it all: any process sees from them who may send, and what may go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from db.models.account import AccountEvent, AccountStatus
from db.models.campaign import CampaignEvent
from db.models.caps import MOST_FLOODS
from db.models.errors import Conflict
from db.pool import Database
from db.queries import accounts, campaigns, caps
from sender.streaks import Streaks

log = logging.getLogger(__name__)

LIMITED_FOR = timedelta(hours=24)  # no first contacts after a PEER_FLOOD
MOST_LIMITED = 2  # limited accounts of one campaign: then it is the campaign
LONGEST_WAIT = timedelta(hours=1)  # a longer one is for a person to look at
MOST_DOUBTS = 5  # calls in a row that nobody answered, then the account rests
NO_ANSWER = "no_answer"  # the reason of that rest
NO_ANSWER_REST = timedelta(minutes=5)


class Conditions:
    """Changes the condition of accounts and campaigns. `trouble` is called after each change."""

    def __init__(self, database: Database, trouble: Callable[[], None]) -> None:
        self._database, self._trouble = database, trouble
        self._streaks = Streaks()

    async def lose(self, account_id: int, sign_in: int, reason: str) -> None:
        """The session of that sign-in is gone: a person signs the account in again."""
        await self._change_account(account_id, AccountEvent.LOSE, reason, sign_in=sign_in)

    async def rest(self, campaign_id: int, account_id: int, wait: timedelta, reason: str) -> None:
        """Telegram said wait: nothing leaves from this account for so long, then half as much.

        A long wait, or the third within an hour, holds the account for a person to look at.
        """
        async with self._database.transaction() as connection:
            floods = await caps.add_flood(connection, account_id, wait)
            if wait > LONGEST_WAIT or floods >= MOST_FLOODS:
                held = await accounts.advance(
                    connection, account_id, AccountEvent.HOLD, reason=reason
                )
                if held:
                    await campaigns.note(connection, campaign_id, "account_held")
            else:
                await accounts.advance(
                    connection, account_id, AccountEvent.REST, reason=reason, rest=wait
                )
        log.warning("Account %d: %s, the flood no. %d of this hour", account_id, reason, floods)
        self._trouble()

    async def limit(self, campaign_id: int, account_id: int, reason: str) -> None:
        """The account makes no first contacts; the second one of a campaign stops it."""
        async with self._database.connection() as connection:
            await caps.postpone_first(connection, account_id, LIMITED_FOR)
        await self._change_account(account_id, AccountEvent.LIMIT, reason, LIMITED_FOR)
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
