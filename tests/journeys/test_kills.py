"""kill -9 at random points: no recipient gets two copies, and none is forgotten."""

from __future__ import annotations

import asyncio
import random
import sys

from demo.admin_script import AdminScript
from demo.stage import Stage
from demo.verdict import judge, messages_per_person, reported_unknown
from sandbox.world.log import read_log

KILLS = 20
RATE = "12/s"  # slow enough to be still under way at the last kill


async def test_twenty_kills_double_nothing_and_lose_nothing(
    stage: Stage, anna: AdminScript
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")  # pytest shows it when the test fails
    chance = random.Random(seed)
    await anna.upload("clients_may.csv", stage.sample.first_file())
    await anna.upload("fair_2026.csv", stage.sample.second_file())
    for customer in stage.sample.customers:
        if customer.id in stage.sample.opted_out:
            await anna.opt_out(f"+{customer.phone}")
    await anna.build_campaign("Hi", ["clients_may", "fair_2026"], "Hello", "Lavender Shop", RATE)
    await anna.press("Start")

    for number in range(KILLS):  # the moment is what is being varied
        if number % 4 == 0:
            await until_it_sends(stage)  # however long it takes to start here
        await asyncio.sleep(chance.uniform(0.1, 2.0))
        await stage.product.kill()
        await stage.product.launch()
    sent_amid_kills = len(messages_per_person(read_log(stage.log)))
    report = await anna.wait_for_report(120)

    verdict = judge(read_log(stage.log), stage.sample, reported_unknown(report))
    assert verdict.good, verdict
    assert verdict.sent == len(stage.sample.reachable)
    assert 0 < sent_amid_kills < verdict.sent, "the kills did not hit the campaign"


async def until_it_sends(stage: Stage) -> None:
    """Until one more person has got something."""
    before = len(messages_per_person(read_log(stage.log)))
    async with asyncio.timeout(120):
        while True:
            if len(messages_per_person(read_log(stage.log))) > before:
                return
            await asyncio.sleep(0.05)
