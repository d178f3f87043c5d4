"""Sets the alarms of a process with APScheduler, which stores its jobs in Postgres.

A job is the name of a function and a campaign's id, never an object. A stored job that is lost or
doubled does no harm: the runtime sets the alarms again from the campaigns' rows.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine

from sender.engine.alarms import Alarm

SCHEMA = "scheduler"
CONNECT_SECONDS = 5

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of each skipped tick


class Schedule:
    """The AlarmScheduler of a process; its alarms outlive a restart."""

    def __init__(self, dsn: str, name: str = "main") -> None:
        """`name` is the process's own and names the table of its jobs.

        Two schedulers on one table would both run each job.
        """
        self._table = f"jobs_{name}"
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(
                dsn,
                connect_timeout=CONNECT_SECONDS,
                prepare_threshold=None,  # a pooler may run the next statement elsewhere
            ),
            pool_size=1,
            pool_pre_ping=True,
        )
        self._scheduler: Any = None
        self._just_started = False

    def start(self) -> None:
        """Begin to fire alarms. Needs a running event loop."""
        store = SQLAlchemyJobStore(engine=self._engine, tablename=self._table, tableschema=SCHEMA)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": store},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.start()
        self._just_started = True

    def stop(self) -> None:
        """Stop firing alarms and cancel the functions that run."""
        if self._scheduler is not None and self._scheduler.running:  # a start may have failed
            self._scheduler.shutdown(wait=False)
        self._scheduler = None
        self._engine.dispose()

    def restart(self) -> None:
        """Start again after the scheduler has stopped by itself."""
        self.stop()
        self.start()

    def set_alarms(self, alarms: Collection[Alarm]) -> None:
        """Make these the stored jobs: add, move and remove.

        After a start every job is replaced, so that a tick comes at once. The stored job of a dead
        process would wait for the moment that that process had planned.
        """
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


def _run_date(trigger: Any) -> datetime | None:
    """Return when a job that runs once is due; None for others."""
    return getattr(trigger, "run_date", None)
