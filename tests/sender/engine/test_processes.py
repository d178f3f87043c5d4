"""Several processes share campaigns and accounts: killed, frozen and standing by."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from db.models.campaign import CampaignEvent, CampaignStatus
from db.pool import Database
from demo.product import Product
from demo.sample import ADMIN_ID, BOT_TOKEN
from sandbox.server import Sandbox
from tests.sender.processes import Processes
from tests.sender.stage import PATIENCE, SECRET_KEY, Stage

FINISHED = CampaignStatus.FINISHED


async def owners(stage: Stage) -> list[str]:
    """Return the owner of each account, once each account has one."""
    async with asyncio.timeout(PATIENCE):
        while True:
            rows = await stage.run("SELECT owner FROM accounts ORDER BY id")
            if all(row["owner"] for row in rows):
                return [row["owner"] for row in rows]
            await asyncio.sleep(0.05)


async def until_shared(stage: Stage, names: set[str]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if set(await owners(stage)) == names:
                return
            await asyncio.sleep(0.05)


async def assert_delivered(stage: Stage, campaign_id: int, people: list[Any]) -> None:
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == len(people)
    assert stage.copies() == {person.id: 1 for person in people}
    assert {status for status, _ in await stage.statuses()} == {"active"}, (
        "no session was connected twice"
    )


async def test_two_processes_share_a_campaign_and_one_takes_over_from_a_dead_one(
    stage: Stage, processes: Processes
) -> None:
    people = stage.people(120)  # time enough for the processes to share the accounts out
    await processes.start("one")
    await processes.start("two")
    campaign_id = await stage.campaign(people, rate=(10, 1), accounts=await stage.accounts(2))
    await until_shared(stage, {"one", "two"})
    senders = {entry["sender"] for entry in stage.sent()}
    async with asyncio.timeout(PATIENCE):
        while len(senders) < 2:
            await asyncio.sleep(0.05)
            senders = {entry["sender"] for entry in stage.sent()}
    processes.signal("one", signal.SIGKILL)
    await assert_delivered(stage, campaign_id, people)
    await until_shared(stage, {"two"})
    events = await stage.run("SELECT event FROM campaign_events ORDER BY id")
    assert [row["event"] for row in events].count("finish") == 1


async def test_a_process_that_was_frozen_does_not_get_its_account_back(
    stage: Stage, processes: Processes
) -> None:
    people = stage.people(50)
    for name in ("one", "two"):
        await processes.start(name)
    campaign_id = await stage.campaign(people, rate=(10, 1))
    await stage.until_sent(5)
    (frozen,) = await owners(stage)
    (other,) = {"one", "two"} - {frozen}
    processes.signal(frozen, signal.SIGSTOP)
    await stage.until_sent(len(stage.sent()) + 10)
    assert await owners(stage) == [other]
    processes.signal(frozen, signal.SIGCONT)
    await assert_delivered(stage, campaign_id, people)
    assert await owners(stage) == [other]


async def test_a_schedule_fires_once_with_two_processes(stage: Stage, processes: Processes) -> None:
    people = stage.people(6)
    for name in ("one", "two"):
        await processes.start(name)
    campaign_id = await stage.draft(people)
    (row,) = await stage.run("SELECT clock_timestamp() + interval '1 s' AS moment")
    await stage.advance(campaign_id, CampaignEvent.SCHEDULE, moment=row["moment"])
    await assert_delivered(stage, campaign_id, people)
    events = [row["event"] for row in await stage.run("SELECT event FROM campaign_events")]
    assert events.count("start") == events.count("finish") == 1
    tables = await stage.run(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'scheduler'"
    )
    assert {row["table_name"] for row in tables} == {"jobs_one", "jobs_two"}


# --- the whole product ------------------------------------------------------------


def product(database: Database, sandbox: Sandbox, folder: Path) -> Product:
    settings = {"DATABASE_URL": database.dsn.url(), "SECRET_KEY": SECRET_KEY}
    return Product(folder, sandbox.environment(), **settings)


async def until_said(product: Product, words: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if words in product.log.read_bytes():
                return
            await asyncio.sleep(0.05)


async def test_a_second_start_stands_by_and_takes_over_when_the_first_is_killed(
    database: Database, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.add_bot(BOT_TOKEN, "campaign_desk_bot", "Campaign desk")
    sandbox.add_person("Anna", id=ADMIN_ID)
    first = product(database, sandbox, tmp_path / "first")
    second = product(database, sandbox, tmp_path / "second")
    try:
        await first.start()
        await second.launch()
        await until_said(second, b"Standing by")
        assert b"Running as @" not in second.log.read_bytes()
        await first.kill()
        await until_said(second, b"Running as @")
    finally:
        for one in (first, second):
            await one.stop()
    assert b"Traceback" not in first.log.read_bytes() + second.log.read_bytes()
