"""One history: some campaigns and a random course of events."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from typing import Any

from db import barring
from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.errors import Conflict
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import accounts, campaigns, installation
from sender.accounts.eligibility import Eligibility
from sender.accounts.health import AccountHealth
from sender.accounts.quotas import Quotas
from sender.background import Background, Signal
from sender.engine.addressing import Addressing
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.preparation import Preparation
from sender.engine.rescuer import Rescuer
from sender.engine.settler import Settler
from sender.engine.slices import Slices
from tests.sender.histories import rows
from tests.sender.histories.judge import DAY, judge
from tests.sender.histories.telegram import Attempts, Clients, Telegram
from tests.sender.histories.world import World, add_random_rows

RUNNING, PAUSED = CampaignStatus.RUNNING, CampaignStatus.PAUSED
MOST_DAYS = 40  # without an event, until a campaign must have ended or paused
MOST_STEPS = 1_500


class Waits(Exception):  # the end of a step, no error
    """The slice would wait for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def raise_wait(*_: asyncio.Event, until: float) -> None:
    """Stand in for `first_of` in the slices: the history decides how time passes."""
    raise Waits(max(0.0, until - asyncio.get_running_loop().time()))


class Stuck(AssertionError):
    """A running campaign has nothing to claim, no moment, and has neither ended nor paused."""


