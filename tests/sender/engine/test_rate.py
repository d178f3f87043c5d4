"""The rate is a promise: exact slots, no message before its slot, no burst after a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from db.models.campaign import CampaignEvent, CampaignStatus
from tests.sender.processes import Processes
from tests.sender.stage import Stage

INTERVAL = timedelta(milliseconds=20)
FINISHED = CampaignStatus.FINISHED


async def slots(stage: Stage, campaign_id: int) -> dict[int, datetime]:
    """Return the slot of each delivery by its random_id."""
    rows = await stage.run(
        "SELECT random_id, slot_at FROM deliveries WHERE campaign_id = $1 ORDER BY slot_at",
        campaign_id,
    )
    return {row["random_id"]: row["slot_at"] for row in rows}


def leads(stage: Stage, slot_of: dict[int, datetime]) -> list[float]:
    """Return how long after its slot each message took effect, in seconds."""
    return [entry["at"] - slot_of[entry["random_id"]].timestamp() for entry in stage.sent()]


async def test_two_hundred_at_fifty_a_second_are_spaced_exactly(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(200), rate=(50, 1))
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    slot_of = await slots(stage, campaign_id)
    moments = list(slot_of.values())
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) == INTERVAL
    assert gaps.count(INTERVAL) > 100  # a machine busy elsewhere leaves some longer ones
    assert len(stage.sent()) == 200
    assert min(leads(stage, slot_of)) >= 0


async def test_a_restart_leaves_a_gap_but_never_a_burst(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(200), rate=(50, 1))
    await stage.start()
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 60)
    await stage.stop()
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    slot_of = await slots(stage, campaign_id)
    moments = list(slot_of.values())
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= INTERVAL
    assert set(stage.copies().values()) == {1}
    assert min(leads(stage, slot_of)) >= 0


async def test_two_campaigns_keep_their_own_rates(stage: Stage) -> None:
    fast = await stage.campaign(stage.people(60), rate=(40, 1))
    slow = await stage.draft(stage.people(8), rate=(4, 1))
    await stage.advance(slow, CampaignEvent.START)
    await stage.start()
    for campaign_id, milliseconds in ((fast, 25), (slow, 250)):
        await stage.until(campaign_id, FINISHED)
        moments = list((await slots(stage, campaign_id)).values())
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        interval = timedelta(milliseconds=milliseconds)
        assert min(gaps) == interval
        assert gaps.count(interval) > len(gaps) / 2  # a machine busy elsewhere leaves longer ones


async def test_a_late_departure_of_another_process_holds_back_the_next_ones(stage: Stage) -> None:
    """It is late by 1.5 s: slots more than a second after its slot wait for as long."""
    campaign_id = await stage.campaign(stage.people(100), rate=(20, 1))
    await stage.start()
    await stage.until_sent(5)
    ((slot_at,),) = await stage.run(
        "INSERT INTO late_departures SELECT $1, now, now + interval '1.5 s'"
        " FROM clock_timestamp() AS now RETURNING slot_at",
        campaign_id,
    )
    await stage.until(campaign_id, FINISHED)
    held, slot_of = slot_at.timestamp() + 1, await slots(stage, campaign_id)
    late = [
        entry["at"]
        for entry in stage.sent()
        if held + 0.05 < slot_of[entry["random_id"]].timestamp() < held + 1.5
    ]
    assert len(late) >= 8  # 29, but a machine busy elsewhere leaves gaps
    assert min(late) >= held + 1.5


async def test_a_restart_goes_on_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits neither for a look at the rows nor for a tick."""
    monkeypatch.setattr("sender.engine.runtime.LOOK_SECONDS", 60.0)
    monkeypatch.setattr("sender.engine.alarms.TICK_SECONDS", 60.0)
    await stage.campaign(stage.people(200), rate=(20, 1))
    await stage.start()
    await stage.until_sent(3)
    await stage.stop()
    before = len(stage.sent())
    started_at = asyncio.get_running_loop().time()
    await stage.start()
    await stage.until_sent(before + 1)
    assert asyncio.get_running_loop().time() - started_at < 20


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_processes_share_one_rate(stage: Stage, processes: Processes, count: int) -> None:
    accounts = await stage.accounts(count)
    for n in range(count):
        await processes.start(f"no-{n}")
    people = stage.people(300)  # time enough for the processes to share the accounts out
    campaign_id = await stage.campaign(people, rate=(20, 1), accounts=accounts)
    await stage.until(campaign_id, FINISHED)
    slot_of = await slots(stage, campaign_id)
    assert min(b - a for a, b in pairwise(slot_of.values())) >= timedelta(seconds=0.05)
    assert min(leads(stage, slot_of)) >= 0
    assert stage.copies() == {person.id: 1 for person in people}
    assert len({entry["sender"] for entry in stage.sent()}) == count
