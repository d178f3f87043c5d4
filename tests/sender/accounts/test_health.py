"""What several errors together mean: for the account, for its campaigns, for all campaigns."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pkgutil import resolve_name
from typing import Any

import pytest

from db.models.account import Account
from db.models.campaign import CampaignEvent, CampaignStatus
from db.queries import media
from sandbox.faults import SENDING, Cut, RpcError, flood_wait
from sender.accounts.login import adopt_session
from tests.sender.stage import PICTURE, SECRET_KEY, SLOWLY, Stage

FINISHED, PAUSED = CampaignStatus.FINISHED, CampaignStatus.PAUSED


async def second_account(stage: Stage) -> Account:
    other = stage.sandbox.add_person("Boris", username="boris_sends", phone="12025550101")
    session = stage.sandbox.issue_session(other.id)
    return await adopt_session(stage.database, SECRET_KEY, stage.access, session)


async def test_three_unlisted_refusals_in_a_row_pause_the_campaign(stage: Stage) -> None:
    people = stage.people(20)  # so many that it is not over before it is stopped
    for person in people[1:4]:
        stage.sandbox.faults.script(RpcError("OF_TOMORROW"), method=SENDING, recipient=person.id)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "unknown_errors"
    assert (await stage.reasons(campaign_id))["failed", "unclassified:OF_TOMORROW"] == 3
    await stage.hurry(campaign_id)
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    assert (await stage.until(campaign_id, FINISHED)).counts.sent == 17


async def test_two_unlisted_refusals_do_not_pause_it(stage: Stage) -> None:
    people = stage.people(4)
    for person in people[1:3]:
        stage.sandbox.faults.script(RpcError("OF_TOMORROW"), method=SENDING, recipient=person.id)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    assert (await stage.until(campaign_id, FINISHED)).counts.failed == 2


async def test_refused_content_that_is_common_to_all_pauses_the_campaign_at_once(
    stage: Stage,
) -> None:
    people = stage.people(3)
    stage.sandbox.faults.script(RpcError("ENTITY_BOUNDS_INVALID"), method=SENDING)
    campaign_id = await stage.campaign(people, text="Hello, all!", rate=SLOWLY)
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "ENTITY_BOUNDS_INVALID"
    assert campaign.counts.settled == 0


async def test_refused_content_that_is_personal_pauses_it_at_the_third(stage: Stage) -> None:
    people = stage.people(30)  # so many that the campaign is not over before it pauses
    stage.sandbox.faults.script(RpcError("MESSAGE_TOO_LONG"), method=SENDING, count=3)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "content_refused"
    assert (await stage.reasons(campaign_id))["failed", "MESSAGE_TOO_LONG"] == 3


async def test_a_file_that_expires_twice_pauses_the_campaign(stage: Stage) -> None:
    async with stage.database.transaction() as connection:
        photo = await media.add(connection, "photo", "cat.jpg", "image/jpeg", PICTURE)
    stage.sandbox.faults.script(RpcError("FILE_REFERENCE_EXPIRED"), method=SENDING, count=None)
    campaign_id = await stage.campaign(stage.people(2), media_id=photo, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "FILE_REFERENCE_EXPIRED"
    assert campaign.counts.settled == 0


async def test_a_peer_that_stays_wrong_fails_its_delivery(stage: Stage) -> None:
    people = stage.people(2)
    stage.sandbox.faults.script(
        RpcError("PEER_ID_INVALID"), method=SENDING, recipient=people[0].id, count=None
    )
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert (await stage.reasons(campaign_id))["failed", "PEER_ID_INVALID"] == 1


async def test_five_unanswered_calls_in_a_row_rest_the_account(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.outcome.retry.LONGEST_REPEAT", 0.1)
    monkeypatch.setattr("sender.accounts.eligibility.SHORT_REST", timedelta())
    monkeypatch.setattr("sender.accounts.health.NO_ANSWER_REST", timedelta(seconds=3))
    people = stage.people(1)
    fault = stage.sandbox.faults.script(RpcError("RPC_CALL_FAIL", 500), method=SENDING, count=5)
    campaign_id = await stage.campaign(people, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert fault.times_hit == 5
    assert campaign.pause_reason == "no_answer"
    assert campaign.resumes_at is not None
    assert await stage.statuses() == [("resting", "no_answer")]
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {people[0].id: 1}


async def test_five_connections_lost_with_a_message_rest_the_account(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client is opened and swept between two of them, but those are answers to other calls."""
    monkeypatch.setattr("sender.outcome.retry.LONGEST_REPEAT", 0.1)
    fault = stage.sandbox.faults.script(Cut("before_effect"), method=SENDING, count=5)
    campaign_id = await stage.campaign(stage.people(1), rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED, FINISHED)
    assert (campaign.pause_reason, fault.times_hit) == ("no_answer", 5)
    assert await stage.statuses() == [("resting", "no_answer")]


