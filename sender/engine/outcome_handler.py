"""What an outcome means for its delivery, and whom else it concerns.

Whatever cannot be known yet is left as it is on purpose: a row that stays `sending` is claimed
again when its hold ends, and the same random_id is asked once more.

Accounts and campaigns are told before the row is given back, for what is given back may be claimed
in the same instant: it must find the rest, the limit or the pause.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import assert_never

from db.models.breaker import UNCLASSIFIED
from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.models.installation import Installation
from db.models.suppression import SuppressionReason
from db.models.template import placeholders
from db.pool import Connection, Database
from db.queries import deliveries, peers, suppressions, templates
from sender.accounts.health import AccountHealth
from sender.engine.settler import Settler
from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Misconfigured,
    Outcome,
    Refused,
    Retry,
    Sent,
    StaleMedia,
    StalePeer,
    Unclassified,
    Unreachable,
    Wait,
)
from sender.outcome.retry import repeat_wait, retry_wait

log = logging.getLogger(__name__)

AT_ONCE = timedelta()


class OutcomeHandler:
    """Acts on outcomes. `trouble` is called when a slice should look again sooner than planned."""

    def __init__(
        self,
        database: Database,
        installation: Installation,
        settler: Settler,
        health: AccountHealth,
        trouble: Callable[[], None],
    ) -> None:
        self._database, self._installation = database, installation
        self._settler, self._health, self._trouble = settler, health, trouble

    async def act(
        self,
        campaign: Campaign,
        row: Claimed,
        account_id: int,
        outcome: Outcome,
        media_id: int | None,
        began_at: float,
    ) -> None:
        """Record what one attempt came to.

        `account_id` made it, beginning at `began_at` on the loop's clock; `media_id` went with it.
        """
        if not isinstance(outcome, Ambiguous):
            self._health.answered(account_id)
        match outcome:
            case Sent(message_id):
                self.settle(row, DeliveryStatus.SENT, message_id=message_id)
            case Ambiguous(reason):
                await self._leave_in_doubt(row, reason)
                await self._health.doubt(account_id, began_at)
            case Wait() as told:
                if not told.one_chat:
                    await self._health.rest(account_id, told.duration, told.reason)
                await self.give_back(row, told.duration, told.reason)
                self._trouble()
            case Refused(reason, opted_out, permanent):
                await self._refused(campaign, row, reason, opted_out, permanent)
            case Unreachable(reason, permanent):
                await self._refused(campaign, row, reason, False, permanent)
            case Retry(reason):
                await self._retry(campaign, row, reason)
            case AccountLost(reason):
                await self._lose(row, reason)
            case AccountLimited(reason):
                await self._health.limit(account_id, reason)
                await self._health.pause_if_limited(campaign.id)
                await self.give_back(row, AT_ONCE, reason)
                self._trouble()
            case StaleMedia(reason):
                await self._forget_media(account_id, media_id)
                await self._renew(campaign, row, reason, media=True)
            case StalePeer(reason):
                await self._forget_peer(account_id, row.contact_id)
                await self._renew(campaign, row, reason, media=False)
            case BadContent(reason, of_file):
                await self._refuse_content(campaign, row, reason, of_file)
            case Misconfigured(reason):
                await self._health.pause_all(reason)
                await self.give_back(row, AT_ONCE, reason)
            case Unclassified(reason):
                log.error("Telegram refused with a name that is not known here: %s", reason)
                self._fail(row, UNCLASSIFIED + reason)
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
        self._settler.add(Settled(row.id, row.token, status, message_id, reason))

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

    # --- what each outcome needs ---------------------------------------------

    async def _leave_in_doubt(self, row: Claimed, reason: str) -> None:
        wait = repeat_wait(row.attempts + 1 - row.retries)
        async with self._database.connection() as connection:
            await deliveries.leave_in_doubt(connection, row.id, row.token, wait, reason)
        self._trouble()  # the slice looks again when to claim next

    async def _retry(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        if row.retries < campaign.retry_limit:
            await self.give_back(row, retry_wait(row.retries), reason, retries=1)
        else:
            self._fail(row, reason)

    async def _refused(
        self, campaign: Campaign, row: Claimed, reason: str, opted_out: bool, permanent: bool
    ) -> None:
        if not (opted_out or permanent):
            self.settle(row, DeliveryStatus.FAILED, reason=reason)
            return
        # In one transaction: a death in between would leave in doubt what, since its person is
        # barred by now, can never be asked again.
        failed = Settled(row.id, row.token, DeliveryStatus.FAILED, reason=reason)
        async with self._database.transaction() as connection:
            if opted_out:
                await self._suppress(connection, campaign, row)
            if permanent:
                await peers.mark_unreachable(connection, row.contact_id, reason)
            await deliveries.settle(connection, [failed])
        self._trouble()

    async def _suppress(self, connection: Connection, campaign: Campaign, row: Claimed) -> None:
        hashes = row.identity.hashes(self._installation.suppression_key)
        await suppressions.add(
            connection, hashes, SuppressionReason.BLOCKED, campaign_id=campaign.id
        )

    async def _lose(self, row: Claimed, reason: str) -> None:
        if row.asked:
            self.settle(row, DeliveryStatus.UNKNOWN, reason="account_lost")
        else:
            await self.give_back(row, AT_ONCE, reason)

    async def _renew(self, campaign: Campaign, row: Claimed, reason: str, *, media: bool) -> None:
        """What was remembered is wrong and was forgotten: try once more."""
        if row.retries == 0:
            await self.give_back(row, AT_ONCE, reason, retries=1)
        elif media:
            await self._stop(campaign, row, reason)
        else:
            self._fail(row, reason)

    async def _forget_media(self, account_id: int, media_id: int | None) -> None:
        if media_id is not None:
            async with self._database.connection() as connection:
                await peers.forget_media(connection, account_id, media_id)

    async def _forget_peer(self, account_id: int, contact_id: int) -> None:
        async with self._database.connection() as connection:
            await peers.forget(connection, account_id, contact_id)

    async def _refuse_content(
        self, campaign: Campaign, row: Claimed, reason: str, of_file: bool
    ) -> None:
        """One's own words are one's own failure; a breaker looks after three in a row."""
        if not of_file and await self._is_personal(campaign):
            self._fail(row, reason)
        else:
            await self._stop(campaign, row, reason)

    async def _is_personal(self, campaign: Campaign) -> bool:
        if campaign.template_id is None:
            return False
        async with self._database.connection() as connection:
            template = await templates.get(connection, campaign.template_id)
        return bool(placeholders(template.text))

    async def _stop(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        """Everybody would get the same refusal: a person changes the message or cancels."""
        await self._health.pause(campaign.id, reason)
        await self.give_back(row, AT_ONCE, reason)

    def _fail(self, row: Claimed, reason: str) -> None:
        """Refused to the end; but if an earlier attempt may have arrived, nobody knows."""
        status = DeliveryStatus.UNKNOWN if row.asked else DeliveryStatus.FAILED
        self.settle(row, status, reason=reason)
