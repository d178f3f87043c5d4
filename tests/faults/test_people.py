"""The right person: barred under another name, two names, no such user, two campaigns, errors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.contact import Identity
from sandbox.faults import SENDING, SessionRevoked, Substitute
from tests.faults.conftest import Record
from tests.faults.rig import Rig
from tests.faults.verdict import ROWS, judge
from tests.sender.stage import ACCOUNT_ID

FINISHED = CampaignStatus.FINISHED


@pytest.mark.parametrize("processes", [2])
async def test_a_block_holds_under_every_name_and_from_every_account(
    several: Rig, record: Record, long: bool, processes: int
) -> None:
    rig, count = several, 20 if long else 4
    people = [
        rig.sandbox.add_person(f"P{n}", username=f"blocks_{n}", phone=f"1202557{n:04}")
        for n in range(count)
    ]
    for one in people:
        one.blocked.add(ACCOUNT_ID)
        one.blocked.add(ACCOUNT_ID + 1)
    names = [Identity(username=one.username) for one in people]
    by_phone = [Identity(phone=f"+{one.phone}") for one in people]
    by_id = [Identity(user_id=one.id) for one in people]
    await rig.launch()
    async with rig.supervised():
        for identities in (names, by_phone, by_id):
            campaign_id = await rig.draft(identities, rate=(20, 1))
            await rig.stage.advance(campaign_id, CampaignEvent.START)
            async with rig.admin_resumes(campaign_id):
                await rig.until_status(campaign_id, FINISHED)
            if identities is names:
                for one in people:
                    one.blocked.clear()  # nothing but our own rows keeps a message back now
    rows = await rig.stage.run(ROWS, campaign_id)
    senders = range(ACCOUNT_ID, ACCOUNT_ID + processes)
    verdict = judge(list(rig.sandbox.world.log), senders, [], rows, timedelta(seconds=0.05))
    record("a block, then other names from other accounts", verdict, hits=count, processes=2)
    assert [e for e in rig.sandbox.world.log if e["kind"] == "message"] == []
    assert verdict.good, verdict


@pytest.mark.parametrize("processes", [2])
async def test_of_two_campaigns_at_once_a_person_gets_one_amid_kills(
    several: Rig, record: Record, long: bool, processes: int
) -> None:
    rig, kills = several, 20 if long else 3
    people = rig.stage.people(kills * 20)
    both = [await rig.draft(people, rate=(10, 1)) for _ in range(2)]
    await rig.stage.run("UPDATE campaigns SET frequency_hours = 24, frequency_skips = true")
    for campaign_id in both:
        await rig.stage.advance(campaign_id, CampaignEvent.START)
    rig.expect(both[0], people)
    await rig.launch()
    for _ in range(kills):
        await rig.until_effects(rig.effects() + rig.chance.randint(1, 10))
        victim = rig.chance.choice(rig.processes)
        await victim.kill()
        await victim.launch()
    for campaign_id in both:
        await rig.until_status(campaign_id, FINISHED)
    rows = [row for one in both for row in await rig.stage.run(ROWS, one)]
    truth = [row for row in rows if row["random_id"] is not None or row["status"] == "sent"]
    ids = [one.id for one in people]
    senders = range(ACCOUNT_ID, ACCOUNT_ID + processes)
    verdict = judge(list(rig.sandbox.world.log), senders, ids, truth, timedelta())
    record("two campaigns at once on one list, and kills", verdict, hits=kills, processes=2)
    assert verdict.good, verdict


async def test_people_who_do_not_exist_and_names_of_two_stop_no_other(
    rig: Rig, record: Record, long: bool
) -> None:
    count = 20 if long else 3
    people = rig.stage.people(count * 10)
    owners = [rig.sandbox.add_person(f"O{n}", phone=f"1202558{n:04}") for n in range(count)]
    others = rig.stage.people(count)
    two = [
        Identity(phone=f"+{one.phone}", username=other.username)
        for one, other in zip(owners, others, strict=True)
    ]
    missing = [Identity(user_id=999_000 + n) for n in range(count)]
    empty = rig.sandbox.faults.script(
        Substitute("userEmpty"), method="contacts.resolvePhone", count=count
    )
    phones = [
        Identity(phone=f"+{rig.sandbox.add_person(f'E{n}', phone=f'1202559{n:04}').phone}")
        for n in range(count)
    ]
    to = [Identity(username=one.username) for one in people] + missing + two + phones
    rig.chance.shuffle(to)
    campaign_id = await rig.draft(to, rate=(20, 1), retry_limit=0)
    rig.expect(campaign_id, people)
    await rig.stage.advance(campaign_id, CampaignEvent.START)
    await rig.launch()
    async with rig.admin_resumes(campaign_id):
        await rig.until_status(campaign_id, FINISHED)
    verdict = await rig.verdict(campaign_id)
    record("userEmpty, ids that do not exist, two people", verdict, hits=count * 3)
    assert empty.times_hit == count
    copied = {e["recipient"] for e in rig.sandbox.world.log if e["kind"] == "message"}
    assert not copied & {one.id for one in others}, "the wrong person"
    assert verdict.good, verdict


@pytest.mark.parametrize("processes", [3])
async def test_after_the_loss_of_an_account_the_others_reach_everybody_else(
    several: Rig, record: Record, processes: int
) -> None:
    rig = several
    campaign_id = await rig.campaign(60, rate=(10, 1))
    await rig.launch()
    await rig.until_effects(10)
    revoked = SessionRevoked(after_effect=True)
    lost = rig.sandbox.faults.script(revoked, method=SENDING)
    await rig.until(lambda: lost.times_hit > 0)
    verdict = await rig.verdict(campaign_id)
    record("an account lost after the effect, others go on", verdict, processes=processes)
    assert (verdict.duplicates, verdict.denied, verdict.untrue, verdict.lost) == (0,) * 4, verdict
    assert verdict.unknown <= 1, verdict
    assert verdict.arrived == verdict.unknown, "the one in doubt has arrived"
