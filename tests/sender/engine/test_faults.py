"""Faults between the sender and Telegram: no message is lost, and none arrives twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.models.account import AccountStatus
from db.models.campaign import CampaignEvent, CampaignStatus
from db.queries import accounts, media
from sandbox.faults import Cut, Fault, Latency, RpcError, flood_wait
from sender.accounts.login import adopt_session
from tests.sender.stage import ACCOUNT_ID, PICTURE, SECRET_KEY, SLOWLY, Stage

FINISHED, PAUSED = CampaignStatus.FINISHED, CampaignStatus.PAUSED
SEND = "messages.sendMessage"


@pytest.mark.parametrize(
    "fault",
    [
        Cut("before_effect"),
        Cut("after_effect"),
        Cut("mid_frame"),
        RpcError("RPC_CALL_FAIL", 500, after_effect=True),
        RpcError("RANDOM_ID_DUPLICATE", 500),
        RpcError("SOMETHING_NEW", 500, after_effect=True),
    ],
    ids=str,
)
async def test_after_an_ambiguous_answer_each_contact_has_one_copy(
    stage: Stage, fault: Fault
) -> None:
    people = stage.people(6)
    stage.sandbox.faults.script(fault, method=SEND, count=2)
    campaign_id = await stage.campaign(people, rate=(20, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 6
    assert stage.copies() == {person.id: 1 for person in people}


async def test_a_short_flood_wait_is_waited_out(stage: Stage) -> None:
    people = stage.people(8)
    stage.sandbox.faults.script(flood_wait(4), method=SEND, recipient=people[3].id)
    campaign_id = await stage.campaign(people, rate=(10, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 8
    assert stage.copies() == {person.id: 1 for person in people}
    notes = await stage.run("SELECT reason FROM campaign_events WHERE event = 'note'")
    assert [row["reason"] for row in notes] == ["FLOOD_WAIT_4"]


async def test_a_flood_wait_is_recorded_at_once(stage: Stage) -> None:
    """Telethon by default sleeps during the call for waits of up to a minute."""
    stage.sandbox.faults.script(flood_wait(50), method=SEND)
    campaign_id = await stage.campaign(stage.people(1))
    await stage.start()
    await stage.until_rows("SELECT FROM accounts WHERE rest_reason = 'FLOOD_WAIT_50'")
    assert (await stage.get(campaign_id)).counts.settled == 0


async def test_a_long_flood_wait_pauses_the_campaign_until_it_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.accounts.eligibility.SHORT_REST", timedelta(seconds=0.5))
    stage.sandbox.faults.script(flood_wait(2), method=SEND)
    campaign_id = await stage.campaign(stage.people(3))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "FLOOD_WAIT_2"
    assert campaign.resumes_at is not None
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 3


async def test_a_refusal_is_counted_with_its_reason(stage: Stage) -> None:
    friendly, gone, private = stage.people(3)
    private.accepts_strangers = False
    campaign_id = await stage.campaign([friendly, gone, private])
    stage.sandbox.faults.script(RpcError("INPUT_USER_DEACTIVATED"), method=SEND, recipient=gone.id)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert (campaign.counts.sent, campaign.counts.failed) == (1, 2)
    assert await stage.reasons(campaign_id) == {
        ("sent", None): 1,
        ("failed", "INPUT_USER_DEACTIVATED"): 1,
        ("failed", "USER_PRIVACY_RESTRICTED"): 1,
    }
    again = await stage.campaign([gone])
    assert (await stage.until(again, FINISHED)).counts.skipped == 1


async def test_a_person_who_blocked_the_account_is_never_written_to_again(stage: Stage) -> None:
    (person,) = stage.people(1)
    person.blocked.add(ACCOUNT_ID)
    first = await stage.campaign([person])
    await stage.start()
    assert (await stage.until(first, FINISHED)).counts.failed == 1
    person.blocked.clear()
    second = await stage.campaign([person])
    assert (await stage.until(second, FINISHED)).counts.skipped == 1
    assert stage.sent() == []


async def test_a_block_ends_the_delivery_and_suppresses_the_person_together(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in between would leave a row in doubt whose person must not be asked again."""
    monkeypatch.setattr("sender.engine.settler.GATHER_SECONDS", 5)
    (person,) = stage.people(1)
    person.blocked.add(ACCOUNT_ID)
    await stage.campaign([person])
    await stage.start()
    (row,) = await stage.until_rows(
        "SELECT status, reason FROM deliveries WHERE EXISTS (SELECT FROM suppressions)"
    )
    assert tuple(row) == ("failed", "USER_IS_BLOCKED")


