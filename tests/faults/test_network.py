"""The line to Telegram breaks, goes mute, or carries an answer that decides nothing."""

from __future__ import annotations

from functools import partial

import pytest

from db.models.reason import Reason
from sandbox.faults import SENDING, BlackHole, Cut, Fault, Latency, RpcError, Script, Undecodable
from tests.faults.conftest import Record
from tests.faults.rig import Rig

AMBIGUOUS: dict[str, Fault] = {
    "TCP cut before the effect": Cut("before_effect"),
    "TCP cut after the effect": Cut("after_effect"),
    "TCP cut in the middle of a frame": Cut("mid_frame"),
    "500 after the effect": RpcError("INTERDC_2_CALL_ERROR", 500, after_effect=True),
    "RPC_CALL_FAIL after the effect": RpcError("RPC_CALL_FAIL", 500, after_effect=True),
    "RANDOM_ID_DUPLICATE": RpcError("RANDOM_ID_DUPLICATE", 500),
    "an answer that nobody can read": Undecodable(),
}


@pytest.mark.long
@pytest.mark.parametrize("fault", AMBIGUOUS)
async def test_an_ambiguous_answer_makes_one_copy(rig: Rig, record: Record, fault: str) -> None:
    script = rig.sandbox.faults.script(AMBIGUOUS[fault], method=SENDING, count=40, share=0.2)
    campaign_id = await rig.campaign(200)
    await rig.launch()
    async with rig.admin_resumes(campaign_id, Reason.NO_ANSWER):  # after five in a row
        verdict = await rig.verdict(campaign_id)
    record(fault, verdict, hits=script.times_hit)
    assert script.times_hit
    assert verdict.good, verdict


async def test_ambiguous_answers_of_every_kind_make_one_copy(rig: Rig, record: Record) -> None:
    scripts = [
        rig.sandbox.faults.script(fault, method=SENDING, count=2, share=0.05)
        for fault in AMBIGUOUS.values()
    ]
    campaign_id = await rig.campaign(100)
    await rig.launch()
    async with rig.admin_resumes(campaign_id, Reason.NO_ANSWER):
        verdict = await rig.verdict(campaign_id)
    hits = sum(script.times_hit for script in scripts)
    record("cuts, 5xx and unreadable answers, mixed", verdict, hits=hits)
    assert hits
    assert verdict.good, verdict


async def test_a_line_gone_mute_makes_one_copy(rig: Rig, record: Record, long: bool) -> None:
    seconds = 90 if long else 4
    for after_effect in (False, True):
        rig.sandbox.faults.script(BlackHole(seconds, after_effect), method=SENDING, share=0.1)
    campaign_id = await rig.campaign(100)
    await rig.launch()
    verdict = await rig.verdict(campaign_id, 300)
    record(f"a black hole of {seconds} s, before and after the effect", verdict, hits=2)
    assert verdict.good, verdict


async def test_a_repeat_that_overtakes_a_slow_call_makes_one_copy(
    rig: Rig, record: Record, long: bool
) -> None:
    rounds = 10 if long else 1
    campaign_id = await rig.campaign(20 + rounds * 20, rate=(10, 1))
    for _ in range(rounds):
        slow = rig.sandbox.faults.script(Latency(8.0), method=SENDING, count=4)
        await rig.product.launch()
        await rig.until(partial(_all_hit, slow))
        await rig.product.kill()  # the calls go on: asked again, Telegram says "still running"
    await rig.product.launch()
    verdict = await rig.verdict(campaign_id)
    record("slow answers, asked again meanwhile (RANDOM_ID_DUPLICATE)", verdict, hits=rounds * 4)
    assert verdict.good, verdict


def _all_hit(script: Script) -> bool:
    return script.times_hit == script.count
