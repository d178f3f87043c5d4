"""Sets the alarms of a process with APScheduler, which stores its jobs in Postgres.

A job is the name of a function and a campaign's id, never an object. A stored job that is lost or
doubled does no harm: the runtime sets the alarms again from the campaigns' rows.

The job store is synchronous, so the scheduler has a thread of its own and its functions run in the
event loop. On the loop, a slow query of the store would stop everything else; behind a pooler with
few connections it would wait for one that a transaction of the loop holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine

from db.dsn import Dsn
from db.models.errors import DatabaseDown
from sender.engine.alarms import Alarm

SCHEMA = "scheduler"
CONNECT_SECONDS = 5  # unless the DSN has a connect_timeout

log = logging.getLogger(__name__)

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each skipped tick


class Schedule:
    """The AlarmScheduler of a process; its alarms outlive a restart."""

    def __init__(self, dsn: Dsn, name: str = "main") -> None:
        """`name` is the process's own and names the table of its jobs.

        Two schedulers on one table would both run each job.
        """
        self._table = f"jobs_{name}"
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: _connect(dsn),
            pool_size=1,
            pool_pre_ping=True,
        )
        self._scheduler: Any = None
        self._just_started = False

    async def start(self) -> None:
        """Begin to fire alarms in the running event loop."""
        await asyncio.to_thread(self._start, asyncio.get_running_loop())

    async def stop(self) -> None:
        """Stop firing alarms and cancel the functions that run."""
        await asyncio.to_thread(self._stop)

    async def restart(self) -> None:
        """Start again after the scheduler has stopped by itself."""
        await self.stop()
        await self.start()

    async def set_alarms(self, alarms: Collection[Alarm]) -> None:
        """Make these the stored jobs: add, move and remove.

        After a start every job is replaced, so that a tick comes at once. The stored job of a dead
        process would wait for the moment that that process had planned.
        """
        await asyncio.to_thread(self._set_alarms, alarms)

    # --- in a thread ------------------------------------------------------------

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        store = SQLAlchemyJobStore(engine=self._engine, tablename=self._table, tableschema=SCHEMA)
        self._scheduler = _Scheduler(
            timezone=UTC,
            jobstores={"default": store},
            executors={"default": _LoopExecutor(loop)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.start()
        self._just_started = True

    def _stop(self) -> None:
        if self._scheduler is not None and self._scheduler.running:  # a start may have failed
            self._scheduler.shutdown(wait=False)
        self._scheduler = None
        self._engine.dispose()

    def _set_alarms(self, alarms: Collection[Alarm]) -> None:
        stored = {job.id: job for job in self._scheduler.get_jobs()}
        wanted = {alarm.id: alarm for alarm in alarms}
        for job_id in stored.keys() - wanted.keys():
            with suppress(JobLookupError):
                self._scheduler.remove_job(job_id)
        for alarm in alarms:
            job = stored.get(alarm.id)
            if self._just_started or job is None or _run_date(job.trigger) != alarm.at:
                self._add(alarm)
        self._just_started = False

    def _add(self, alarm: Alarm) -> None:
        trigger = (
            DateTrigger(alarm.at, timezone=UTC)
            if alarm.at is not None
            else IntervalTrigger(seconds=alarm.every, timezone=UTC)
        )
        self._scheduler.add_job(
            f"sender.jobs:{alarm.function}",
            trigger,
            args=() if alarm.campaign_id is None else (alarm.campaign_id,),
            id=alarm.id,
            next_run_time=alarm.at or datetime.now(UTC),
            replace_existing=True,
        )


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]  # APScheduler carries no types
    def _main_loop(self) -> None:
        """Run until shut down, or until the store fails; the runtime's watchdog restarts it."""
        try:
            super()._main_loop()
        except Exception as error:
            log.warning("The scheduler has stopped: %r", error)


class _LoopExecutor(AsyncIOExecutor):  # type: ignore[misc]  # APScheduler carries no types
    """Runs the functions of a scheduler that has a thread of its own in an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def start(self, scheduler: Any, alias: str) -> None:
        super(AsyncIOExecutor, self).start(scheduler, alias)
        self._eventloop = self._loop
        self._pending_futures: set[asyncio.Future[Any]] = set()

    def shutdown(self, wait: bool = True) -> None:
        self._loop.call_soon_threadsafe(super().shutdown, wait)

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._loop.call_soon_threadsafe(super()._do_submit_job, job, run_times)


def _connect(dsn: Dsn) -> psycopg.Connection:
    """Open a connection of the job store. Raise DatabaseDown, with libpq's own words."""
    try:
        return psycopg.connect(
            **dsn.for_libpq(),
            connect_timeout=dsn.connect_seconds(CONNECT_SECONDS),
            prepare_threshold=None,  # a pooler may run the next statement elsewhere
        )
    except psycopg.OperationalError as error:
        words = " ".join(str(error).split())
        raise DatabaseDown(f"Cannot reach the database at {dsn.where}: {words}.") from error


def _run_date(trigger: Any) -> datetime | None:
    """Return when a job that runs once is due; None for others."""
    return getattr(trigger, "run_date", None)
