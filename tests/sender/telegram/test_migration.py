"""An account that Telegram moves to another data centre goes on sending, and nothing is doubled."""

from __future__ import annotations

import asyncio

import pytest

from db.models.campaign import CampaignStatus
from db.queries import accounts
from sandbox.faults import Latency, RpcError
from sender.accounts.login import adopt_session
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage

FINISHED = CampaignStatus.FINISHED
SEND = "messages.sendMessage"
FIRST, SECOND = 2, 4


def move(stage: Stage, to: int = SECOND, account: int = ACCOUNT_ID) -> None:
    stage.sandbox.world.people[account].home_dc = to


async def sealed(stage: Stage) -> bytes | None:
    async with stage.database.connection() as connection:
        return (await accounts.get_session(connection, stage.account.id)).sealed


async def test_a_campaign_goes_on_after_its_account_has_moved(stage: Stage) -> None:
    people = stage.people(30)
    stage.sandbox.faults.script(Latency(0.2, after_effect=True), method=SEND, count=None, share=0.5)
    campaign_id = await stage.campaign(people, rate=(10, 1), retry_limit=0)
    before = await sealed(stage)
    await stage.start()
    await stage.until_sent(10)
    move(stage)
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 30
    assert stage.copies() == {one.id: 1 for one in people}
    assert await stage.statuses() == [("active", None)]
    assert await sealed(stage) != before


async def test_calls_under_way_during_the_move_do_not_make_the_account_rest(stage: Stage) -> None:
    """They end unanswered, since the client is closed: that is our doing."""
    people = stage.people(40)
    stage.sandbox.faults.script(Latency(1.0), method=SEND, count=None, share=0.8)
    campaign_id = await stage.campaign(people, rate=(20, 1))
    await stage.start()
    await stage.until_sent(3)
    move(stage)
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {one.id: 1 for one in people}
    rests = await stage.run("SELECT rest_reason FROM accounts")
    assert [row["rest_reason"] for row in rests] == [None]


async def test_the_new_place_is_remembered_and_so_is_the_way_back(stage: Stage) -> None:
    people = stage.people(3)
    for one, place in zip(people, (SECOND, SECOND, FIRST), strict=True):
        move(stage, place)
        await stage.start()
        campaign_id = await stage.campaign([one])
        await stage.until(campaign_id, FINISHED)
        await stage.stop()
    assert stage.copies() == {one.id: 1 for one in people}
    assert await stage.statuses() == [("active", None)]


async def test_what_was_sent_just_before_the_move_is_recognised_after_it(stage: Stage) -> None:
    (anna,) = stage.people(1)
    error = RpcError("RPC_CALL_FAIL", 500, after_effect=True)
    stage.sandbox.faults.script(error, method=SEND)
    campaign_id = await stage.campaign([anna])
    await stage.start()
    await stage.until_sent(1)
    move(stage)
    await stage.until(campaign_id, FINISHED)
    assert stage.copies() == {anna.id: 1}
    assert (await stage.get(campaign_id)).counts.sent == 1


async def test_a_move_that_fails_for_a_while_loses_neither_account_nor_row(stage: Stage) -> None:
    people = stage.people(3)
    refused = RpcError("DC_ID_INVALID")
    stage.sandbox.faults.script(refused, method="auth.exportAuthorization", count=2)
    campaign_id = await stage.campaign(people, rate=(2, 1), retry_limit=0)
    await stage.start()
    await stage.until_sent(1)
    move(stage)
    campaign = await stage.until(campaign_id, FINISHED)
    assert campaign.counts.sent == 3
    assert stage.copies() == {one.id: 1 for one in people}
    assert await stage.statuses() == [("active", None)]


@pytest.mark.parametrize("moves_before", [True, False])
async def test_a_session_is_adopted_from_either_place(stage: Stage, moves_before: bool) -> None:
    stage.sandbox.add_person("Second", id=ACCOUNT_ID + 1)
    if moves_before:
        move(stage, account=ACCOUNT_ID + 1)
    session = stage.sandbox.issue_session(ACCOUNT_ID + 1)
    move(stage, account=ACCOUNT_ID + 1)
    account = await adopt_session(stage.database, SECRET_KEY, stage.access, session)
    (anna,) = stage.people(1)
    campaign_id = await stage.campaign([anna], accounts=[account.id])
    await stage.start()
    async with asyncio.timeout(30):
        await stage.until(campaign_id, FINISHED)
    assert [entry["sender"] for entry in stage.sent()] == [ACCOUNT_ID + 1]
