"""What an outcome means: for the delivery, for its account, for the campaign.

Whatever cannot be known yet is left as it is on purpose: a row that stays `sending` is claimed
again when its hold ends, and the same random_id is asked once more.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import assert_never

from db.models.account import AccountEvent
from db.models.campaign import Campaign, CampaignEvent
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.models.errors import Conflict
from db.models.installation import Installation
from db.models.suppression import SuppressionReason
from db.pool import Connection, Database
from db.queries import accounts, campaigns, deliveries, peers, suppressions
from sender.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Outcome,
    Refused,
    Retry,
    Sent,
    StaleMedia,
    StalePeer,
    Unreachable,
    Wait,
)
from sender.retry import FLOOD_MARGIN, repeat_wait, retry_wait
from sender.settling import Settling

log = logging.getLogger(__name__)

LIMITED_FOR = timedelta(hours=24)  # no first contacts after a PEER_FLOOD
AT_ONCE = timedelta()


class Consequences:
    """Acts on outcomes. `trouble` is called when an account's condition has changed."""

    def __init__(
        self,
        database: Database,
        installation: Installation,
        settling: Settling,
        trouble: Callable[[], None],
    ) -> None:
        self._database, self._installation = database, installation
        self._settling, self._trouble = settling, trouble

    async def act(
        self,
        campaign: Campaign,
        row: Claimed,
        account_id: int,
        outcome: Outcome,
        media_id: int | None,
    ) -> None:
        """Record what one attempt came to. `account_id` made it; `media_id` went with it."""
        match outcome:
            case Sent(message_id):
                self.settle(row, DeliveryStatus.SENT, message_id=message_id)
            case Ambiguous(reason):
                await self._leave_in_doubt(row, reason)
            case Wait(seconds, reason, one_chat):
                await self._wait(row, account_id, timedelta(seconds=seconds), reason, one_chat)
            case Refused(reason, opted_out, permanent):
                await self._refused(campaign, row, reason, opted_out, permanent)
            case Unreachable(reason, permanent):
                await self._refused(campaign, row, reason, False, permanent)
            case Retry(reason):
                await self._retry(campaign, row, reason)
            case AccountLost(reason):
                await self._lose(row, account_id, reason)
            case AccountLimited(reason):
                await self.give_back(row, AT_ONCE, reason)
                await self._change_account(account_id, AccountEvent.LIMIT, reason, LIMITED_FOR)
            case StaleMedia(reason):
                await self._renew(campaign, row, reason, self._forget_media(account_id, media_id))
            case StalePeer(reason):
                await self._renew(
                    campaign, row, reason, self._forget_peer(account_id, row.contact_id)
                )
            case BadContent(reason):
                await self._stop_for_content(campaign, row, reason)
            case _ as never:
                assert_never(never)

    def settle(
        self,
        row: Claimed,
        status: DeliveryStatus,
        *,
        message_id: int | None = None,
        reason: str | None = None,
    ) -> None:
        self._settling.add(Settled(row.id, row.token, status, message_id, reason))

    async def give_back(
        self, row: Claimed, wait: timedelta, reason: str | None = None, *, retries: int = 0
    ) -> None:
        """Not delivered by this attempt: pending again, due after `wait`."""
        async with self._database.connection() as connection:
            await deliveries.defer(
                connection,
                [row.id],
                [row.token],
                wait,
                reason=reason,
                retries=retries,
                asked=row.asked,
            )

    async def lose_account(self, account_id: int, reason: str) -> None:
        """The session is gone: a person signs the account in again."""
        await self._change_account(account_id, AccountEvent.LOSE, reason)

    async def rest_account(self, account_id: int, wait: timedelta, reason: str) -> None:
        """Telegram said wait: nothing leaves from this account for so long."""
        await self._change_account(account_id, AccountEvent.REST, reason, wait)

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

    # --- what each outcome needs ---------------------------------------------

    async def _leave_in_doubt(self, row: Claimed, reason: str) -> None:
        wait = repeat_wait(row.attempts + 1 - row.retries)
        async with self._database.connection() as connection:
            await deliveries.leave_in_doubt(connection, row.id, row.token, wait, reason)
        self._trouble()  # the slice looks again when to claim next

    async def _wait(
        self, row: Claimed, account_id: int, wait: timedelta, reason: str, one_chat: bool
    ) -> None:
        wait += FLOOD_MARGIN
        await self.give_back(row, wait, reason)
        if not one_chat:
            await self.rest_account(account_id, wait, reason)

    async def _retry(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        if row.retries < campaign.retry_limit:
            await self.give_back(row, retry_wait(row.retries), reason, retries=1)
        else:
            self._fail(row, reason)

    async def _refused(
        self, campaign: Campaign, row: Claimed, reason: str, opted_out: bool, permanent: bool
    ) -> None:
        if opted_out or permanent:
            async with self._database.transaction() as connection:
                if opted_out:
                    await self._suppress(connection, campaign, row)
                if permanent:
                    await peers.mark_unreachable(connection, row.contact_id, reason)
        self.settle(row, DeliveryStatus.FAILED, reason=reason)

    async def _suppress(self, connection: Connection, campaign: Campaign, row: Claimed) -> None:
        hashes = row.identity.hashes(self._installation.suppression_key)
        await suppressions.add(
            connection, hashes, SuppressionReason.BLOCKED, campaign_id=campaign.id
        )

    async def _lose(self, row: Claimed, account_id: int, reason: str) -> None:
        if row.asked:
            self.settle(row, DeliveryStatus.UNKNOWN, reason="account_lost")
        else:
            await self.give_back(row, AT_ONCE, reason)
        await self.lose_account(account_id, reason)

    async def _renew(
        self, campaign: Campaign, row: Claimed, reason: str, forget: Awaitable[None]
    ) -> None:
        """What was remembered is wrong: forget it and try once more."""
        await forget
        if row.retries == 0:
            await self.give_back(row, AT_ONCE, reason, retries=1)
        elif reason.startswith("FILE_"):
            await self._stop_for_content(campaign, row, reason)
        else:
            self._fail(row, reason)

    async def _forget_media(self, account_id: int, media_id: int | None) -> None:
        if media_id is not None:
            async with self._database.connection() as connection:
                await peers.forget_media(connection, account_id, media_id)

    async def _forget_peer(self, account_id: int, contact_id: int) -> None:
        async with self._database.connection() as connection:
            await peers.forget(connection, account_id, contact_id)

    async def _stop_for_content(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        """Everybody would get the same refusal: a person changes the message or cancels."""
        await self.give_back(row, AT_ONCE, reason)
        await self.pause(campaign.id, reason)

    def _fail(self, row: Claimed, reason: str) -> None:
        """Refused to the end; but if an earlier attempt may have arrived, nobody knows."""
        status = DeliveryStatus.UNKNOWN if row.asked else DeliveryStatus.FAILED
        self.settle(row, status, reason=reason)

    async def _change_account(
        self,
        account_id: int,
        event: AccountEvent,
        reason: str,
        rest: timedelta | None = None,
    ) -> None:
        async with self._database.connection() as connection:
            changed = await accounts.advance(
                connection, account_id, event, reason=reason, rest=rest
            )
        if changed:
            log.warning("Account %d: %s (%s)", account_id, event, reason)
        self._trouble()
