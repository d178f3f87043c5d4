"""Decides what the outcome of an attempt means for its delivery and its campaign.

The account's client has already reported the outcome to the account's health. A row in doubt stays
in flight: when its claim ends it is claimed again, and the same random_id is asked again. A
campaign is paused before a row is given back, since another claim may take the row at once.
"""

from __future__ import annotations

import logging
from typing import assert_never

from db import barring
from db.models.breaker import UNCLASSIFIED
from db.models.campaign import Campaign
from db.models.delivery import Claimed, DeliveryStatus, Settled
from db.models.installation import Installation
from db.models.reason import Reason
from db.models.suppression import SuppressionReason
from db.models.template import placeholders
from db.pool import Connection, Database
from db.queries import accounts, contacts, deliveries, peers, persons, templates
from sender.accounts.pauses import pause
from sender.background import Signal
from sender.engine.settler import Settler
from sender.outcome.outcome import (
    AccountLimited,
    AccountLost,
    Ambiguous,
    BadContent,
    Misconfigured,
    Moved,
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

MOST_LIMITED = 2  # limited accounts of one campaign: then the campaign itself is the cause


class OutcomeHandler:
    """Ends the delivery of an attempt, gives it back or leaves it in doubt, by the outcome alone.

    `changed` is sent when a waiting slice may have something to do.
    """

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
        """Act on the outcome of one attempt by this account; `media_id` is the file it carried."""
        match outcome:
            case Sent(message_id):
                self._settler.settle(row, DeliveryStatus.SENT, message_id=message_id)
            case Ambiguous(reason):
                again_after = repeat_wait(row.attempts + 1 - row.retries)
                await self._settler.leave_in_doubt(row, again_after, reason)
            case Wait() as wait:
                await self._settler.give_back(row, wait.duration, wait.reason)
                self._changed.send()
            case Refused(reason, opted_out, permanent):
                await self._refused(campaign, row, reason, opted_out, permanent)
            case Unreachable(reason, permanent):
                await self._refused(campaign, row, reason, False, permanent)
            case Retry(reason):
                await self._retry(campaign, row, reason)
            case AccountLost():  # the message may have arrived before the session was revoked
                self._settler.settle(row, DeliveryStatus.UNKNOWN, reason=Reason.ACCOUNT_LOST)
            case AccountLimited(reason):
                await self._pause_if_limited(campaign)
                await self._settler.give_back(row, reason=reason)
                self._changed.send()
            case Moved(reason):  # the next client connects to the other data centre
                await self._settler.give_back(row, reason=reason)
            case StaleMedia(reason):
                await self._forget_media(account_id, media_id)
                await self._renew(campaign, row, reason, media=True)
            case StalePeer(reason):
                await self._forget_peer(account_id, row)
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
        # In one transaction: a crash after the suppression and before the end would leave the row
        # in doubt, and a row whose person is suppressed is never asked again.
        failed = Settled(row.id, row.token, DeliveryStatus.FAILED, reason=reason)
        async with self._database.transaction() as connection:
            if opted_out:
                await self._bar(connection, campaign, row)
            if permanent:
                await contacts.mark_unreachable(connection, row.contact_id, reason)
                await persons.mark_unreachable(connection, row.contact_id, reason)
            await deliveries.settle(connection, [failed])
        self._changed.send()

    async def _bar(self, connection: Connection, campaign: Campaign, row: Claimed) -> None:
        await barring.bar(
            connection,
            self._installation.suppression_key,
            SuppressionReason.BLOCKED,
            person_ids=[] if row.person_id is None else [row.person_id],
            identities=[row.identity],
            campaign_id=campaign.id,
        )

    async def _pause_if_limited(self, campaign: Campaign) -> None:
        async with self._database.connection() as connection:
            found = await accounts.page_of_campaign(connection, campaign.id)
        if sum(account.limited for account in found) >= MOST_LIMITED:
            await pause(self._database, campaign.id, Reason.ACCOUNTS_LIMITED)

    async def _forget_media(self, account_id: int, media_id: int | None) -> None:
        if media_id is not None:
            async with self._database.connection() as connection:
                await peers.delete_media(connection, account_id, media_id)

    async def _forget_peer(self, account_id: int, row: Claimed) -> None:
        async with self._database.connection() as connection:
            await peers.delete(connection, account_id, row.person_id)

    async def _renew(self, campaign: Campaign, row: Claimed, reason: str, *, media: bool) -> None:
        """Give the row back once, so that its file or peer is uploaded or looked up again.

        If that does not help, a file pauses the campaign, and a peer fails its delivery.
        """
        if row.retries == 0:
            await self._settler.give_back(row, reason=reason, retries=1)
        elif media:
            await self._pause_for_all(campaign, row, reason)
        else:
            self._settler.fail(row, reason)

    async def _refuse_content(
        self, campaign: Campaign, row: Claimed, reason: str, of_file: bool
    ) -> None:
        """Fail one personalised message, or pause a campaign whose content is common to all."""
        if not of_file and await self._is_personal(campaign):
            self._settler.fail(row, reason)
        else:
            await self._pause_for_all(campaign, row, reason)

    async def _is_personal(self, campaign: Campaign) -> bool:
        if campaign.template_id is None:
            return False
        async with self._database.connection() as connection:
            template = await templates.get(connection, campaign.template_id)
        return bool(placeholders(template.text))

    async def _pause_for_all(self, campaign: Campaign, row: Claimed, reason: str) -> None:
        """Pause the campaign: every recipient would meet the same refusal."""
        await pause(self._database, campaign.id, reason)
        await self._settler.give_back(row, reason=reason)
