"""Which accounts may send now; and what becomes of a campaign when none may.

A short rest is waited out, a long one pauses the campaign until it ends, and without any account
the campaign waits for a person.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from db.models.account import Account, AccountMedia, AccountStatus
from db.models.breaker import tripped
from db.models.campaign import Campaign, Mode
from db.models.caps import Budget
from db.models.template import Template
from db.pool import Database
from db.queries import accounts, breakers, campaigns, caps, media, peers
from sender.accounts.assignment import Left
from sender.accounts.health import NO_ANSWER, AccountHealth
from sender.outcome.outcome import AccountLost, Ambiguous, Retry, Wait
from sender.outcome.retry import repeat_wait
from sender.pacing.departures import BATCH_SECONDS, MOST_IN_BATCH
from sender.telegram import gateway
from sender.telegram.clients import CannotOpen, Client, Clients, Elsewhere, SignedOut

log = logging.getLogger(__name__)

SHORT_REST = timedelta(seconds=60)  # waited out; a longer one pauses the campaign
LIVE = frozenset({AccountStatus.ACTIVE, AccountStatus.LIMITED})
HORIZON = timedelta(seconds=BATCH_SECONDS)  # a claim covers this much time
OUTAGE_AFTER = 3  # failed connections in a row before the admins are told


@dataclass(frozen=True, slots=True)
class Plan:
    """What a slice of a campaign works from."""

    campaign: Campaign
    template: Template
    interval: timedelta
    ending: str = ""  # how to stop these messages: under every one to a person


@dataclass(frozen=True, slots=True)
class Sender:
    """An account that may send now. `media` is the template's file as it has uploaded it."""

    account_id: int
    client: Client
    media: AccountMedia | None
    budget: Budget | None = None  # None: what it sends is not counted

    def soon(self) -> int:
        """How many messages it may send with the next claim."""
        return MOST_IN_BATCH if self.budget is None else self.budget.soon(HORIZON)

    def firsts_soon(self) -> int:
        """How many of them may go to people it never talked with."""
        return MOST_IN_BATCH if self.budget is None else self.budget.firsts_soon(HORIZON)

    def left_today(self) -> Left:
        """What it may still do; an account whose messages are not counted may do all."""
        if self.budget is None:
            return Left(self.soon(), self.firsts_soon())
        firsts = self.budget.firsts_left if self.firsts_soon() else 0
        return Left(self.budget.messages_left, firsts)


