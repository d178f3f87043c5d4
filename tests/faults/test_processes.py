"""Two products at once, and one that is frozen for a while and does not know it."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.conftest import Record
from tests.faults.rig import WHOLE, Rig
from tests.faults.server import cut_connections

pytestmark = pytest.mark.whole


async def test_two_products_started_at_once_write_once(rig: Rig, record: Record) -> None:
    second = rig.process("second", WHOLE)
    rig.processes.append(second)
    campaign_id = await rig.campaign(60)
    await rig.launch()
    verdict = await rig.verdict(campaign_id)
    record("two processes started at once", verdict)
    await second.stop()
    assert verdict.good, verdict


async def test_a_second_product_beside_one_that_lost_its_connections_writes_once(
    rig: Rig, record: Record
) -> None:
    second = rig.process("second", WHOLE)
    campaign_id = await rig.campaign(160)
    await rig.launch()
    await rig.until_effects(10)
    await cut_connections(rig.dsn)
    await second.launch()
    verdict = await rig.verdict(campaign_id)
    record("connections cut, and a second process started", verdict)
    await second.stop()
    assert verdict.good, verdict


async def test_a_frozen_product_that_wakes_up_repeats_nothing(
    rig: Rig, record: Record, long: bool
) -> None:
    seconds = 130 if long else 6
    second = rig.process("second", WHOLE)
    campaign_id = await rig.campaign(100)
    await rig.launch()
    await rig.until_effects(20)
    rig.product.freeze()
    await second.launch()
    await asyncio.sleep(seconds)  # the freeze itself
    rig.product.thaw()
    async with rig.supervised():
        verdict = await rig.verdict(campaign_id, 300)
    record(f"SIGSTOP for {seconds} s, a second process, SIGCONT", verdict)
    await second.stop()
    assert verdict.good, verdict
