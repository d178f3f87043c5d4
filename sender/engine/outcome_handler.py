"""Decides what the outcome of an attempt means for its delivery and its campaign.

What it means for the account is known before: the account's client has told the health. A row in
doubt stays in flight on purpose; when its hold ends it is claimed again, and the same random_id is
asked once more. Campaigns are paused before a row is given back, since another claim may take it in
the same instant.
"""

from __future__ import annotations

import logging
from typing import assert_never

from db.models.breaker import UNCLASSIFIED
from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.models.installation import Installation
from db.models.reason import Reason
from db.models.suppression import SuppressionReason
from db.models.template import placeholders
from db.pool import Connection, Database
from db.queries import accounts, deliveries, peers, suppressions, templates
from sender.accounts.pauses import pause
from sender.background import Signal
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

MOST_LIMITED = 2  # limited accounts of one campaign; more point at the campaign itself


class OutcomeHandler:
    """Ends, returns or holds the delivery of each attempt. It decides by the outcome alone."""

    def __init__(
        self, database: Database, installation: Installation, settler: Settler, changed: Signal
    ) -> None:
        self._database, self._installation = database, installation
        self._settler, self._changed = settler, changed

    async def handle(
        self,
        campaign: Campaign,
        row: Claimed,
        account_id: int,
        outcome: Outcome,
        media_id: int | None = None,
    ) -> None:
        """Record what one attempt by this account came to; `media_id` is the file it carried."""
        match outcome:
            case Sent(message_id):
                self._settler.settle(row, DeliveryStatus.SENT, message_id=message_id)
            case Ambiguous(reason):
                wait = repeat_wait(row.attempts + 1 - row.retries)
                await self._settler.leave_in_doubt(row, wait, reason)
            case Wait() as told:
                await self._settler.give_back(row, told.duration, told.reason)
                self._changed.send()
            case Refused(reason, opted_out, permanent):
                await self._refused(campaign, row, reason, opted_out, permanent)
            case Unreachable(reason, permanent):
                await self._refused(campaign, row, reason, False, permanent)
            case Retry(reason):
                await self._retry(campaign, row, reason)
            case AccountLost(reason):
                await self._lost(row, reason)
            case AccountLimited(reason):
                await self._pause_if_limited(campaign)
                await self._settler.give_back(row, reason=reason)
                self._changed.send()
            case StaleMedia(reason):
                await self._forget_media(account_id, media_id)
                await self._renew(campaign, row, reason, media=True)
            case StalePeer(reason):
                await self._forget_peer(account_id, row.contact_id)
                await self._renew(campaign, row, reason, media=False)
            case BadContent(reason, of_file):
                await self._refuse_content(campaign, row, reason, of_file)
            case Misconfigured(reason):
                await self._settler.give_back(row, reason=reason)
            case Unclassified(reason):
                log.error("Telegram refused with a name that is not in the table: %s", reason)
                self._settler.fail(row, UNCLASSIFIED + reason)
            case _ as never:
                assert_never(never)

    async def _retry(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        if row.retries < campaign.retry_limit:
            await self._settler.give_back(row, retry_wait(row.retries), reason, retries=1)
        else:
            self._settler.fail(row, reason)

    async def _refused(
        self, campaign: Campaign, row: Claimed, reason: str, opted_out: bool, permanent: bool
    ) -> None:
        if not (opted_out or permanent):
            self._settler.settle(row, DeliveryStatus.FAILED, reason=reason)
            return
        # In one transaction: a crash between the two would leave the row in doubt, and since its
        # person is barred by then, it could never be asked about again.
        failed = Settled(row.id, row.token, DeliveryStatus.FAILED, reason=reason)
        async with self._database.transaction() as connection:
            if opted_out:
                await self._suppress(connection, campaign, row)
            if permanent:
                await peers.mark_unreachable(connection, row.contact_id, reason)
            await deliveries.settle(connection, [failed])
        self._changed.send()

    async def _suppress(self, connection: Connection, campaign: Campaign, row: Claimed) -> None:
        hashes = row.identity.hashes(self._installation.suppression_key)
        await suppressions.add(
            connection, hashes, SuppressionReason.BLOCKED, campaign_id=campaign.id
        )

    async def _lost(self, row: Claimed, reason: str) -> None:
        if row.in_doubt:
            self._settler.settle(row, DeliveryStatus.UNKNOWN, reason=Reason.ACCOUNT_LOST)
        else:
            await self._settler.give_back(row, reason=reason)

    async def _pause_if_limited(self, campaign: Campaign) -> None:
        async with self._database.connection() as connection:
            found = await accounts.page_of_campaign(connection, campaign.id)
        if sum(account.limited for account in found) >= MOST_LIMITED:
            await pause(self._database, campaign.id, Reason.ACCOUNTS_LIMITED)

    async def _forget_media(self, account_id: int, media_id: int | None) -> None:
        if media_id is not None:
            async with self._database.connection() as connection:
                await peers.delete_media(connection, account_id, media_id)

    async def _forget_peer(self, account_id: int, contact_id: int) -> None:
        async with self._database.connection() as connection:
            await peers.delete(connection, account_id, contact_id)

    async def _renew(self, campaign: Campaign, row: Claimed, reason: str, *, media: bool) -> None:
        """Try once more with what was forgotten and is looked up or uploaded again."""
        if row.retries == 0:
            await self._settler.give_back(row, reason=reason, retries=1)
        elif media:
            await self._stop(campaign, row, reason)
        else:
            self._settler.fail(row, reason)

    async def _refuse_content(
        self, campaign: Campaign, row: Claimed, reason: str, of_file: bool
    ) -> None:
        """Fail one personalised message, or stop the campaign when the content is common to all."""
        if not of_file and await self._is_personal(campaign):
            self._settler.fail(row, reason)
        else:
            await self._stop(campaign, row, reason)

    async def _is_personal(self, campaign: Campaign) -> bool:
        if campaign.template_id is None:
            return False
        async with self._database.connection() as connection:
            template = await templates.get(connection, campaign.template_id)
        return bool(placeholders(template.text))

    async def _stop(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        """Pause the campaign: every recipient would meet the same refusal."""
        await pause(self._database, campaign.id, reason)
        await self._settler.give_back(row, reason=reason)
