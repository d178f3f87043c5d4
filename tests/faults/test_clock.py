"""The alarm clock loses its jobs, its table, or the time of day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.faults.conftest import Record
from tests.faults.faketime import clock_off_by
from tests.faults.rig import Rig
from tests.faults.server import PostgresServer
from tests.faults.test_network import AMBIGUOUS

FAULTS = {
    "stored jobs deleted": "DELETE FROM scheduler.jobs_main",
    "stored jobs unreadable": "UPDATE scheduler.jobs_main SET job_state = '\\x00'",
}
DAY_OFF = {"a day fast": timedelta(days=1), "a day slow": timedelta(days=-1)}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_alarm_clock_without_its_jobs_goes_on(
    rig: Rig, record: Record, fault: str
) -> None:
    campaign_id = await rig.campaign(80, rate=(10, 1))
    await rig.launch()
    for count in (10, 25):
        await rig.until_effects(count)
        await rig.stage.run(FAULTS[fault])
    verdict = await rig.verdict(campaign_id)
    record(f"scheduler: {fault}", verdict, hits=2)
    assert verdict.good, verdict


@pytest.mark.long
async def test_an_alarm_clock_without_its_table_goes_on(rig: Rig, record: Record) -> None:
    """APScheduler stops without a word when its store raises; the watchdog starts it again."""
    campaign_id = await rig.campaign(150, rate=(10, 1))
    await rig.launch()
    await rig.until_effects(20)
    await rig.stage.run("DROP TABLE scheduler.jobs_main")
    verdict = await rig.verdict(campaign_id, 300)
    record("scheduler: its table dropped", verdict)
    assert verdict.good, verdict


@pytest.mark.parametrize("fault", DAY_OFF)
async def test_a_clock_that_is_a_day_off_costs_nothing(
    rig: Rig, record: Record, fault: str
) -> None:
    wrong = rig.process("wrong", rig.command, **clock_off_by(DAY_OFF[fault]))
    rig.processes[:] = [wrong]
    cut = AMBIGUOUS["TCP cut after the effect"]
    rig.sandbox.faults.script(cut, method="messages.sendMessage", count=3, share=0.1)
    campaign_id = await rig.campaign(60)
    await rig.launch()
    await rig.until_effects(20)
    await wrong.kill()
    await wrong.launch()
    verdict = await rig.verdict(campaign_id)
    await wrong.stop()
    record(f"the process's clock is {fault}", verdict)
    assert verdict.good, verdict


async def test_a_database_clock_that_was_a_day_ahead_is_put_right(
    own_rig: Rig, server: PostgresServer, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing waits for the day; nothing pauses, and the admins are told what is true."""
    rig = own_rig
    await server.crash()
    with monkeypatch.context() as patch:
        for name, value in clock_off_by(timedelta(days=1)).items():
            patch.setenv(name, value)
        await server.start()
    campaign_id = await rig.campaign(150, rate=(5, 1))
    await rig.launch()
    await rig.until_effects(30)
    await server.crash()
    await server.start()
    heard = rig.effects()
    await rig.until(lambda: rig.effects() > heard + 5, seconds=60)
    verdict = await rig.verdict(campaign_id)
    events = await rig.stage.run(
        "SELECT event, reason FROM campaign_events WHERE campaign_id = $1 ORDER BY id", campaign_id
    )
    assert [tuple(row) for row in events] == [
        ("start", None),
        ("note", "clock_set_back"),
        ("finish", None),
    ]
    accounts = await rig.stage.run("SELECT lease_until - clock_timestamp() FROM accounts")
    assert all(row[0] is None or row[0] < timedelta(minutes=2) for row in accounts)
    record("the database's clock was a day ahead and is put right", verdict)
    assert verdict.good, verdict
