"""SIGKILL at random and at each boundary of a delivery's states."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.faults import SENDING, Cut, Latency
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.sender.stage import ACCOUNT_ID

PER_KILL = 12  # people for each kill and process: still under way at the last one,
SPARE = 40  # with so many more even when five kills come as late as they may
PER_ROUND = 30  # people for each kill at a boundary, which is waited for
PER_BLOCK = 60  # people for each who has blocked us: more in a hundred would pause the campaign
REFUSED_SECONDS = 1.5  # so long after it was frozen a message has its refusal
# Postgres goes on with what waits for a lock, although its client is dead.
CUT_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
LOOKUPS = "contacts.resolveUsername"


@pytest.mark.parametrize("processes", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_kills_at_random_double_nothing_and_lose_nothing(
    several: Rig, record: Record, kills: int, processes: int
) -> None:
    rig = several
    rig.sandbox.faults.script(Cut("after_effect"), method=SENDING, count=None, share=0.02)
    rig.sandbox.faults.script(
        Latency(0.3, after_effect=True), method=SENDING, count=None, share=0.5
    )
    campaign_id = await rig.campaign(kills * PER_KILL * processes + SPARE)
    await rig.launch()
    reached = []
    for _ in range(kills):
        victim = rig.chance.choice(rig.processes)
        if rig.chance.random() < 0.3:  # while it starts, perhaps
            await asyncio.sleep(rig.chance.uniform(0.05, 3.0))
        else:
            await rig.until_effects(rig.effects() + rig.chance.randint(1, PER_KILL))
            await asyncio.sleep(rig.chance.uniform(0.0, 0.4))
        await victim.kill()
        reached.append(rig.effects())
        await victim.launch()
    rig.sandbox.faults.clear()
    verdict = await rig.verdict(campaign_id, 60 + kills * PER_KILL * processes / 10)
    record("SIGKILL at random", verdict, hits=kills, processes=processes)
    assert 0 < reached[-1] < verdict.recipients, "the kills did not hit the campaign"
    assert verdict.good, verdict


BOUNDARIES = {
    "claimed, not frozen": "status = 'sending' AND first_attempt_at IS NULL",
    "frozen, not sent": "status = 'sending' AND first_attempt_at IS NOT NULL"
    " AND slot_at > clock_timestamp()",
    "asked, not answered": "status = 'sending' AND slot_at < clock_timestamp()",
    "settled": "status = 'sent'",
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
async def test_a_kill_between_two_states_doubles_nothing(
    rig: Rig, record: Record, boundary: str, long: bool
) -> None:
    rounds = 10 if long else 2
    faults = rig.sandbox.faults
    if boundary == "claimed, not frozen":
        faults.script(Latency(0.5), method=LOOKUPS, count=None, share=0.3)
    if boundary == "asked, not answered":
        faults.script(Latency(0.8), method=SENDING, count=None, share=0.5)
        faults.script(Latency(0.8, after_effect=True), method=SENDING, count=None)
    campaign_id = await rig.campaign(rounds * PER_ROUND)
    for _ in range(rounds):
        before = rig.effects()
        await rig.product.launch()
        await rig.until_effects(before + rig.chance.randint(1, 4))
        (row,) = await rig.stage.run(
            "SELECT coalesce(max(id), 0) AS id FROM deliveries WHERE status <> 'pending'"
        )
        await rig.until_row(f"{BOUNDARIES[boundary]} AND id > {row['id']}")
        await rig.product.kill()
    faults.clear()
    await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record(f"SIGKILL when {boundary}", verdict, hits=rounds)
    assert verdict.good, verdict


async def test_a_kill_when_the_effect_is_not_written_down_doubles_nothing(
    rig: Rig, record: Record, long: bool
) -> None:
    rounds = 20 if long else 2
    campaign_id = await rig.campaign(rounds * PER_ROUND)
    for _ in range(rounds):
        before = rig.effects()
        await rig.product.launch()
        await rig.until_effects(before + rig.chance.randint(1, 5))
        async with rig.database.transaction() as connection:  # nothing can be settled meanwhile
            await connection.execute("SELECT FROM campaigns FOR UPDATE")
            await rig.until_effects(rig.effects() + 1)
            await rig.product.kill()
            await connection.execute(CUT_WHO_WAITS)
    (row,) = await rig.stage.run("SELECT sent FROM campaigns")
    assert row["sent"] < rig.effects()
    await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record("SIGKILL when sent, not settled", verdict, hits=rounds)
    assert verdict.good, verdict


async def test_a_kill_when_a_block_is_not_written_down_leaves_nobody_in_doubt(
    rig: Rig, record: Record, long: bool
) -> None:
    """Who has blocked us is barred, so what became of that message can never be asked again."""
    rounds = 10 if long else 2
    people = rig.stage.people(rounds * PER_BLOCK)
    blockers = people[PER_BLOCK // 2 :: PER_BLOCK]
    for one in blockers:
        one.blocked.add(ACCOUNT_ID)
        rig.sandbox.faults.script(Latency(0.5), method=SENDING, recipient=one.id)
    campaign_id = await rig.stage.campaign(people, rate=(20, 1))
    rig.expect(campaign_id, [one for one in people if one not in blockers])
    await rig.launch()
    for one in blockers:
        await rig.until_row(f"peer_id = {one.id} AND first_attempt_at IS NOT NULL")
        async with rig.database.transaction() as connection:  # it cannot be settled meanwhile
            await connection.execute("SELECT FROM deliveries WHERE peer_id = $1 FOR UPDATE", one.id)
            await asyncio.sleep(REFUSED_SECONDS)
            await rig.product.kill()
            await connection.execute(CUT_WHO_WAITS)
        await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record("SIGKILL when a block is not written down", verdict, hits=rounds)
    assert verdict.good, verdict
    assert await rig.stage.reasons(campaign_id) == {
        ("sent", None): len(people) - len(blockers),
        ("failed", "USER_IS_BLOCKED"): len(blockers),
    }
