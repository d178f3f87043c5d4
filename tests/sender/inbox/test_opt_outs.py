"""A person who says STOP gets no message of any campaign or account, under any name."""

from __future__ import annotations

import asyncio
import signal
import sys

from db.models.campaign import CampaignEvent, CampaignStatus
from db.models.contact import Identity
from db.models.opt_out import CONFIRMATIONS
from sandbox.faults import SENDING, flood_wait
from sender.accounts.login import adopt_session
from tests.sender.answers import confirmations, counters, got, hand, until_said, written_to
from tests.sender.stage import ACCOUNT_ID, SECRET_KEY, Stage

FINISHED = CampaignStatus.FINISHED
SECOND_ID = 501


async def test_stop_suppresses_the_person_for_every_campaign_account_and_list(stage: Stage) -> None:
    anna, boris = stage.people(1, phone="12025550777")[0], stage.people(1)[0]
    first = await written_to(stage, anna, boris)
    await hand(stage, anna).say(ACCOUNT_ID, "Stop, please! 🛑")
    await until_said(stage, anna, CONFIRMATIONS["en"])

    stage.sandbox.add_person("Olga 2", id=SECOND_ID, username="olga_too", phone="12025550101")
    session = stage.sandbox.issue_session(SECOND_ID)
    other = await adopt_session(stage.database, SECRET_KEY, stage.access, session)
    phone = Identity(phone="+12025550777")
    later = [
        await stage.campaign([anna, boris]),  # the same list once more
        await stage.campaign([anna, boris], accounts=[other.id]),
        await stage.campaign([phone], accounts=[other.id]),  # a name of theirs that is new to us
    ]
    for campaign_id in later:
        await stage.until(campaign_id, FINISHED)
        assert (await stage.reasons(campaign_id))["skipped", "suppressed"] == 1
    assert len(got(stage, anna)) == 1
    assert len(got(stage, boris)) == 3
    assert confirmations(stage, anna) == [CONFIRMATIONS["en"]]
    assert (await counters(stage, first))["opted_out"] == 1


async def test_nothing_of_a_running_campaign_leaves_after_stop(stage: Stage) -> None:
    people = stage.people(60)  # so many that the last one is heard before their turn
    last = people[-1]
    await written_to(stage, last)
    campaign_id = await stage.campaign(people, rate=(10, 1))
    await stage.until_sent(4)
    await hand(stage, last).say(ACCOUNT_ID, "ОТПИСКА")
    await until_said(stage, last, CONFIRMATIONS["ru"])
    await stage.until(campaign_id, FINISHED)
    assert len(got(stage, last)) == 1
    assert (await stage.get(campaign_id)).counts.sent == 59


async def test_a_frozen_delivery_that_waits_for_its_slot_is_withheld(stage: Stage) -> None:
    """It was frozen before the opt-out was committed, and has not left yet."""
    (one,) = stage.people(1)
    await written_to(stage, one)
    await stage.run("UPDATE campaigns SET next_slot_at = clock_timestamp()")
    campaign_id = await stage.draft([one], rate=(60, 60))
    await stage.run(
        "UPDATE campaigns SET next_slot_at = clock_timestamp() + interval '6 s' WHERE id = $1",
        campaign_id,
    )
    await stage.advance(campaign_id, CampaignEvent.START)
    await stage.until_rows("SELECT FROM deliveries WHERE status = 'sending' AND attempts > 0")
    await hand(stage, one).say(ACCOUNT_ID, "stop")
    await stage.until(campaign_id, FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}
    assert len(got(stage, one)) == 1