class Eligibility:
    """Opens the accounts of a campaign and brings the template's file to them."""

    def __init__(self, database: Database, clients: Clients, health: AccountHealth) -> None:
        self._database, self._clients, self._health = database, clients, health
        self._failures: dict[int, int] = {}  # connections that failed in a row, by account
        self._not_before: dict[int, float] = {}
        self._uploading: defaultdict[tuple[int, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._noted: set[tuple[int, datetime]] = set()

    async def senders(self, plan: Plan) -> list[Sender]:
        """Those that may send now. Empty: nobody may, and the campaign was told what follows."""
        async with self._database.connection() as connection:
            recent, quiet_end = await breakers.get(connection, plan.campaign.id)
        if (breaker := tripped(recent)) is not None:
            await self._health.pause(plan.campaign.id, breaker)
            return []
        if quiet_end is not None:
            await self._health.pause(plan.campaign.id, "quiet_hours", resumes_at=quiet_end)
            return []
        of_campaign = await self._accounts(plan.campaign.id)
        active = [a for a in of_campaign if a.status in LIVE]
        if not active:
            await self._nobody(plan.campaign, of_campaign)
        elif (until := _outage_until(of_campaign)) is not None:
            await self._health.pause(plan.campaign.id, "outage", resumes_at=until)
            return []
        if plan.campaign.mode is Mode.TEST:
            active = active[:1]
        ready = [await self._open(plan, account.id) for account in active]
        return await self._with_budgets(plan, [sender for sender in ready if sender is not None])

    async def hold_up(self, plan: Plan, senders: Sequence[Sender]) -> None:
        """Nothing could be claimed: if caps or limits are why, and for long, the campaign pauses.

        It goes on by itself when the first of its accounts may write to somebody new again.
        """
        budgets = [sender.budget for sender in senders if sender.budget is not None]
        if not budgets or any(sender.firsts_soon() for sender in senders):
            return
        async with self._database.connection() as connection:
            turn = await caps.find_turn(connection, plan.campaign.id)
            resting = [
                (account.resting_until, None)
                for account in await accounts.page_of_campaign(connection, plan.campaign.id)
                if account.status is AccountStatus.RESTING and account.resting_until
            ]
        if turn is None:
            return
        moments = [*resting, *(_reopens(budget, turn) for budget in budgets)]
        until, reason = min(moments, key=lambda moment: moment[0])
        if reason is not None and until - budgets[0].now > SHORT_REST:
            await self._health.pause(plan.campaign.id, reason, resumes_at=until)

    async def _with_budgets(self, plan: Plan, senders: list[Sender]) -> list[Sender]:
        if plan.campaign.mode is not Mode.LIVE:
            return senders
        async with self._database.connection() as connection:
            ids = [sender.account_id for sender in senders]
            budgets = await caps.find_budgets(connection, ids, plan.campaign.zone)
        return [replace(sender, budget=budgets[sender.account_id]) for sender in senders]

    async def _accounts(self, campaign_id: int) -> list[Account]:
        async with self._database.connection() as connection:
            found = await accounts.page_of_campaign(connection, campaign_id)
            if any(account.resting_until for account in found):
                await accounts.wake_due(connection)
                found = await accounts.page_of_campaign(connection, campaign_id)
        return found

    async def _nobody(self, campaign: Campaign, of_campaign: Sequence[Account]) -> None:
        resting = [
            (account.resting_until, account.status_reason or "account_resting")
            for account in of_campaign
            if account.status is AccountStatus.RESTING and account.resting_until
        ]
        if not resting:
            reason = "account_lost" if of_campaign else "no_account"
            if any(a.status is AccountStatus.HELD for a in of_campaign):
                reason = "account_held"
            await self._health.pause(campaign.id, reason)
            return
        until, reason = min(resting)
        if until - datetime.now(UTC) > SHORT_REST:
            await self._health.pause(campaign.id, reason, resumes_at=until)
        elif (campaign.id, until) not in self._noted:
            self._noted.add((campaign.id, until))
            async with self._database.connection() as connection:
                await campaigns.note(connection, campaign.id, reason)

    async def _open(self, plan: Plan, account_id: int) -> Sender | None:
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
        async with self._uploading[account_id, plan.template.media_id]:  # by one, the first
            uploaded = await self._media(plan, account_id, client, plan.template.media_id)
        return None if uploaded is None else Sender(account_id, client, uploaded)

    async def _back_off(self, campaign_id: int, account_id: int, reason: str) -> None:
        failures = self._failures[account_id] = self._failures.get(account_id, 0) + 1
        wait = repeat_wait(failures).total_seconds()
        self._not_before[account_id] = asyncio.get_running_loop().time() + wait
        log.warning("Account %d cannot connect (%s), again in %.0f s", account_id, reason, wait)
        if failures == OUTAGE_AFTER:
            async with self._database.connection() as connection:
                await campaigns.note(connection, campaign_id, "outage")

    async def _media(
        self, plan: Plan, account_id: int, client: Client, media_id: int
    ) -> AccountMedia | None:
        """The file as this account has it, uploaded if need be; None when that failed."""
        async with self._database.connection() as connection:
            if (known := await peers.find_media(connection, account_id, media_id)) is not None:
                return known
            file = await media.get(connection, media_id)
        match await gateway.upload(client, file):
            case AccountMedia() as uploaded:
                async with self._database.connection() as connection:
                    await peers.keep_media(connection, account_id, uploaded)
                return uploaded
            case Wait() | AccountLost() as outcome:
                await self._clients.heed(account_id, client, outcome)
                await self._health.heed(account_id, client.session.sign_in, outcome)
            case Ambiguous(reason) | Retry(reason):
                await self._clients.dispose(account_id, client)
                await self._back_off(plan.campaign.id, account_id, reason)
            case refused:
                await self._health.pause(plan.campaign.id, getattr(refused, "reason", ""))
        return None


def _reopens(budget: Budget, turn: datetime) -> tuple[datetime, str | None]:
    """When the account may write to somebody new again, and what keeps it for so long."""
    if not budget.messages_left:
        return turn, "cap_per_day"
    if not budget.firsts_left:
        return turn, "cap_first_per_day"
    if not budget.lookups_left:
        return turn, "cap_lookups_per_day"
    apart = timedelta(seconds=budget.caps.first_apart_seconds)
    limited = budget.next_first_at - budget.now > apart
    return max(budget.next_first_at, budget.next_slot_at), "PEER_FLOOD" if limited else None


def _outage_until(of_campaign: Sequence[Account]) -> datetime | None:
    """When to look again, if Telegram answers most of several accounts no more."""
    mute = [
        a.resting_until for a in of_campaign if a.status_reason == NO_ANSWER and a.resting_until
    ]
    return min(mute) if len(mute) > 1 and 2 * len(mute) > len(of_campaign) else None
