"""Telegram refuses: floods, a limited account, a session that ends in the middle of a call."""

from __future__ import annotations

import pytest

from db.models.campaign import CampaignStatus
from sandbox.faults import SENDING, RpcError, SessionRevoked, flood_wait
from sender.accounts.login import adopt_session
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY

PAUSED = CampaignStatus.PAUSED


@pytest.mark.parametrize(
    ("title", "method"),
    [("a FLOOD_WAIT storm", SENDING), ("a FLOOD_WAIT storm on every kind of call", None)],
)
async def test_a_storm_of_flood_waits_costs_nothing(
    rig: Rig, record: Record, long: bool, title: str, method: tuple[str, ...] | None
) -> None:
    waits = 10 if long else 2
    storm = rig.sandbox.faults.script(flood_wait(2), method=method, count=waits, share=0.2)
    campaign_id = await rig.campaign(100)
    await rig.launch()
    async with rig.admin_resumes(campaign_id):
        verdict = await rig.verdict(campaign_id)
    record(title, verdict, hits=storm.times_hit)
    assert storm.times_hit
    assert verdict.good, verdict


async def test_a_limited_account_stops_and_is_resumed_by_a_person(rig: Rig, record: Record) -> None:
    campaign_id = await rig.campaign(60)
    rig.sandbox.faults.script(RpcError("PEER_FLOOD"), method=SENDING, share=0.1)
    await rig.launch()
    await rig.until_status(campaign_id, PAUSED)
    async with rig.admin_resumes(campaign_id):
        verdict = await rig.verdict(campaign_id)
    record("PEER_FLOOD", verdict)
    assert verdict.good, verdict


async def test_a_session_revoked_between_effect_and_answer_is_admitted_as_unknown(
    rig: Rig, record: Record
) -> None:
    campaign_id = await rig.campaign(60, rate=(5, 1))
    await rig.launch()
    await rig.until_effects(10)
    revoked = SessionRevoked(after_effect=True)
    rig.sandbox.faults.script(revoked, method=SENDING)
    await rig.until_status(campaign_id, PAUSED)
    session = rig.sandbox.issue_session(ACCOUNT_ID)
    await adopt_session(rig.database, SECRET_KEY, rig.stage.access, session)
    async with rig.admin_resumes(campaign_id):
        verdict = await rig.verdict(campaign_id)
    record("a session revoked between effect and answer", verdict)
    assert (verdict.duplicates, verdict.denied, verdict.untrue) == (0, 0, 0), verdict
    assert verdict.unknown <= 1, verdict
    assert (verdict.lost, verdict.arrived) == (0, verdict.unknown), "the one in doubt has arrived"
