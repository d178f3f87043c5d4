"""Alarms may be lost: they are set again from the rows, and a stalled scheduler is restarted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from sqlalchemy.exc import OperationalError

from db.models.campaign import CampaignEvent, CampaignStatus
from sender.engine.schedule import Schedule
from tests.sender.stage import Stage

FINISHED, RUNNING = CampaignStatus.FINISHED, CampaignStatus.RUNNING


async def moment(stage: Stage, seconds: float) -> datetime:
    """Return the moment so many seconds from now, by the database's clock."""
    (row,) = await stage.run(
        "SELECT clock_timestamp() + $1::interval AS at", timedelta(seconds=seconds)
    )
    at: datetime = row["at"]
    return at


async def count(stage: Stage, event: str) -> int:
    rows = await stage.run("SELECT FROM campaign_events WHERE event = $1", event)
    return len(rows)


def fails(times: int, method: str, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let a method of the job store fail so many times; return a function that counts the rest."""
    left = times
    honest = getattr(SQLAlchemyJobStore, method)

    def lose(self: Any, *args: Any, **options: Any) -> Any:
        nonlocal left
        if left > 0:
            left -= 1
            raise OperationalError("the store", {}, ConnectionError("the database is away"))
        return honest(self, *args, **options)

    patch.setattr(SQLAlchemyJobStore, method, lose)
    return lambda: left


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restart a stalled scheduler after one second, and end a slice soon without ticks."""
    monkeypatch.setattr("sender.engine.runtime.LOOK_SECONDS", 0.3)
    monkeypatch.setattr("sender.engine.runtime.STALLED_SECONDS", 1.0)
    monkeypatch.setattr("sender.engine.alarms.TICK_SECONDS", 0.4)
    monkeypatch.setattr("sender.engine.slices.SLICE_SECONDS", 0.5)


async def test_a_start_that_came_due_while_the_process_was_down_happens_at_its_start(
    stage: Stage,
) -> None:
    campaign_id = await stage.draft(stage.people(2))
    await stage.start()
    await stage.advance(campaign_id, CampaignEvent.SCHEDULE, moment=await moment(stage, 0.5))
    await stage.stop()
    await asyncio.sleep(0.6)  # its moment passes while no process runs
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 2
    assert await count(stage, "start") == 1


async def test_a_pause_that_ended_while_the_process_was_down_ends_at_its_start(
    stage: Stage,
) -> None:
    campaign_id = await stage.campaign(stage.people(3), rate=(1, 1))
    await stage.advance(campaign_id, CampaignEvent.PAUSE, moment=await moment(stage, 0.2))
    await asyncio.sleep(0.3)  # its end passes while no process runs
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 3


async def test_stored_jobs_that_cannot_be_loaded_do_no_harm(stage: Stage) -> None:
    """A renamed function, and unreadable bytes: APScheduler drops both when it starts."""
    campaign_id = await stage.campaign(stage.people(2))
    await stage.start()
    await stage.stop()
    due = datetime.now(UTC).timestamp()
    await stage.run(
        "INSERT INTO scheduler.jobs_main (id, next_run_time, job_state) VALUES"
        " ('campaign-1-deliver-of-old', $1, '\\x80049503'), ('housekeeping-old', $1, '\\x00')",
        due,
    )
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 2


async def test_a_job_store_that_was_emptied_is_filled_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.engine.runtime.LOOK_SECONDS", 0.3)
    monkeypatch.setattr("sender.engine.slices.SLICE_SECONDS", 0.5)
    monkeypatch.setattr("sender.engine.alarms.TICK_SECONDS", 0.4)
    campaign_id = await stage.campaign(stage.people(30), rate=(10, 1))
    await stage.start()
    await stage.until_sent(3)
    await stage.run("DELETE FROM scheduler.jobs_main")
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 30
    assert set(stage.copies().values()) == {1}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("method", ["update_job", "get_next_run_time", "get_due_jobs"])
async def test_a_scheduler_that_a_database_error_stopped_is_started_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    campaign_id = await stage.campaign(stage.people(30), rate=(10, 1))
    await stage.start()
    await stage.until_sent(2)
    left = fails(1, method, monkeypatch)
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 30
    assert left() == 0, "it was hit"
    assert set(stage.copies().values()) == {1}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("failing_starts", [0, 2])
async def test_a_scheduler_whose_table_is_dropped_creates_it_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failing_starts: int
) -> None:
    """No alarm can be set meanwhile; the stalled scheduler must be noticed all the same."""
    campaign_id = await stage.campaign(stage.people(30), rate=(10, 1))
    await stage.start()
    await stage.until_sent(2)
    left = fails(failing_starts, "start", monkeypatch)
    await stage.run("DROP TABLE scheduler.jobs_main")
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 30
    assert left() == 0, "it was hit"
    assert set(stage.copies().values()) == {1}


async def test_a_store_that_fails_while_alarms_are_set_is_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.engine.runtime.LOOK_SECONDS", 0.3)
    await stage.start()
    left = fails(3, "add_job", monkeypatch)
    campaign_id = await stage.campaign(stage.people(2))
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 2
    assert left() == 0


async def test_two_schedulers_of_different_names_have_tables_of_their_own(stage: Stage) -> None:
    clocks = [Schedule(stage.database.dsn, name) for name in ("one", "two")]
    for clock in clocks:
        await clock.start()
    tables = await stage.run(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'scheduler'"
    )
    for clock in clocks:
        await clock.stop()
    assert {row["table_name"] for row in tables} == {"jobs_one", "jobs_two"}


async def test_a_store_that_waits_does_not_hold_the_loop(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a pooler it may wait for a connection that a transaction of the loop holds."""
    entered, released = threading.Event(), threading.Event()
    honest = SQLAlchemyJobStore.get_due_jobs

    def wait(store: Any, now: datetime) -> Any:
        entered.set()
        assert released.wait(30), "the loop could not release it"
        return honest(store, now)

    monkeypatch.setattr(SQLAlchemyJobStore, "get_due_jobs", wait)
    (person,) = stage.people(1)
    campaign_id = await stage.campaign([person])
    starting = asyncio.ensure_future(stage.start())  # noqa: TID251 - it must not be awaited yet
    assert await asyncio.to_thread(entered.wait, 30)
    released.set()
    await starting
    await stage.until(campaign_id, FINISHED)
