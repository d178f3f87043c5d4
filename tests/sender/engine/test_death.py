"""After kill -9 at any moment no message is lost or sent twice, and none waits for long."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from asyncio.subprocess import Process

from db.models.campaign import CampaignStatus
from sandbox.faults import Latency
from tests.sender.stage import Stage

DEATHS = 4


async def product(stage: Stage) -> Process:
    sandbox = stage.sandbox
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.sender.product",
        stage.database.dsn.url(),
        sandbox.dc_host,
        str(sandbox.dc_port),
        str(sandbox.server_key_path),
    )


async def test_a_killed_sender_goes_on_where_it_was(stage: Stage) -> None:
    people = stage.people(150)
    chance = random.Random(7)
    stage.sandbox.faults.script(
        Latency(0.2, after_effect=True), method="messages.sendMessage", count=None, share=0.5
    )
    campaign_id = await stage.campaign(people, rate=(30, 1))
    for _ in range(DEATHS):
        process = await product(stage)
        before = len(stage.sent())
        await stage.until_sent(before + chance.randint(5, 20))
        process.send_signal(signal.SIGKILL)
        await process.wait()
    stage.sandbox.faults.clear()
    await stage.start()
    campaign = await stage.until(campaign_id, CampaignStatus.FINISHED)
    assert campaign.counts.sent == 150
    assert campaign.counts.unknown == 0
    assert stage.copies() == {person.id: 1 for person in people}
    rows = await stage.run("SELECT random_id, message_id FROM deliveries")
    truth = {entry["random_id"]: entry["message_id"] for entry in stage.sent()}
    assert {row["random_id"]: row["message_id"] for row in rows} == truth