class History:
    """The campaigns of `world`; all that is random in it comes from `seed`."""

    def __init__(self, database: Database, seed: int) -> None:
        self._database, self.seed = database, seed
        self._chance, self._began, self._skipped = random.Random(seed), time.monotonic(), 0.0
        self.telegram = Telegram(self._chance, self._now)
        self.log = self.telegram.log
        self.world = World()

    async def play(self) -> None:
        """Raise an AssertionError with the seed and the whole course when a promise is broken."""
        try:
            await self._play()
        except Exception as error:
            course = "\n".join([*self.log, *await self.world.describe(self._database)])
            raise AssertionError(f"{error!r}\nseed {self.seed}\n{course}") from error

    async def _play(self) -> None:
        chance = self._chance
        async with self._database.transaction() as connection:
            await add_random_rows(connection, self.world, self.telegram, chance, self.seed)
        await self.start_process()
        self.telegram.trouble = chance.choice([0.1, 0.4, 0.7])
        for _ in range(chance.randrange(1, 25)):
            await self._event()
            await self._step()
        self.telegram.trouble = 0.0
        self.log.append("-- no more events")
        for campaign_id in self.world.campaigns:
            await self._advance(campaign_id, CampaignEvent.RESUME)
        await self.run_out()
        await judge(self._database, self.world, self.telegram)
        self.log.append("-- all is put right")
        await self._put_right()
        await judge(self._database, self.world, self.telegram)

    def _now(self) -> float:
        return time.monotonic() - self._began + self._skipped

    async def start_process(self) -> None:
        """Build the engine, as a process does that has just started."""
        database, self._background, changed = self._database, Background(), Signal()
        async with database.connection() as connection:
            self._installation = await installation.get(connection)
        health = AccountHealth(database, changed)
        settler = Settler(database, self._background, changed)
        handler = OutcomeHandler(database, self._installation, settler, changed)
        clients: Any = Clients(self.telegram, health)
        attempts: Any = Attempts(self.telegram, clients, health, settler, handler)
        quotas = Quotas(database)
        addressing = Addressing(database, self._installation, quotas, settler, handler)
        preparation = Preparation(database, self._installation, addressing, quotas, settler)
        eligibility = Eligibility(database, clients)
        parts = eligibility, preparation, attempts, settler, "main"
        self._slices = Slices(database, self._background, changed, *parts)
        self._health, self._rescuer = health, Rescuer(database)

    # --- what happens ------------------------------------------------------------------

    async def _event(self) -> None:
        chance, account_id = self._chance, self._chance.choice(self.world.accounts)
        campaign_id = chance.choice(self.world.campaigns)
        if chance.random() < 0.6:
            return
        event = chance.choice(
            "revoke disable hold put_right pause resume resume restart wait bar".split()
        )
        self.log.append(f"event {event} (account {account_id}, campaign {campaign_id})")
        async with self._database.transaction() as connection:
            match event:
                case "revoke":
                    self.telegram.revoked.add(account_id)
                case "disable":
                    self.telegram.disabled.add(account_id)
                    await connection.execute(rows.DISABLE, account_id)
                case "hold":
                    await accounts.hold(connection, account_id, "FLOOD_WAIT_9999")
                case "put_right":
                    await self._sign_in(connection, [account_id])
                case "bar":
                    user = chance.choice(list(self.world.persons.values()))
                    key, why = self._installation.suppression_key, SuppressionReason.OPT_OUT
                    await barring.bar(connection, key, why, user_ids=[user])
        match event:
            case "pause":
                await self._advance(campaign_id, CampaignEvent.PAUSE)
            case "resume":
                await self._advance(campaign_id, CampaignEvent.RESUME)
            case "restart":
                await self.start_process()
                await self._rescuer.begin("main")
            case "wait":
                await self._pass(chance.choice([1.0, 65.0, 4000.0, DAY, 2 * DAY]))

    async def _sign_in(self, connection: Any, account_ids: list[int]) -> None:
        self.telegram.revoked -= set(account_ids)
        self.telegram.disabled -= set(account_ids)
        await connection.execute(rows.SIGN_IN, account_ids)

    async def _advance(self, campaign_id: int, event: CampaignEvent) -> None:
        with suppress(Conflict):
            async with self._database.transaction() as connection:
                await campaigns.advance(connection, campaign_id, event, reason="by hand")
            if event is CampaignEvent.PAUSE:
                self._slices.halt(campaign_id)

    async def _pass(self, seconds: float) -> None:
        before = self._now() + DAY / 2
        midnights = int((before + seconds) // DAY - before // DAY)
        async with self._database.transaction() as connection:
            args = self.world.campaigns, self.world.accounts, seconds, midnights
            await rows.advance_time(connection, *args)
        self._skipped += seconds

    async def _step(self) -> float:
        """Let each campaign that runs make one step; return the shortest wait that it asks for."""
        waits = [60.0]
        for campaign_id in self.world.campaigns:
            self._slices._ends[campaign_id] = float("inf")
            try:
                await self._slices._deliver(campaign_id)
            except Waits as wait:
                waits.append(wait.seconds)
            while self._background._tasks:
                await asyncio.wait(self._background._tasks)
        await self._pass(min(waits))
        return min(waits)

    async def _housekeeping(self) -> None:
        await self._rescuer.sweep()
        async with self._database.connection() as connection:
            for campaign_id in self.world.campaigns:
                await campaigns.resume_if_due(connection, campaign_id)
                campaign = await campaigns.get(connection, campaign_id)
                if campaign.status is PAUSED and not campaign.counts.pending:
                    await campaigns.finish(connection, campaign_id)

    async def run_out(self) -> None:
        """Let time pass until no campaign runs or will resume by itself."""
        begins, before = self._now(), ""
        for _ in range(MOST_STEPS):
            await self._step()
            await self._housekeeping()
            async with self._database.connection() as connection:
                alive = [await campaigns.get(connection, one) for one in self.world.campaigns]
                if not any(one.status is RUNNING or one.resumes_at for one in alive):
                    return
                after = await connection.fetchval(rows.FINGERPRINT, self.world.campaigns)
                args = self.world.campaigns, self.world.accounts
                moment = await connection.fetchval(rows.FIND_NEXT_MOMENT, *args)
            if after == before:
                await self._pass(moment + 0.01)
            before = after
            if self._now() - begins > MOST_DAYS * DAY:
                break
        raise Stuck([(one.id, one.status, one.pause_reason, one.resumes_at) for one in alive])

    async def _put_right(self) -> None:
        """Do what the reasons ask an admin for, until every campaign has finished."""
        for _ in range(40):
            async with self._database.transaction() as connection:
                await self._sign_in(connection, self.world.accounts)
                await connection.execute(rows.RAISE_CAPS, self.world.accounts)
                alive = [await campaigns.get(connection, one) for one in self.world.campaigns]
            if all(one.status is CampaignStatus.FINISHED for one in alive):
                return
            for one in alive:
                if one.status is PAUSED:
                    assert one.pause_reason, one
                    self.log.append(f"campaign {one.id} was paused: {one.pause_reason}")
                    await self._advance(one.id, CampaignEvent.RESUME)
            await self.run_out()
        raise Stuck("A person cannot end it")
