"""The two nights when the clocks change, lived through: Postgres and the product believe in them.

The campaign's quiet hours are those of a wall clock in Berlin. Telegram stays in the present.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from db.migrate import migrate
from db.models.campaign import CampaignEvent, CampaignStatus
from db.pool import open_database
from tests.faults.conftest import Record
from tests.faults.faketime import clock_off_by
from tests.faults.rig import Rig
from tests.faults.server import PostgresServer

Night: TypeAlias = Callable[[datetime], AbstractAsyncContextManager[Rig]]

SPRING = datetime(2027, 3, 28, 1, tzinfo=UTC)  # it is two o'clock, and then three
AUTUMN = datetime(2027, 10, 31, 1, tzinfo=UTC)  # it is three o'clock, and then two again
AHEAD = timedelta(seconds=45)  # so long before the change everything starts
RATE = (8, 1)
FEW, MANY = 100, 400  # many: 50 seconds' worth, which cannot be over before the change
HALF_AN_HOUR = timedelta(minutes=30)

SET_QUIET = """
UPDATE campaigns SET zone = 'Europe/Berlin', quiet_from = '21:00', quiet_until = $2::text::time
WHERE id = $1
"""


@pytest.fixture
def night(
    tmp_path: Path,
    server: PostgresServer,
    key_folder: Path,
    chance: random.Random,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> Night:
    """`async with night(change) as rig:` it is AHEAD of this change of clocks."""

    @asynccontextmanager
    async def fall(change: datetime) -> AsyncIterator[Rig]:
        wrong = clock_off_by(change - AHEAD - datetime.now(UTC))
        with monkeypatch.context() as patch:
            for name, value in wrong.items():
                patch.setenv(name, value)
            dsn = await server.start()
        database = await open_database(dsn, connections=1)
        await migrate(database)
        await database.close()
        async with Rig(tmp_path, dsn, key_folder, chance, command=command) as rig:
            product = rig.process("night", command, **wrong)
            rig.processes[:] = [product]
            yield rig
            await product.stop()
        await server.stop()

    return fall


async def begin(rig: Rig, quiet_until: str, count: int) -> int:
    """A campaign that is quiet from nine in the evening until then; the product runs."""
    people = rig.stage.people(count)
    campaign_id = await rig.stage.draft(people, rate=RATE)
    rig.expect(campaign_id, people)
    await rig.stage.run(SET_QUIET, campaign_id, quiet_until)
    await rig.stage.advance(campaign_id, CampaignEvent.START)
    await rig.launch()
    return campaign_id


async def now(rig: Rig) -> datetime:
    ((moment,),) = await rig.stage.run("SELECT clock_timestamp()")
    assert isinstance(moment, datetime)
    return moment


async def test_a_quiet_night_that_is_cut_short_by_the_clocks(night: Night, record: Record) -> None:
    """Quiet until three, which it is at once after two."""
    async with night(SPRING) as rig:
        campaign_id = await begin(rig, "03:00", FEW)
        campaign = await rig.until_status(campaign_id, CampaignStatus.PAUSED)
        assert (campaign.pause_reason, campaign.resumes_at) == ("quiet_hours", SPRING)
        await rig.product.kill()
        await rig.launch()
        assert await now(rig) < SPRING, "this machine is too slow for the night"
        verdict = await rig.verdict(campaign_id)
        ((first,),) = await rig.stage.run("SELECT min(slot_at) FROM deliveries")
    assert first >= SPRING
    assert first < SPRING + timedelta(seconds=30), "it went on by itself"
    record("the night when the clocks go forward", verdict)
    assert verdict.good, verdict


async def test_an_hour_that_comes_twice_is_quiet_the_second_time(
    night: Night, record: Record
) -> None:
    """Quiet until half past two: that is over before the change, and holds again after it."""
    async with night(AUTUMN) as rig:
        campaign_id = await begin(rig, "02:30", MANY)
        await rig.until_effects(1)  # TimeoutError: this machine is too slow for the night
        campaign = await rig.until_status(campaign_id, CampaignStatus.PAUSED)
        assert (campaign.pause_reason, campaign.resumes_at) == (
            "quiet_hours",
            AUTUMN + HALF_AN_HOUR,
        )
        await rig.product.kill()
        await rig.launch()
        ((last,),) = await rig.stage.run(
            "SELECT max(slot_at) FROM deliveries WHERE status = 'sent'"
        )
        assert AUTUMN - timedelta(seconds=10) < last < AUTUMN + timedelta(seconds=2)
        heard = rig.effects()
        await asyncio.sleep(8)  # more than a tick of the clock
        assert rig.effects() == heard
        await rig.stage.run("UPDATE campaigns SET quiet_from = NULL, quiet_until = NULL")
        await rig.stage.advance(campaign_id, CampaignEvent.RESUME)
        verdict = await rig.verdict(campaign_id)
    record("the night when the clocks go back", verdict)
    assert verdict.good, verdict
