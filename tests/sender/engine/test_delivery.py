"""A campaign reaches each contact once: the whole sender against the sandbox."""

from __future__ import annotations

import asyncio

import pytest

from db.models.campaign import CampaignEvent, CampaignStatus, Mode
from db.models.contact import Identity
from db.models.opt_out import CLOSING_LINES
from db.queries import media
from sandbox.faults import Latency
from tests.sender.stage import ACCOUNT_ID, PICTURE, Stage

FINISHED, PAUSED = CampaignStatus.FINISHED, CampaignStatus.PAUSED


async def test_each_contact_gets_one_copy_filled_with_their_fields(stage: Stage) -> None:
    people = stage.people(20)
    campaign_id = await stage.campaign(people)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 20
    assert stage.copies() == {person.id: 1 for person in people}
    assert [entry["text"] for entry in stage.sent()] == [
        f"Hello, N{n}!\n\n{CLOSING_LINES['en']}" for n in range(1, 21)
    ]


async def test_start_is_acted_on_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its notification: the next look at the rows and the next tick are a minute away."""
    monkeypatch.setattr("sender.engine.runtime.LOOK_SECONDS", 60.0)
    monkeypatch.setattr("sender.engine.alarms.TICK_SECONDS", 60.0)
    await stage.start()
    loop = asyncio.get_running_loop()
    campaign_id = await stage.draft(stage.people(1))
    pressed_at = loop.time()
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.until(campaign_id, FINISHED)
    assert loop.time() - pressed_at < 20


async def test_a_scheduled_campaign_starts_by_itself(stage: Stage) -> None:
    await stage.start()
    campaign_id = await stage.draft(stage.people(2))
    (row,) = await stage.run("SELECT clock_timestamp() + interval '0.5 s' AS moment")
    await stage.advance(campaign_id, CampaignEvent.SCHEDULE, moment=row["moment"])
    await stage.until(campaign_id, FINISHED)
    assert len(stage.sent()) == 2


async def test_contacts_are_found_by_phone_and_username(stage: Stage) -> None:
    (by_phone,) = stage.people(1, phone="12025550777")
    (by_name,) = stage.people(1)
    identities = [Identity(phone="+12025550777"), Identity(username=by_name.username)]
    campaign_id = await stage.campaign(identities)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {by_phone.id: 1, by_name.id: 1}


async def test_a_person_who_wrote_first_is_found_by_user_id(stage: Stage) -> None:
    friend, stranger = stage.people(2)
    await stage.sandbox.world.send(friend.id, ACCOUNT_ID, text="Hi!")
    identities = [Identity(user_id=friend.id), Identity(user_id=stranger.id)]
    campaign_id = await stage.campaign(identities)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {ACCOUNT_ID: 1, friend.id: 1}
    assert (await stage.reasons(campaign_id))["failed", "PEER_UNKNOWN"] == 1


async def test_a_person_in_two_contacts_is_written_to_once(stage: Stage) -> None:
    (person,) = stage.people(1, phone="12025550777")
    twice = [Identity(phone="+12025550777"), Identity(username=person.username)]
    campaign_id = await stage.campaign(twice)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert (campaign.counts.sent, campaign.counts.skipped) == (1, 1)
    assert stage.copies() == {person.id: 1}
    assert (await stage.reasons(campaign_id))["skipped", "same_person"] == 1


async def test_a_username_that_belongs_to_another_user_id_is_not_written_to(stage: Stage) -> None:
    known, heir = stage.people(2)
    campaign_id = await stage.campaign([Identity(user_id=known.id, username=heir.username)])
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert stage.sent() == []
    assert await stage.reasons(campaign_id) == {("failed", "two_people"): 1}


async def test_a_photo_is_uploaded_once_and_sent_to_all(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", PICTURE)
    campaign_id = await stage.campaign(stage.people(3), media_id=photo)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert [entry["media"] for entry in stage.sent()] == ["photo"] * 3
    assert len({entry["media_id"] for entry in stage.sent()}) == 1
    assert [entry["text"] for entry in stage.sent()] == [
        f"Hello, N{n}!\n\n{CLOSING_LINES['en']}" for n in (1, 2, 3)
    ]


async def test_a_document_keeps_its_name(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        paper = await media.add(connection, "document", "prices.pdf", "application/pdf", b"%PDF")
    (person,) = stage.people(1)
    campaign_id = await stage.campaign([person], media_id=paper)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    (message,) = stage.sandbox.world.history(person.id, ACCOUNT_ID)
    assert message.media is not None
    assert (message.media.file_name, message.media.data) == ("prices.pdf", b"%PDF")


async def test_a_test_run_writes_to_saved_messages_only(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(12), mode=Mode.TEST)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == campaign.counts.total == 10
    assert stage.copies() == {ACCOUNT_ID: 10}


async def test_a_dry_run_sends_no_message(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(30), mode=Mode.DRY_RUN, rate=(1, 3600))
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 30
    assert stage.sent() == []


async def test_a_paused_campaign_sends_nothing_until_it_is_resumed(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(16), rate=(4, 1))
    await stage.start()
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 4)
    await stage.advance(campaign_id, CampaignEvent.PAUSE)
    before = len(stage.sent())
    await asyncio.sleep(1.5)  # the absence of messages has no event to wait for
    assert len(stage.sent()) <= before + 1
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 16
    assert set(stage.copies().values()) == {1}


async def test_a_cancelled_campaign_leaves_the_rest_unsent(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(40), rate=(4, 1))
    await stage.start()
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 4)
    await stage.advance(campaign_id, CampaignEvent.CANCEL)
    before = len(stage.sent())
    await stage.stop()
    assert len(stage.sent()) <= before + 1
    rows = await stage.run("SELECT status, count(*) FROM deliveries GROUP BY 1 ORDER BY 1")
    assert [row["status"] for row in rows] == ["pending", "sent"]


async def test_a_suppressed_person_is_skipped_and_counted(stage: Stage) -> None:
    people = stage.people(3)
    campaign_id = await stage.draft(people)
    await stage.run(
        "INSERT INTO suppressions (identity_hash, reason) SELECT identity_hashes[1], 'opt_out'"
        " FROM contacts WHERE username = $1",
        people[1].username,
    )
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert (campaign.counts.sent, campaign.counts.skipped) == (2, 1)
    assert people[1].id not in stage.copies()
    assert (await stage.reasons(campaign_id))["skipped", "suppressed"] == 1


async def test_a_stop_waits_for_the_calls_under_way_and_no_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.engine.runtime.STOP_SECONDS", 60.0)
    campaign_id = await stage.campaign(stage.people(60), rate=(20, 1))
    await stage.start()
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 3)
    stage.sandbox.faults.script(Latency(0.5), method="messages.sendMessage", count=None)
    await asyncio.sleep(0.3)
    stopped_at = asyncio.get_running_loop().time()
    await stage.stop()
    assert asyncio.get_running_loop().time() - stopped_at < 20
    assert len(stage.sent()) == (await stage.get(campaign_id)).counts.sent
    await stage.start()
    stage.sandbox.faults.clear()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 60
    assert set(stage.copies().values()) == {1}