async def test_a_campaign_pauses_when_most_accounts_get_no_answer(stage: Stage) -> None:
    accounts = [stage.account.id, (await second_account(stage)).id]
    await stage.run(
        "UPDATE accounts SET rest_reason = 'no_answer', resting_until = now() + interval '5 min'"
    )
    third = stage.sandbox.add_person("Vera", username="vera_sends", phone="12025550102")
    session = stage.sandbox.issue_session(third.id)
    ready = await adopt_session(stage.database, SECRET_KEY, stage.access, session)
    campaign_id = await stage.campaign(stage.people(2), accounts=[*accounts, ready.id])
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "outage"
    assert campaign.resumes_at is not None
    assert stage.sent() == []


@pytest.mark.parametrize("fact", ["lost_at", "disabled_at"])
async def test_a_lost_or_disabled_account_is_no_sign_of_an_outage(stage: Stage, fact: str) -> None:
    accounts = await stage.accounts(3)
    await stage.run(
        "UPDATE accounts SET rest_reason = 'no_answer', resting_until = now() + interval '5 min'"
        " WHERE id <> $1",
        accounts[-1],
    )
    await stage.run(f"UPDATE accounts SET {fact} = now() WHERE id = $1", accounts[0])  # noqa: S608
    campaign_id = await stage.campaign(stage.people(2), accounts=accounts)
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED, FINISHED)
    assert (campaign.pause_reason, campaign.counts.sent) == (None, 2)


async def test_a_second_limited_account_pauses_the_campaign(stage: Stage) -> None:
    accounts = [stage.account.id, (await second_account(stage)).id]
    stage.sandbox.faults.script(RpcError("PEER_FLOOD"), method=SENDING, count=None)
    campaign_id = await stage.campaign(stage.people(6), accounts=accounts, rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "accounts_limited"
    assert campaign.resumes_at is None
    assert await stage.statuses() == [("limited", "PEER_FLOOD")] * 2
    assert stage.sent() == []


@pytest.mark.parametrize(
    ("act", "error", "people"),
    [
        ("sender.accounts.health.AccountHealth._limit", "PEER_FLOOD", 1),
        # The first of two is in doubt, and unknown with its account.
        ("sender.accounts.health.AccountHealth._lose", "SESSION_REVOKED", 2),
        ("sender.engine.outcome_handler.pause", "MEDIA_INVALID", 1),
        ("sender.accounts.health.pause_all", "API_ID_PUBLISHED_FLOOD", 1),
    ],
)
async def test_a_row_given_back_does_not_leave_before_the_reason_is_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, act: str, error: str, people: int
) -> None:
    act_now = resolve_name(act)

    async def act_late(*args: Any, **options: Any) -> None:
        await asyncio.sleep(3)
        await act_now(*args, **options)

    monkeypatch.setattr(act, act_late)
    stage.sandbox.faults.script(RpcError(error), method=SENDING)
    campaign_id = await stage.campaign(stage.people(people), rate=(10, 1))
    await stage.start()
    await stage.until(campaign_id, PAUSED)
    assert stage.sent() == []


async def test_the_third_flood_wait_of_an_hour_holds_the_account(stage: Stage) -> None:
    stage.sandbox.faults.script(flood_wait(1), method=SENDING, count=None)
    campaign_id = await stage.campaign(stage.people(4), rate=(2, 1))
    await stage.start()
    campaign = await stage.until(campaign_id, PAUSED)
    assert campaign.pause_reason == "account_held"
    assert await stage.statuses() == [("held", "FLOOD_WAIT_1")]
    assert campaign.counts.failed == 0
    (told,) = await stage.run("SELECT status, reason FROM account_events")
    assert tuple(told) == ("held", "FLOOD_WAIT_1")


async def test_a_flood_wait_of_hours_holds_the_account(stage: Stage) -> None:
    stage.sandbox.faults.script(flood_wait(7200), method=SENDING)
    campaign_id = await stage.campaign(stage.people(2), rate=(2, 1))
    await stage.start()
    assert (await stage.until(campaign_id, PAUSED)).pause_reason == "account_held"
    assert await stage.statuses() == [("held", "FLOOD_WAIT_7200")]
    (caps,) = await stage.run("SELECT next_slot_at - now() AS wait FROM account_caps")
    assert timedelta(hours=1, minutes=59) < caps["wait"] <= timedelta(hours=2, seconds=1)


async def test_a_refused_application_pauses_every_campaign(stage: Stage) -> None:
    other = await stage.draft(stage.people(2), rate=(1, 3600))
    await stage.advance(other, CampaignEvent.START)
    stage.sandbox.faults.script(RpcError("API_ID_PUBLISHED_FLOOD"), method=SENDING, count=None)
    campaign_id = await stage.campaign(stage.people(2), rate=(2, 1))
    await stage.start()
    for one in (campaign_id, other):
        assert (await stage.until(one, PAUSED)).pause_reason == "API_ID_PUBLISHED_FLOOD"
    assert await stage.statuses() == [("active", None)]


async def test_an_application_that_cannot_connect_pauses_every_campaign(
    stage: Stage,
) -> None:
    stage.sandbox.faults.script(RpcError("API_ID_INVALID"), method="users.getUsers", count=None)
    campaign_id = await stage.campaign(stage.people(2), rate=(2, 1))
    await stage.start()
    assert (await stage.until(campaign_id, PAUSED)).pause_reason == "API_ID_INVALID"
    assert await stage.statuses() == [("active", None)]
