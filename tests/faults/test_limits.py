"""Pauses and caps hold while processes are killed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from db.models.campaign import CampaignEvent, CampaignStatus
from sandbox.faults import SENDING, Latency
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.sender.stage import ACCOUNT_ID

PAUSED = CampaignStatus.PAUSED
IN_FLIGHT = 1.0  # seconds: calls that were under way when the pause was committed
PER_PAUSE, PER_KILL = 40, 12  # people for each: still under way at the last one


async def test_nothing_leaves_after_a_pause_is_committed(
    rig: Rig, record: Record, long: bool
) -> None:
    pauses = 40 if long else 4
    rig.sandbox.faults.script(Latency(0.3), method=SENDING, count=None, share=0.3)
    campaign_id = await rig.campaign(pauses * PER_PAUSE)
    await rig.launch()
    paused: list[tuple[float, float]] = []
    for n in range(pauses):
        await rig.until_effects(rig.effects() + rig.chance.randint(1, 15))
        await rig.stage.advance(campaign_id, CampaignEvent.PAUSE)
        began = await _now(rig)
        if n % 2:
            await rig.product.kill()
            await rig.product.launch()
        await asyncio.sleep(IN_FLIGHT + rig.chance.uniform(0.5, 1.0))  # the pause itself
        paused.append((began.timestamp() + IN_FLIGHT, (await _now(rig)).timestamp()))
        await rig.stage.advance(campaign_id, CampaignEvent.RESUME)
    verdict = await rig.verdict(campaign_id)
    moments = [e["at"] for e in rig.sandbox.world.log if e.get("sender") == ACCOUNT_ID]
    record("paused and resumed, every other time killed meanwhile", verdict, hits=pauses)
    assert [m for m in moments if any(begin < m < end for begin, end in paused)] == []
    assert verdict.good, verdict


async def test_a_cap_is_not_exceeded_by_whoever_dies(rig: Rig, record: Record, long: bool) -> None:
    kills = 20 if long else 3
    per_day = kills * PER_KILL
    await rig.stage.run("UPDATE account_caps SET per_day = $1", per_day)
    campaign_id = await rig.campaign(per_day + 40, rate=(10, 1))
    await rig.launch()
    for _ in range(kills):
        await rig.until_effects(rig.effects() + 1)
        await asyncio.sleep(rig.chance.uniform(0.0, 0.3))
        await rig.product.kill()
        await rig.product.launch()
    campaign = await rig.until_status(campaign_id, PAUSED)
    assert campaign.pause_reason == "cap_per_day"
    assert rig.effects() <= per_day
    await rig.stage.run("UPDATE account_caps SET per_day = 100000")
    await rig.stage.advance(campaign_id, CampaignEvent.RESUME)
    verdict = await rig.verdict(campaign_id)
    record("a cap of messages a day, and kills", verdict, hits=kills)
    assert verdict.good, verdict


async def _now(rig: Rig) -> datetime:
    (row,) = await rig.stage.run("SELECT clock_timestamp() AS now")
    now: datetime = row["now"]
    return now
