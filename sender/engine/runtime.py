"""The sender while it runs: its parts put together, and what each alarm does.

Rows are the truth. At the start, at every notification and every few seconds the alarms are
computed from the campaigns' rows, so a lost alarm is set again and a doubled one changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.errors import Conflict
from db.models.operation import OperationKind
from db.notifications import Notifications
from db.pool import Database
from db.queries import campaigns, expansion, installation
from db.worker import Worker
from sender.accounts.eligibility import Eligibility
from sender.accounts.health import AccountHealth
from sender.accounts.quotas import Quotas
from sender.background import Background, Signal
from sender.engine.addressing import Addressing
from sender.engine.alarms import AlarmClock, alarms_of
from sender.engine.attempt import Attempts
from sender.engine.delivery import Delivery
from sender.engine.expansion import Expansion
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.preparation import Preparation
from sender.engine.rescuer import Rescuer
from sender.engine.settler import Settler
from sender.inbox.inbox import Inbox
from sender.telegram.clients import Clients
from sender.telegram.connect import TelegramAccess
from sender.telegram.leases import Leases, Terms
from sender.telegram.sealing import Sealer

log = logging.getLogger(__name__)

CHANNEL = "campaign_events"
LOOK_SECONDS = 5.0
STALLED_SECONDS = 45.0  # without a tick, the clock is started again
HEALTH_SECONDS = 60.0
STOP_SECONDS = 7.0


class Runtime:
    """Delivers the campaigns of one database: `Runtime(…, Schedule(database.dsn, name))`.

    A process has one, and any number of processes may share a database. `name` is the process's
    own, held as a lock (db.process_lock). `at_once`: leases of that name are a dead predecessor's
    and are taken without waiting; a stand-by cannot be sure of that death. `secret_key` is the text
    of SECRET_KEY.
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
        self._background, self._changed = Background(), Signal()
        self._rescuer = Rescuer(database)
        self._worker = Worker(database, name, {OperationKind.EXPANSION: Expansion(database)})
        self._ticked_at = self._checked_at = 0.0

    async def start(self) -> None:
        """Rescue what a predecessor left, set the alarms, begin to watch the rows."""
        await self._leases.renew()
        await self._build()
        self._tick()
        await self._rescuer.begin(self._name)
        _set_current(self)
        self._clock.start()
        await self.reconcile()
        self._watching = [
            self._background.start(self._watch()),
            self._background.start(self._clients.save_sessions()),
            self._background.start(self._leases.keep(self._clients.disconnect)),
            self._background.start(self._inbox.watch()),
            self._background.start(self._inbox.work()),
            self._background.start(self._worker.run()),
        ]

    async def _build(self) -> None:
        """Put the parts together: the whole sender, from the door to the slices."""
        database, background, changed = self._database, self._background, self._changed
        async with database.connection() as connection:
            this = await installation.get(connection)

        health = AccountHealth(database, changed)
        sealer = Sealer(self._secret_key, this.id)
        self._clients = Clients(database, self._access, sealer, self._leases, health)

        self._settler = Settler(database, background, changed)
        handler = OutcomeHandler(database, this, self._settler, changed)
        attempts = Attempts(self._clients, health, self._settler, handler)
        self._inbox = Inbox(database, self._clients, this, attempts.withhold)

        quotas = Quotas(database)
        addressing = Addressing(database, this, quotas, self._settler, handler)
        preparation = Preparation(database, this, addressing, quotas, self._settler)
        eligibility = Eligibility(database, self._clients)
        self._delivery = Delivery(
            database, background, changed, eligibility, preparation, attempts, self._name
        )

    async def stop(self) -> None:
        """End within ten seconds: nothing new leaves, and what is under way is awaited."""
        _set_current(None)
        for watching in self._watching:
            watching.cancel()
        await self._notifications.close()
        self._delivery.halt_all()
        await self._background.close(STOP_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._settler.flush()
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
        self._restart_stalled_clock()  # before a call of a clock that may be broken
        self._clock.arrange(alarms_of(alive))

    def _restart_stalled_clock(self) -> None:
        if asyncio.get_running_loop().time() - self._ticked_at > STALLED_SECONDS:
            log.error("The scheduler has stopped ticking and is started again")
            self._clock.restart()
            self._tick()

    # --- what the alarms do ---------------------------------------------------

    async def deliver(self, campaign_id: int) -> None:
        """A tick: deliver the campaign for a little longer than until the next one."""
        self._tick()
        await self._inbox.caught_up.wait()  # a STOP that came while the process was down counts
        if campaign_id not in self._delivery.under_way:
            await self._inbox.catch_up()
        self._delivery.deliver(campaign_id)

    async def start_campaign(self, campaign_id: int) -> None:
        """Start a scheduled campaign whose moment has come."""
        self._tick()
        with suppress(Conflict):
            async with self._database.transaction() as connection:
                await campaigns.advance(connection, campaign_id, CampaignEvent.START)
                await expansion.expand(connection, campaign_id)  # the rest is an operation

    async def resume_campaign(self, campaign_id: int) -> None:
        """End a pause whose moment has come, unless another pause has replaced it."""
        self._tick()
        async with self._database.connection() as connection:
            await campaigns.resume_if_due(connection, campaign_id)

    async def housekeeping(self) -> None:
        """Look after abandoned deliveries, and now and then after the clients."""
        self._tick()
        await self._rescuer.sweep()
        now = asyncio.get_running_loop().time()
        if now - self._checked_at > HEALTH_SECONDS:
            self._checked_at = now
            await self._clients.check()

    def _tick(self) -> None:
        self._ticked_at = asyncio.get_running_loop().time()


_current: Runtime | None = None


def current() -> Runtime | None:
    """Return the runtime of this process, for jobs, which carry ids only; None while it stops."""
    return _current


def _set_current(runtime: Runtime | None) -> None:
    global _current
    _current = runtime
