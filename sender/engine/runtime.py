"""The sender while it runs: rows in, alarms out, and what each alarm does.

Rows are the truth. At start, at every nudge and every few seconds the alarms are computed anew
from the campaigns' statuses, so a lost alarm is set again and a doubled one changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from db.models.campaign import Campaign, CampaignEvent, CampaignStatus
from db.models.errors import Conflict
from db.models.operation import OperationKind
from db.notifications import Notifications
from db.pool import Database
from db.queries import accounts, campaigns, expansion, installation
from db.worker import Worker
from sender.background import Background
from sender.engine.delivery import Delivery
from sender.engine.expansion import Expansion
from sender.engine.rescuer import Rescuer
from sender.inbox.inbox import Inbox
from sender.telegram.clients import Clients
from sender.telegram.connect import TelegramAccess
from sender.telegram.leases import Leases, Terms
from sender.telegram.sealing import Sealer

log = logging.getLogger(__name__)

CHANNEL = "campaign_events"
LOOK_SECONDS = 5.0
TICK_SECONDS = 5.0
HOUSEKEEPING_SECONDS = 15.0
STALLED_SECONDS = 45.0  # the clock has missed its ticks
HEALTH_SECONDS = 60.0
STOP_SECONDS = 7.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """A job of the clock: `act` of sender.jobs, once at `at` or every `every` seconds."""

    id: str
    act: str
    campaign_id: int | None = None
    at: datetime | None = None
    every: float | None = None


class AlarmClock(Protocol):
    """What the runtime asks of a scheduler."""

    def start(self) -> None:
        """Begin to tick."""

    def stop(self) -> None:
        """Tick no more; acts that run now are cancelled."""

    def arrange(self, alarms: Collection[Alarm]) -> None:
        """Make these the alarms that are set: add, move and take away."""

    def restart(self) -> None:
        """The clock has stopped without saying so: start it again."""


class Runtime:
    """Delivers the campaigns of one database: `Runtime(…, Schedule(database.dsn, name))`.

    One in a process, which holds the lock `name` of `db.process_lock`; any number on a database. A
    lease of that name is a dead predecessor's and taken `at_once`, but not by a stand-by, which
    cannot be sure of that death. `secret_key` is the text of SECRET_KEY.
    """

    def __init__(
        self,
        database: Database,
        secret_key: str,
        access: TelegramAccess,
        clock: AlarmClock,
        *,
        name: str = "main",
        at_once: bool = True,
        terms: Terms | None = None,
    ) -> None:
        self._database, self._secret_key, self._access = database, secret_key, access
        self._clock, self._name = clock, name
        self._leases = Leases(database, name, at_once=at_once, terms=terms)
        self._notifications = Notifications(database, CHANNEL)
        self._background, self._rescuer = Background(), Rescuer(database)
        self._worker = Worker(database, name, {OperationKind.EXPANSION: Expansion(database)})
        self._ticked_at = self._checked_at = 0.0

    async def start(self) -> None:
        """Rescuer what a predecessor left, set the alarms, begin to watch the rows."""
        async with self._database.connection() as connection:
            this = await installation.get(connection)
        await self._leases.renew()
        sealer = Sealer(self._secret_key, this.id)
        self._clients = Clients(self._database, self._access, sealer, self._leases)
        self._delivery = Delivery(self._database, self._clients, this, self._background, self._name)
        self._inbox = Inbox(
            self._database, self._clients, this, self._delivery.health, self._delivery.withhold
        )
        self._ticked_at = asyncio.get_running_loop().time()
        await self._rescuer.begin(self._name)
        _set_current(self)
        self._clock.start()
        await self.reconcile()
        self._watching = [
            self._background.start(self._watch()),
            self._background.start(self._clients.keep()),
            self._background.start(self._leases.keep(self._clients.disconnect)),
            self._background.start(self._inbox.watch()),
            self._background.start(self._inbox.work()),
            self._background.start(self._worker.run()),
        ]

    async def stop(self) -> None:
        """End within ten seconds: nothing new leaves, what is under way is awaited."""
        _set_current(None)
        for watching in self._watching:
            watching.cancel()
        await self._notifications.close()
        self._delivery.halt_all()
        await self._background.close(STOP_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._delivery.flush()
        self._clock.stop()
        await self._clients.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._leases.close()

    # --- from rows to alarms --------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await self._notifications.wait(LOOK_SECONDS)
            try:
                await self.reconcile()
            except Exception as error:
                log.warning("Cannot look after the campaigns now: %r", error)

    async def reconcile(self) -> None:
        """Make the alarms fit the rows, and halt what does not run any more."""
        async with self._database.connection() as connection:
            await expansion.queue_missing(connection)
            alive = await campaigns.page_alive(connection)
            for campaign in alive:
                paused = campaign.status is CampaignStatus.PAUSED
                if paused and campaign.counts.total and not campaign.counts.pending:
                    await campaigns.finish(connection, campaign.id)
        running = {c.id for c in alive if c.status is CampaignStatus.RUNNING}
        for campaign_id in self._delivery.under_way:
            if campaign_id not in running:
                self._delivery.halt(campaign_id)
        alarms = [alarm for campaign in alive if (alarm := _alarm(campaign)) is not None]
        keeping = Alarm("housekeeping", "housekeeping", every=HOUSEKEEPING_SECONDS)
        self._restart_stalled_clock()  # the database is there, yet alarms may be impossible to set
        self._clock.arrange([*alarms, keeping])

    def _restart_stalled_clock(self) -> None:
        if asyncio.get_running_loop().time() - self._ticked_at > STALLED_SECONDS:
            log.error("The scheduler has stopped ticking: it is started again")
            self._clock.restart()
            self._tick()

    # --- what the alarms do ---------------------------------------------------

    async def deliver(self, campaign_id: int) -> None:
        """A tick: the campaign is delivered for a little longer than until the next."""
        self._tick()
        await self._inbox.caught_up.wait()  # what was said while we were down comes first
        if campaign_id not in self._delivery.under_way:
            await self._inbox.catch_up()
        self._delivery.deliver(campaign_id)

    async def start_campaign(self, campaign_id: int) -> None:
        """A scheduled campaign's moment has come."""
        self._tick()
        with suppress(Conflict):
            async with self._database.transaction() as connection:
                await campaigns.advance(connection, campaign_id, CampaignEvent.START)
                await expansion.expand(connection, campaign_id)  # the rest is an operation

    async def resume_campaign(self, campaign_id: int) -> None:
        """A pause that ends by itself is over, if it has not been replaced by another."""
        self._tick()
        async with self._database.connection() as connection:
            await accounts.wake_due(connection)
            await campaigns.resume_if_due(connection, campaign_id)

    async def housekeeping(self) -> None:
        self._tick()
        await self._rescuer.sweep()
        now = asyncio.get_running_loop().time()
        if now - self._checked_at > HEALTH_SECONDS:
            self._checked_at = now
            await self._clients.check()

    def _tick(self) -> None:
        self._ticked_at = asyncio.get_running_loop().time()


def _alarm(campaign: Campaign) -> Alarm | None:
    name = f"campaign-{campaign.id}"
    match campaign.status:
        case CampaignStatus.RUNNING:
            return Alarm(f"{name}-deliver", "deliver", campaign.id, every=TICK_SECONDS)
        case CampaignStatus.SCHEDULED:
            return Alarm(f"{name}-start", "start_campaign", campaign.id, at=campaign.starts_at)
        case CampaignStatus.PAUSED if campaign.resumes_at is not None:
            return Alarm(f"{name}-resume", "resume_campaign", campaign.id, at=campaign.resumes_at)
    return None


_current: Runtime | None = None


def current() -> Runtime | None:
    """The runtime of this process, for jobs, which are handed ids only; None while it stops."""
    return _current


def _set_current(runtime: Runtime | None) -> None:
    global _current
    _current = runtime
