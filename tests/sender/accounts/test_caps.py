"""Caps, quiet hours, limits and breakers pause a campaign, with a reason and an end."""

from __future__ import annotations

from datetime import timedelta

from db.models.campaign import CampaignEvent, CampaignStatus
from sandbox.faults import SENDING, RpcError
from tests.sender.stage import Stage

FINISHED, PAUSED = CampaignStatus.FINISHED, CampaignStatus.PAUSED


async def midnight_in(stage: Stage, zone: str) -> timedelta:
    (row,) = await stage.run(
        "SELECT ((now() AT TIME ZONE $1)::date + 1)::timestamp AT TIME ZONE $1 - now() AS wait",
        zone,
    )
    wait: timedelta = row["wait"]
    return wait


async def test_first_contacts_above_the_cap_wait_for_the_next_day(stage: Stage) -> None:
    await stage.cap(first_per_day=3)
    campaign_id = await stage.draft(stage.people(5), rate=(20, 1))
    await stage.run("UPDATE campaigns SET zone = 'Asia/Vladivostok'")
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "cap_first_per_day"
    assert (campaign.counts.sent, campaign.counts.pending) == (3, 2)
    (row,) = await stage.run("SELECT resumes_at - now() AS wait FROM campaigns")
    assert abs(row["wait"] - await midnight_in(stage, "Asia/Vladivostok")) < timedelta(seconds=5)
    await stage.run("UPDATE account_caps SET day = day - 1")
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 5
    assert set(stage.copies().values()) == {1}


async def test_after_the_days_messages_the_campaign_pauses(stage: Stage) -> None:
    await stage.cap(per_day=2)
    campaign_id = await stage.campaign(stage.people(4), rate=(20, 1))
    await stage.start()
    assert (await stage.until(campaign_id, PAUSED)).pause_reason == "cap_per_day"
    assert len(stage.sent()) == 2


async def test_an_account_that_has_used_up_its_day_takes_no_slots_of_another(stage: Stage) -> None:
    """People whom only the first account knows come first, and wait for its next day."""
    first, second = await stage.accounts(2)
    friends, strangers = stage.people(3), stage.people(5)
    before = await stage.campaign(friends, rate=(50, 1), accounts=[first])
    await stage.start()
    await stage.until(before, FINISHED)
    await stage.run("UPDATE account_caps SET messages_today = per_day WHERE account_id = $1", first)
    campaign_id = await stage.campaign(
        [*friends, *strangers], rate=(10, 1), accounts=[first, second]
    )
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent == 5)
    assert [stage.copies()[friend.id] for friend in friends] == [1, 1, 1]
    waiting = await stage.run(
        "SELECT FROM deliveries WHERE campaign_id = $1 AND status = 'pending'"
        " AND due_at BETWEEN current_date + 1 AND current_date + 1 + interval '1 minute'",
        campaign_id,
    )
    assert len(waiting) == 3


async def test_look_ups_keep_their_cap(stage: Stage) -> None:
    await stage.cap(lookups_per_day=2)
    campaign_id = await stage.campaign(stage.people(4), rate=(20, 1))
    await stage.start()
    assert (await stage.until(campaign_id, PAUSED)).pause_reason == "cap_lookups_per_day"
    assert len(stage.sent()) == 2


async def test_first_contacts_are_spaced_and_known_people_do_not_wait(stage: Stage) -> None:
    friends = stage.people(3)
    before = await stage.campaign(friends, rate=(50, 1))
    await stage.start()
    await stage.until(before, FINISHED)
    await stage.cap(first_apart_seconds=3600)
    campaign_id = await stage.campaign([*stage.people(2), *friends], rate=(10, 1))
    campaign = await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 4)
    assert campaign.status is CampaignStatus.RUNNING
    assert [stage.copies()[friend.id] for friend in friends] == [2, 2, 2]


async def test_a_limited_account_still_writes_to_people_it_talks_with(stage: Stage) -> None:
    friends, strangers = stage.people(3), stage.people(2)
    before = await stage.campaign(friends, rate=(50, 1))
    await stage.start()
    await stage.until(before, FINISHED)
    stage.sandbox.faults.script(RpcError("PEER_FLOOD"), method=SENDING, recipient=strangers[0].id)
    campaign_id = await stage.campaign([strangers[0], *friends, strangers[1]], rate=(1, 1))
    campaign = await stage.until(campaign_id, PAUSED)
    assert (campaign.pause_reason, campaign.counts.sent) == ("PEER_FLOOD", 3)
    assert [stage.copies()[friend.id] for friend in friends] == [2, 2, 2]
    (row,) = await stage.run("SELECT resumes_at - now() AS wait FROM campaigns WHERE id = 2")
    assert timedelta(hours=23) < row["wait"] <= timedelta(hours=24)


async def test_a_campaign_pauses_for_its_quiet_hours_and_goes_on_after_them(stage: Stage) -> None:
    campaign_id = await stage.draft(stage.people(2))
    await stage.run(
        "UPDATE campaigns SET quiet_from = (now() AT TIME ZONE 'UTC' - interval '1 h')::time,"
        " quiet_until = (clock_timestamp() AT TIME ZONE 'UTC' + interval '8 s')::time"
    )
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "quiet_hours"
    assert stage.sent() == []
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 2
    assert campaign.resumes_at is not None
    assert min(entry["at"] for entry in stage.sent()) >= campaign.resumes_at.timestamp()


async def test_many_blocks_trip_the_breaker_and_a_resume_empties_its_window(stage: Stage) -> None:
    people = stage.people(8)
    for person in people[:3]:
        person.blocked.add(stage.account.user_id)
    campaign_id = await stage.campaign(people, rate=(30, 60))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert (campaign.pause_reason, campaign.resumes_at) == ("many_blocks", None)
    assert campaign.counts.pending >= 4
    await stage.hurry(campaign_id)
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    assert (await stage.until(campaign_id, FINISHED)).counts.failed == 3
