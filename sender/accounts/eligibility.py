"""Decides which accounts may send for a campaign now, and whether the campaign must pause.

A short rest is waited out. A long one pauses the campaign until it ends. Without any account the
campaign pauses until an admin acts. The engine carries out the decision.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from db.models.account import Account, AccountMedia, AccountStatus
from db.models.breaker import tripped
from db.models.campaign import Campaign, Mode
from db.models.caps import Budget
from db.models.reason import Reason
from db.models.template import Template
from db.pool import Database
from db.queries import accounts, breakers, campaigns, caps, media, peers, rescues
from sender.accounts.assignment import Remaining
from sender.outcome.outcome import AccountLost, Ambiguous, Moved, Retry, Wait
from sender.outcome.retry import repeat_wait
from sender.pacing.departures import BATCH_SECONDS, MOST_IN_BATCH
from sender.telegram import gateway
from sender.telegram.account_client import AccountClient
from sender.telegram.clients import CannotOpen, Clients, Elsewhere, SignedOut

log = logging.getLogger(__name__)

SHORT_REST = timedelta(seconds=60)  # waited out; a longer one pauses the campaign
SENDING = frozenset({AccountStatus.ACTIVE, AccountStatus.LIMITED})
HORIZON = timedelta(seconds=BATCH_SECONDS)  # a claim covers this much time
OUTAGE_AFTER = 3  # failed connections in a row before the admins are told


@dataclass(frozen=True, slots=True)
class Plan:
    """What a slice works from: slots are `interval` apart, messages end with the line `ending`."""

    campaign: Campaign
    template: Template
    interval: timedelta
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """The campaign must pause for `reason`, until `resumes_at` if that is known."""

    reason: str
    resumes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """An account that may send now.

    `media` is the template's file as it has uploaded it. `budget` None: messages are not counted.
    """

    account_id: int
    client: AccountClient
    media: AccountMedia | None
    budget: Budget | None = None

    def messages_soon(self) -> int:
        """Return how many messages it may send with the next claim."""
        return MOST_IN_BATCH if self.budget is None else self.budget.messages_within(HORIZON)

    def firsts_soon(self) -> int:
        """Return how many of them may be first contacts."""
        return MOST_IN_BATCH if self.budget is None else self.budget.first_contacts_within(HORIZON)

    def remaining_today(self) -> Remaining:
        """Return what it may still do today."""
        if self.budget is None:
            return Remaining(self.messages_soon(), self.firsts_soon())
        firsts = self.budget.first_contacts_left if self.firsts_soon() else 0
        return Remaining(self.budget.messages_left, firsts)


class Eligibility:
    """Opens the accounts of a campaign and uploads the template's file to each of them."""

    def __init__(self, database: Database, clients: Clients) -> None:
        self._database, self._clients = database, clients
        self._failures: dict[int, int] = {}  # connections that failed in a row, by account
        self._not_before: dict[int, float] = {}  # of the next connection, on the loop's clock
        self._uploading: defaultdict[tuple[int, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._noted: set[tuple[int, datetime]] = set()  # short rests, by campaign and end

    async def senders(self, plan: Plan) -> list[Sender] | Pause:
        """Return the accounts that may send now; empty when none may for a moment."""
        async with self._database.connection() as connection:
            recent, quiet_end = await breakers.get(connection, plan.campaign.id)
            of_campaign = await accounts.page_of_campaign(connection, plan.campaign.id)
        if (breaker := tripped(recent)) is not None:
            return Pause(breaker)
        if quiet_end is not None:
            return Pause(Reason.QUIET_HOURS, quiet_end)
        sending = [account for account in of_campaign if account.status in SENDING]
        if not sending:
            return await self._without_senders(plan.campaign, of_campaign)
        if (until := _outage_until(of_campaign)) is not None:
            return Pause(Reason.OUTAGE, until)
        if plan.campaign.mode is Mode.TEST:
            sending = await self._for_test(plan.campaign, sending)
        ready: list[Sender] = []
        for account in sending:
            match await self._open(plan, account.id):
                case Sender() as sender:
                    ready.append(sender)
                case Pause() as pause:
                    return pause
        return await self._with_budgets(plan, ready)

    async def _for_test(self, campaign: Campaign, sending: list[Account]) -> list[Account]:
        """Return the account that a test campaign is sent from, and those with rows of their own.

        Another account may have stood in while the first one rested.
        """
        async with self._database.connection() as connection:
            pinned = await rescues.find_pinned(connection, campaign.id)
        return [sending[0], *(account for account in sending[1:] if account.id in pinned)]

    async def _with_budgets(self, plan: Plan, senders: list[Sender]) -> list[Sender]:
        if plan.campaign.mode is not Mode.LIVE or not senders:
            return senders
        async with self._database.connection() as connection:
            ids = [sender.account_id for sender in senders]
            budgets = await caps.find_budgets(connection, ids, plan.campaign.zone)
        return [replace(sender, budget=budgets[sender.account_id]) for sender in senders]

    async def _without_senders(
        self, campaign: Campaign, of_campaign: Sequence[Account]
    ) -> list[Sender] | Pause:
        """Return no senders while the shortest rest is short, else why the campaign must pause."""
        resting = [
            (account.resting_until, account.rest_reason or Reason.ACCOUNT_RESTING, account.at)
            for account in of_campaign
            if account.status is AccountStatus.RESTING and account.resting_until
        ]
        if not resting:
            if any(account.status is AccountStatus.HELD for account in of_campaign):
                return Pause(Reason.ACCOUNT_HELD)
            return Pause(Reason.ACCOUNT_LOST if of_campaign else Reason.NO_ACCOUNT)
        until, reason, now = min(resting)
        if until - now > SHORT_REST:
            return Pause(reason, until)
        if (campaign.id, until) not in self._noted:
            self._noted.add((campaign.id, until))
            async with self._database.connection() as connection:
                await campaigns.add_note(connection, campaign.id, reason)
        return []

    async def _open(self, plan: Plan, account_id: int) -> Sender | Pause | None:
        """Return the account with its client and file; None when it cannot send for a moment."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before.get(account_id, 0.0):
            return None
        try:
            client = await self._clients.get(account_id)
        except (Elsewhere, SignedOut):
            return None
        except CannotOpen as error:
            await self._back_off(plan.campaign.id, account_id, error.reason)
            return None
        self._failures.pop(account_id, None)
        if plan.template.media_id is None:
            return Sender(account_id, client, None)
        async with self._uploading[account_id, plan.template.media_id]:  # once for all campaigns
            file = await self._media(plan, client, plan.template.media_id)
        return Sender(account_id, client, file) if isinstance(file, AccountMedia) else file

    async def _back_off(self, campaign_id: int, account_id: int, reason: str) -> None:
        failures = self._failures[account_id] = self._failures.get(account_id, 0) + 1
        wait = repeat_wait(failures).total_seconds()
        self._not_before[account_id] = asyncio.get_running_loop().time() + wait
        log.warning("Account %d cannot connect (%s), next try in %.0f s", account_id, reason, wait)
        if failures == OUTAGE_AFTER:
            async with self._database.connection() as connection:
                await campaigns.add_note(connection, campaign_id, Reason.OUTAGE)

    async def _media(
        self, plan: Plan, client: AccountClient, media_id: int
    ) -> AccountMedia | Pause | None:
        """Return the file as this account has it; None when it cannot be uploaded now."""
        async with self._database.connection() as connection:
            known = await peers.find_media(connection, client.account_id, media_id)
            if known is not None:
                return known
            file = await media.get(connection, media_id)
        match await gateway.upload(client, file):
            case AccountMedia() as uploaded:
                async with self._database.connection() as connection:
                    await peers.save_media(connection, client.account_id, uploaded)
                return uploaded
            case Wait() | AccountLost():
                return None
            case (Ambiguous() | Retry() | Moved()) as failed:
                await self._clients.discard(client, failed)
                await self._back_off(plan.campaign.id, client.account_id, failed.reason)
                return None
            case refused:
                return Pause(getattr(refused, "reason", ""))


def _outage_until(of_campaign: Sequence[Account]) -> datetime | None:
    """Return when the first rest ends if most of several accounts rest unanswered; else None."""
    rests = [
        account.resting_until
        for account in of_campaign
        if account.status is AccountStatus.RESTING
        and account.rest_reason == Reason.NO_ANSWER
        and account.resting_until
    ]
    return min(rests) if len(rests) > 1 and 2 * len(rests) > len(of_campaign) else None
