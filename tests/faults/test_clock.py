"""The alarm clock loses its jobs, its table, or the time of day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.faults.test_network import AMBIGUOUS
from tests.programs import missing

FAULTS = {
    "stored jobs deleted": "DELETE FROM scheduler.jobs_main",
    "stored jobs unreadable": "UPDATE scheduler.jobs_main SET job_state = '\\x00'",
}
DAY_OFF = {"a day fast": "+1d", "a day slow": "-1d"}


def find_faketime() -> Path:
    """The library that lies about the time; without it the test is skipped, or fails in CI."""
    for found in Path("/usr/lib").glob("*/faketime/libfaketime.so.1"):
        return found
    return missing(
        "NO WRONG CLOCK IS TESTED: there is no faketime; `make clocks` installs it as root."
    )


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
    wrong = rig.process(
        "wrong", rig.command, LD_PRELOAD=str(find_faketime()), FAKETIME=DAY_OFF[fault],
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )  # fmt: skip
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