async def test_a_lost_account_pauses_the_campaign_until_a_new_sign_in(stage: Stage) -> None:
    people = stage.people(30)
    campaign_id = await stage.campaign(people, rate=(5, 1))
    await stage.start()
    await stage.until_true(campaign_id, lambda campaign: campaign.counts.sent >= 2)
    stage.sandbox.mtproto.revoke(ACCOUNT_ID)
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "account_lost"
    async with stage.database.connection() as connection:
        lost = await accounts.get(connection, stage.account.id)
    assert lost.status is AccountStatus.LOST
    session = stage.sandbox.issue_session(ACCOUNT_ID)
    back = await adopt_session(stage.database, SECRET_KEY, stage.access, session)
    assert (back.id, back.status) == (stage.account.id, AccountStatus.ACTIVE)
    await stage.hurry(campaign_id)
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    counts = (await stage.until(campaign_id, FINISHED)).counts
    assert counts.unknown <= 1, "a call that the loss was the answer to"
    assert counts.sent + counts.unknown == 30
    copies = stage.copies()
    assert set(copies.values()) == {1}
    assert len(copies) == counts.sent


async def test_a_limited_account_pauses_the_campaign(stage: Stage) -> None:
    stage.sandbox.faults.script(RpcError("PEER_FLOOD"), method=SEND)
    campaign_id = await stage.campaign(stage.people(5), rate=SLOWLY)
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "PEER_FLOOD"
    assert stage.sent() == []


async def test_content_that_telegram_refuses_pauses_the_campaign(stage: Stage) -> None:
    campaign_id = await stage.campaign(stage.people(5), text="x" * 5000, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "MESSAGE_TOO_LONG"
    assert campaign.counts.settled == 0


async def test_a_file_that_is_no_photo_pauses_the_campaign(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        broken = await media.add(connection, "photo", "cat.jpg", "image/jpeg", b"no cat")
    campaign_id = await stage.campaign(stage.people(3), media_id=broken)
    await stage.start()
    assert (await stage.until(campaign_id, PAUSED)).pause_reason == "IMAGE_PROCESS_FAILED"


async def test_an_expired_file_is_uploaded_again(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", PICTURE)
    stage.sandbox.faults.script(RpcError("FILE_REFERENCE_EXPIRED"), method="messages.sendMedia")
    campaign_id = await stage.campaign(stage.people(3), media_id=photo, rate=(2, 1))
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 3
    assert set(stage.copies().values()) == {1}


async def test_a_wrong_peer_is_looked_up_again(stage: Stage) -> None:
    people = stage.people(2)
    campaign_id = await stage.campaign(people)
    await stage.run(
        "WITH person AS (INSERT INTO persons (kind, peer_id) VALUES ('user', $2) RETURNING id),"
        " met AS (INSERT INTO peers (account_id, person_id, access_hash)"
        "  SELECT $1, id, 1 FROM person)"
        " UPDATE contacts SET person_id = person.id, identified_at = now() FROM person"
        " WHERE contacts.id = (SELECT contact_id FROM contact_list_members WHERE pos = 1)",
        stage.account.id,
        people[0].id,
    )
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 2


async def test_a_transient_refusal_is_retried_up_to_the_limit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.outcome.retry.FIRST_RETRY", 0.1)
    lucky, unlucky = stage.people(2)
    busy = RpcError("TRY_LATER", 420)
    stage.sandbox.faults.script(busy, method=SEND, recipient=lucky.id, count=2)
    always = stage.sandbox.faults.script(busy, method=SEND, recipient=unlucky.id, count=None)
    campaign_id = await stage.campaign([lucky, unlucky], retry_limit=2)
    await stage.start()
    campaign = await stage.until(campaign_id, FINISHED)
    assert await stage.reasons(campaign_id) == {
        ("sent", None): 1,
        ("failed", "TRY_LATER"): 1,
    }
    assert campaign.counts.failed == 1
    assert always.times_hit == 3


async def test_no_delivery_fails_while_telegram_is_unreachable(stage: Stage) -> None:
    people = stage.people(5)
    campaign_id = await stage.campaign(people, rate=(10, 1))
    host, port = stage.sandbox.dc_host, stage.sandbox.dc_port
    await stage.sandbox.mtproto.close()
    await stage.start()
    notes = "SELECT reason FROM campaign_events WHERE reason = 'outage'"
    await stage.until_rows(notes)
    await stage.sandbox.mtproto.start(host, port)
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 5
    assert stage.copies() == {person.id: 1 for person in people}


async def test_a_slow_answer_does_not_slow_the_rate(stage: Stage) -> None:
    stage.sandbox.faults.script(Latency(2.0), method=SEND, count=None)
    campaign_id = await stage.campaign(stage.people(40), rate=(20, 1))
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    (row,) = await stage.run("SELECT max(slot_at) - min(slot_at) AS took FROM deliveries")
    assert row["took"].total_seconds() < 6  # 8, if each batch waited for the answers of the last