async def test_the_confirmation_is_sent_once_whatever_happens(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    await stage.stop()
    for _ in range(2):
        product = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.sender.product",
            stage.database.dsn.url(),
            stage.sandbox.dc_host,
            str(stage.sandbox.dc_port),
            str(stage.sandbox.server_key_path),
        )
        await hand(stage, one).say(ACCOUNT_ID, "STOP")
        await until_said(stage, one, CONFIRMATIONS["en"])
        product.send_signal(signal.SIGKILL)
        await product.wait()
        await stage.run(
            "UPDATE opt_out_confirmations SET done_at = NULL, due_at = now()"
        )  # as if it was lost
    await stage.start()
    await stage.until_rows("SELECT FROM opt_out_confirmations WHERE done_at IS NOT NULL")
    assert confirmations(stage, one) == [CONFIRMATIONS["en"]]


async def test_a_confirmation_that_must_wait_rests_its_account(stage: Stage) -> None:
    people = stage.people(2)
    await written_to(stage, *people)
    flood = stage.sandbox.faults.script(flood_wait(10), method=SENDING, count=None)
    for one in people:
        await hand(stage, one).say(ACCOUNT_ID, "STOP")
    (account,) = await stage.until_rows(
        "SELECT rest_reason FROM accounts WHERE resting_until > now()"
    )
    assert account["rest_reason"] == "FLOOD_WAIT_10"
    await stage.until_rows("SELECT FROM opt_out_confirmations HAVING count(*) = 2")
    assert flood.times_hit == 1  # what one was refused is not tried for the other
    flood.cancel()
    await stage.run("UPDATE accounts SET resting_until = now()")
    campaign_id = await stage.campaign(stage.people(1))  # it wakes the account
    await stage.until(campaign_id, FINISHED)
    for one in people:
        await until_said(stage, one, CONFIRMATIONS["en"])


async def test_stop_of_a_person_who_is_no_contact_is_ignored(stage: Stage) -> None:
    stranger, known = stage.people(2)
    await written_to(stage, known)
    await hand(stage, stranger).say(ACCOUNT_ID, "STOP")
    await hand(stage, known).say(ACCOUNT_ID, "Hello!")
    rows = await stage.until_rows("SELECT peer_id FROM replies WHERE handled_at IS NOT NULL")
    assert [row["peer_id"] for row in rows] == [known.id]
    assert await stage.run("SELECT FROM suppressions") == []


async def test_an_unclear_reply_suppresses_the_person_until_an_admin_decides(stage: Stage) -> None:
    (one,) = stage.people(1)
    await written_to(stage, one)
    for _ in range(2):
        await hand(stage, one).say(ACCOUNT_ID, "please stop calling me, write here")
    await stage.until_rows("SELECT FROM unclear_replies")
    campaign_id = await stage.campaign([one])
    await stage.until(campaign_id, FINISHED)
    assert await stage.reasons(campaign_id) == {("skipped", "suppressed"): 1}
    assert len(await stage.run("SELECT FROM unclear_replies")) == 1
    await hand(stage, one).say(ACCOUNT_ID, "Stop!")  # now it is clear
    await until_said(stage, one, CONFIRMATIONS["en"])
    assert len(await stage.run("SELECT FROM unclear_replies WHERE stops")) == 1
    (row,) = await stage.run("SELECT DISTINCT reason FROM suppressions")
    assert row["reason"] == "opt_out"


async def test_answers_and_reads_are_counted_once(stage: Stage) -> None:
    people = stage.people(3)
    campaign_id = await written_to(stage, *people)
    for one in people[:2]:
        await hand(stage, one).read(ACCOUNT_ID)
    for words in ("Hello!", "When do you open?"):
        await hand(stage, people[0]).say(ACCOUNT_ID, words)
    await stage.until_rows("SELECT FROM campaigns WHERE answered > 0 AND seen > 1")
    counted = await counters(stage, campaign_id)
    assert (counted["answered"], counted["seen"], counted["opted_out"]) == (1, 2, 0)
    await stage.stop()
    await stage.run("UPDATE sweeps SET until = until - interval '1 day'")
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps WHERE until > now() - interval '1 hour'")
    assert await counters(stage, campaign_id) == counted
