"""A sweep finds what no update brought: after downtime, and before a campaign goes on."""

from __future__ import annotations

import asyncio

import pytest

from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.opt_out import CONFIRMATIONS
from sandbox.faults import Latency, flood_wait
from sandbox.person import Person
from tests.sender.answers import got, hand, until_said, written_to
from tests.sender.stage import ACCOUNT_ID, Stage

FINISHED = CampaignStatus.FINISHED
SECOND_ID = 501


async def test_stop_sent_while_the_process_was_down_is_obeyed_before_anything_is_sent(
    stage: Stage,
) -> None:
    people = stage.people(12)
    await written_to(stage, *people)
    await stage.stop()
    await hand(stage, people[0]).say(ACCOUNT_ID, "СТОП")
    await stage.run("DELETE FROM update_states")  # not even Telegram's own memory helps
    campaign_id = await stage.campaign(people)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert len(got(stage, people[0])) == 1
    assert (await stage.get(campaign_id)).counts.sent == 11
    await until_said(stage, people[0], CONFIRMATIONS["ru"])


async def test_stop_sent_to_another_account_meanwhile_is_obeyed_first_too(
    stage: Stage,
) -> None:
    people = stage.people(12)
    second = (await stage.accounts(2))[1]
    met = await stage.campaign(people, accounts=[second])
    await stage.start()
    await stage.until(met, FINISHED)
    await stage.stop()
    await hand(stage, people[0]).say(SECOND_ID, "СТОП")
    stage.sandbox.faults.script(Latency(1.0), account=SECOND_ID, count=10)
    campaign_id = await stage.campaign(people)
    await stage.start()
    await stage.until(campaign_id, FINISHED)
    assert [e["sender"] for e in stage.sent() if e["recipient"] == people[0].id][:1] == [SECOND_ID]
    assert (await stage.get(campaign_id)).counts.sent == 11


async def test_stop_that_no_update_brought_is_found_before_a_campaign_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.telegram.listener.Listener.attend", lambda *_: None)
    monkeypatch.setattr("sender.inbox.inbox.FRESH_SECONDS", 0.0)
    people = stage.people(20)
    await written_to(stage, people[-1])
    campaign_id = await stage.campaign(people, rate=(5, 1))
    await stage.until_sent(3)
    await stage.advance(campaign_id, CampaignEvent.PAUSE)
    await hand(stage, people[-1]).say(ACCOUNT_ID, "stop")
    await stage.advance(campaign_id, CampaignEvent.RESUME)
    await stage.until(campaign_id, FINISHED)
    assert (await stage.get(campaign_id)).counts.sent == 19
    assert len(got(stage, people[-1])) == 1


async def test_a_sweep_finds_a_reply_below_a_later_message_of_the_account(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    await stage.stop()
    await hand(stage, one).say(ACCOUNT_ID, "unsubscribe")
    olga = Person(stage.sandbox.world, ACCOUNT_ID)
    await olga.read(one.id)
    await olga.say(one.id, "Sorry for that!")  # from her phone
    await stage.run("DELETE FROM update_states")
    await stage.start()
    await until_said(stage, one, CONFIRMATIONS["en"])


async def test_an_account_with_a_flood_wait_on_dialogs_rests_and_asks_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sender.inbox.inbox.HOLD_SECONDS", 0.2)
    flood = stage.sandbox.faults.script(flood_wait(90), method="messages.getDialogs", count=None)
    campaign_id = await stage.campaign(stage.people(3))
    await stage.start()
    campaign = await stage.until(campaign_id, CampaignStatus.PAUSED)
    assert campaign.pause_reason == "FLOOD_WAIT_90"
    assert campaign.resumes_at is not None
    await asyncio.sleep(2)  # ten rounds of the sweep
    assert flood.times_hit == 1
    assert stage.sent() == []


async def test_a_listening_account_with_a_flood_wait_on_dialogs_rests_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is one that Telethon does not keep by itself: it keeps those of more than 3 s."""
    monkeypatch.setattr("sender.inbox.inbox.HOLD_SECONDS", 0.2)
    await written_to(stage, *stage.people(1))
    flood = stage.sandbox.faults.script(flood_wait(3), method="messages.getDialogs", count=None)
    began = asyncio.get_running_loop().time()
    monkeypatch.setattr("sender.inbox.inbox.SWEEP_SECONDS", 0.0)
    (account,) = await stage.until_rows(
        "SELECT rest_reason FROM accounts WHERE resting_until > now()"
    )
    assert account["rest_reason"] == "FLOOD_WAIT_3"
    await asyncio.sleep(2)  # ten rounds of the sweep
    elapsed = asyncio.get_running_loop().time() - began
    assert flood.times_hit <= 1 + elapsed / 4


async def test_a_sweep_with_a_flood_wait_on_a_history_is_not_repeated_during_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flood wait is of a later call of the sweep, not of its first, for the dialogs."""
    monkeypatch.setattr("sender.inbox.inbox.HOLD_SECONDS", 0.2)
    (one,) = stage.people(1)
    await written_to(stage, one)
    flood = stage.sandbox.faults.script(flood_wait(60), method="messages.getHistory", count=None)
    await hand(stage, one).say(ACCOUNT_ID, "Who is this?")
    monkeypatch.setattr("sender.inbox.inbox.SWEEP_SECONDS", 0.0)
    await stage.until_rows("SELECT FROM accounts WHERE rest_reason = 'FLOOD_WAIT_60'")
    asked = stage.sandbox.faults.script(Latency(0), method="messages.getDialogs", count=None)
    await asyncio.sleep(2)  # ten rounds of the sweep
    assert (flood.times_hit, asked.times_hit) == (1, 0)
