"""A late departure of one process holds back the others, through rows."""

from __future__ import annotations

import asyncio

import pytest

from sender.background import Background
from sender.pacing.database_clock import READINGS, DatabaseClock
from sender.pacing.departures import SPARE
from sender.pacing.late_departures import LateDepartures
from tests.sender.stage import Stage

INTERVAL = 0.02
MOST_APART = 0.05  # seconds by which two readings of one clock may differ on a busy machine


class Process:
    """A process as one campaign sees it."""

    def __init__(self, stage: Stage, campaign_id: int, interval: float) -> None:
        self._database, self.background, self._clock = stage.database, Background(), DatabaseClock()
        args = self.background, campaign_id, interval
        self._lateness = LateDepartures(stage.database, self._clock, *args)
        self.departures = self._lateness.departures

    async def listen(self) -> None:
        """Begin a batch now, and wait until late departures are read."""
        async with self._database.connection() as connection:
            await self._clock.read(connection, READINGS)
        self._lateness.read_before(asyncio.get_running_loop().time(), asyncio.Event())
        await self.background.close(5)


async def two(stage: Stage, interval: float) -> tuple[Process, Process]:
    campaign_id = await stage.draft(stage.people(1))
    both = Process(stage, campaign_id, interval), Process(stage, campaign_id, interval)
    for process in both:
        await process.listen()
    return both


async def test_a_late_departure_holds_back_another_process(stage: Stage) -> None:
    late, other = await two(stage, INTERVAL)
    now = asyncio.get_running_loop().time()
    late.departures.leave(now - 0.1, now)
    await late.background.close(5)
    await other.listen()
    assert other.departures.earliest(now + 0.9) < now, "less than a second later: no concern"
    held = other.departures.earliest(now - 0.1 + 1 + INTERVAL)
    assert held == pytest.approx(now + 1 + 2 * SPARE, abs=MOST_APART)


async def test_a_punctual_departure_is_not_shared(stage: Stage) -> None:
    punctual, other = await two(stage, INTERVAL)
    now = asyncio.get_running_loop().time()
    punctual.departures.leave(now, now + INTERVAL / 2)
    await punctual.background.close(5)
    await other.listen()
    assert other.departures.earliest(now + 2) < now


async def test_a_campaign_that_is_too_fast_shares_nothing(stage: Stage) -> None:
    late, _ = await two(stage, 0.001)
    now = asyncio.get_running_loop().time()
    late.departures.leave(now - 0.1, now)
    await late.background.close(5)
    assert await stage.run("SELECT FROM late_departures") == []
    assert late.departures.take_late() == [], "nor are they collected"
    assert late.departures.earliest(now + 1) > now, "this process itself waits"


async def test_old_late_departures_are_deleted(stage: Stage) -> None:
    late, _ = await two(stage, INTERVAL)
    now = asyncio.get_running_loop().time()
    for ago in (10.0, 0.0):
        late.departures.leave(now - 0.1 - ago, now - ago)
        await late.background.close(5)
    assert len(await stage.run("SELECT FROM late_departures")) == 1
