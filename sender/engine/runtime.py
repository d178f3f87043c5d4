"""Builds the sender from its parts, runs it, and handles its alarms.

Rows are the truth. At the start, at every notification and every few seconds the alarms are
computed from the campaigns' rows. So a lost alarm is set again, and a doubled one changes nothing.
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
from db.queries import campaign_events, campaigns, expansion, installation
from db.worker import Worker
from sender.accounts.eligibility import Eligibility
from sender.accounts.health import AccountHealth
from sender.accounts.quotas import Quotas
from sender.background import Background, Signal
from sender.engine.addressing import Addressing
from sender.engine.alarms import AlarmScheduler, alarms_of
from sender.engine.attempt import Attempts
from sender.engine.clock_watch import ClockWatch
from sender.engine.expansion import Expansion
from sender.engine.outcome_handler import OutcomeHandler
from sender.engine.preparation import Preparation
from sender.engine.rescuer import Rescuer
from sender.engine.settler import Settler
from sender.engine.slices import Slices
from sender.inbox.gathering import Gathering
from sender.inbox.inbox import Inbox
from sender.telegram.clients import Clients
from sender.telegram.connect import TelegramAccess
from sender.telegram.leases import Leases, Terms
from sender.telegram.sealing import Sealer

log = logging.getLogger(__name__)

CHANNEL = "campaign_events"
LOOK_SECONDS = 5.0  # between two looks at the campaigns' rows without a notification
STALLED_SECONDS = 45.0  # without an alarm, the scheduler is started again
HEALTH_SECONDS = 60.0  # between two checks of the open clients
STOP_SECONDS = 7.0  # for slices and attempts under way to end


class Runtime:
    """Delivers the campaigns of one database: `Runtime(…, Schedule(database.dsn, name))`.

    A process has one, and any number of processes may share a database. `secret_key` is the text of
    SECRET_KEY. `name` is the process's own, held as a lock (db.process_lock). `at_once`: take the
    leases of that name without waiting, since the process that held them is certainly dead. A
    stand-by process passes False.
    """

    def __init__(
        self,
        database: Database,
        secret_key: str,
        access: TelegramAccess,
        scheduler: AlarmScheduler,
        *,
        name: str = "main",
        at_once: bool = True,
        terms: Terms | None = None,
    ) -> None:
        self._database, self._secret_key, self._access = database, secret_key, access
        self._scheduler, self._name = scheduler, name
        self._worker = Worker(database, name, {OperationKind.EXPANSION: Expansion(database)})
        self._leases = Leases(database, name, at_once=at_once, terms=terms)
        self._notifications = Notifications(database, CHANNEL)
        self._background, self._changed = Background(), Signal()
        self._rescuer, self._clock_watch = Rescuer(database), ClockWatch(database)
        self._runs: dict[int, int] = {}  # the event by which each campaign's slice began
        self._beginning: set[int] = set()  # campaigns that wait for the inbox
        self._fired_at = self._checked_at = 0.0  # last alarm, last check; on the loop's clock

    async def start(self) -> None:
        """Rescue what a predecessor left, set the alarms, begin to watch the rows."""
        await self._clock_watch.check()  # first: the leases of the dead must not lie a day ahead
        await self._leases.renew()
        await self._build()
        self._note_alarm()
        await self._rescuer.begin(self._name)
        _set_current(self)
        await self._scheduler.start()
        await self.reconcile()
        self._loops = [
            self._background.start(self._watch()),
            self._background.start(self._clients.save_sessions()),
            self._background.start(self._leases.keep(self._clients.disconnect)),
            self._background.start(self._inbox.watch()),
            self._background.start(self._inbox.work()),
            self._background.start(self._worker.run()),
            self._background.start(self._gatherer.run()),
        ]

    async def _build(self) -> None:
        """Create the parts of the sender, from the clients up to the slices."""
        database, background, changed = self._database, self._background, self._changed
        async with database.connection() as connection:
            this_installation = await installation.get(connection)
        health = AccountHealth(database, changed)
        sealer = Sealer(self._secret_key, this_installation.id)
        self._clients = Clients(database, self._access, sealer, self._leases, health)
        self._settler = Settler(database, background, changed)
        handler = OutcomeHandler(database, this_installation, self._settler, changed)
        attempts = Attempts(self._clients, health, self._settler, handler)
        self._inbox = Inbox(database, self._clients, this_installation, attempts.withhold)

        # A worker of its own: a gathering may take long, and an expansion must not wait for it.
        work = Gathering(database, self._clients, this_installation.suppression_key)
        self._gatherer = Worker(database, self._name, {}, unseen={OperationKind.GATHERING: work})
        quotas = Quotas(database)
        addressing = Addressing(database, this_installation, quotas, self._settler, handler)
        preparation = Preparation(database, this_installation, addressing, quotas, self._settler)
        eligibility = Eligibility(database, self._clients)
        self._slices = Slices(
            database,
            background,
            changed,
            eligibility,
            preparation,
            attempts,
            self._settler,
            self._clock_watch,
            self._name,
        )

    async def stop(self) -> None:
        """Let nothing new leave, wait for what is under way, then release the accounts.

        Each wait has a limit, so that a stop ends also without Telegram and the database.
        """
        _set_current(None)
        for task in self._loops:
            task.cancel()
        await self._notifications.close()
        self._slices.halt_all()
        await self._background.close(STOP_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settler.flush(), 1)
        await self._scheduler.stop()
        await self._clients.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leases.close(), 1)

    # --- from rows to alarms --------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await self._notifications.wait(LOOK_SECONDS)
            try:
                await self._clock_watch.look()
                await self.reconcile()
            except Exception as error:
                log.warning("Cannot set the alarms of the campaigns now: %r", error)

    async def reconcile(self) -> None:
        """Set the alarms by the campaigns' rows, and halt the campaigns that do not run any more.

        A campaign that has come to run is begun at once, before its first tick. A paused campaign
        whose deliveries are all settled is finished.
        """
        async with self._database.connection() as connection:
            await expansion.queue_missing(connection)
            alive = await campaigns.page_alive(connection)
            begun = self._slices.begun
            runs = await campaign_events.find_runs(connection, begun)
            for campaign in alive:
                paused = campaign.status is CampaignStatus.PAUSED
                if paused and campaign.counts.total and not campaign.counts.pending:
                    await campaigns.finish(connection, campaign.id)
        running = {c.id for c in alive if c.status is CampaignStatus.RUNNING}
        for campaign_id in begun:
            if campaign_id not in running or runs.get(campaign_id) != self._runs.get(campaign_id):
                self._slices.halt(campaign_id)  # a pause may have ended before it was seen
        await self._restart_stalled_scheduler()  # first: setting alarms may fail while it is broken
        await self._scheduler.set_alarms(alarms_of(alive))
        for campaign_id in running.difference(self._slices.begun):
            self._background.start(self._extend(campaign_id))

    async def _restart_stalled_scheduler(self) -> None:
        if asyncio.get_running_loop().time() - self._fired_at > STALLED_SECONDS:
            log.error("The scheduler has stopped firing alarms and is started again")
            await self._scheduler.restart()
            self._note_alarm()

    # --- what the alarms do ---------------------------------------------------

    async def deliver(self, campaign_id: int) -> None:
        """Handle a tick: begin a slice of this campaign, or extend the one under way."""
        self._note_alarm()
        await self._extend(campaign_id)

    async def _extend(self, campaign_id: int) -> None:
        if campaign_id in self._beginning:
            return
        self._beginning.add(campaign_id)
        try:
            await self._inbox.caught_up.wait()  # a STOP sent while the process was down comes first
            if campaign_id not in self._slices.begun:
                async with self._database.connection() as connection:
                    self._runs |= await campaign_events.find_runs(connection, [campaign_id])
                await self._inbox.catch_up()
            self._slices.extend(campaign_id)
        finally:
            self._beginning.discard(campaign_id)

    async def start_campaign(self, campaign_id: int) -> None:
        """Start a scheduled campaign whose moment has come."""
        self._note_alarm()
        with suppress(Conflict):
            async with self._database.transaction() as connection:
                await campaigns.advance(connection, campaign_id, CampaignEvent.START)
                await expansion.expand(connection, campaign_id)  # the rest is an operation

    async def resume_campaign(self, campaign_id: int) -> None:
        """End a pause whose moment has come, unless another pause has replaced it."""
        self._note_alarm()
        async with self._database.connection() as connection:
            await campaigns.resume_if_due(connection, campaign_id)

    async def housekeeping(self) -> None:
        """Rescue abandoned deliveries, and check the open clients every HEALTH_SECONDS."""
        self._note_alarm()
        await self._rescuer.sweep()
        now = asyncio.get_running_loop().time()
        if now - self._checked_at > HEALTH_SECONDS:
            self._checked_at = now
            await self._clients.check()

    def _note_alarm(self) -> None:
        self._fired_at = asyncio.get_running_loop().time()


_current: Runtime | None = None


def current() -> Runtime | None:
    """Return the runtime of this process; None before its start and from its stop on."""
    return _current


def _set_current(runtime: Runtime | None) -> None:
    global _current
    _current = runtime
