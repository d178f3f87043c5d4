"""A person who says STOP gets nothing more, heard at once, amid a send or a day late."""

from __future__ import annotations

from datetime import timedelta

from db.models.campaign import CampaignStatus
from sandbox.faults import SENDING, Latency
from sandbox.person import Person
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.faults.verdict import ROWS, judge
from tests.sender.stage import ACCOUNT_ID

FINISHED = CampaignStatus.FINISHED
IN_FLIGHT = 1.0  # seconds: a call that was under way when STOP was written down
TEXT = "The second message"

BARRED_AT = """
SELECT peer_id, min(suppressions.created_at) AS barred_at
FROM suppressions JOIN contacts ON identity_hash = ANY(identity_hashes)
JOIN deliveries ON deliveries.contact_id = contacts.id AND deliveries.campaign_id = $1
GROUP BY 1
"""
IN_DOUBT = """
SELECT FROM deliveries WHERE campaign_id = $1 AND peer_id = ANY($2)
AND status = 'sending' AND first_attempt_at IS NOT NULL
"""


async def test_stop_during_sends_and_while_down_is_obeyed(
    rig: Rig, record: Record, long: bool
) -> None:
    people = rig.stage.people(200 if long else 60)
    met = await rig.stage.campaign(people, rate=(50, 1))
    rig.expect(met, people)
    await rig.launch()
    await rig.until_status(met, FINISHED)
    faults = rig.sandbox.faults
    faults.script(Latency(0.3), method=SENDING, count=None, share=0.5)
    campaign_id = await rig.stage.campaign(people, rate=(5, 1), text=TEXT)
    stopped = rig.chance.sample(people, len(people) // 4)
    amid, down = stopped[::2], stopped[1::2]
    for one in amid:
        await rig.until_effects(rig.effects() + 1)
        await Person(rig.sandbox.world, one.id).say(ACCOUNT_ID, "STOP")
    await rig.product.kill()
    in_doubt = await rig.stage.run(IN_DOUBT, campaign_id, [one.id for one in stopped])
    for one in down:
        await Person(rig.sandbox.world, one.id).say(ACCOUNT_ID, "СТОП")
    await rig.launch()
    faults.clear()
    await rig.until_status(campaign_id, FINISHED)

    barred_at = {
        row["peer_id"]: row["barred_at"].timestamp() for row in await rig.stage.run(BARRED_AT, met)
    }
    log = [e for e in rig.sandbox.world.log if e.get("text", "").startswith(TEXT)]
    ignored = [e for e in log if e["at"] > barred_at.get(e["recipient"], e["at"]) + IN_FLIGHT]
    assert set(barred_at) == {one.id for one in stopped}
    assert ignored == []
    rows = await rig.stage.run(ROWS, campaign_id)
    others = [one.id for one in people if one not in stopped]
    verdict = judge(log, [ACCOUNT_ID], others, rows, timedelta(seconds=0.2))
    record("STOP during sends, and while we are down", verdict, hits=len(stopped))
    assert (verdict.duplicates, verdict.denied, verdict.untrue, verdict.crowded) == (0,) * 4, (
        verdict
    )
    assert set(others) <= {e["recipient"] for e in log}
    assert verdict.unknown <= len(in_doubt), "barred amid its call, and not asked about again"
