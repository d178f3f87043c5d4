"""Deliveries that may have arrived: an admin decides about each, or about all."""

from __future__ import annotations

import asyncio

import pytest

from bot.unknowns import service
from db.models.campaign import CampaignEvent
from db.models.unknown import Decision
from tests.bot.conftest import BOT, Office
from tests.bot.doubted import PHONE, counts, delivery, ended, run
from tests.bot.rows import OPERATOR, OWNER, add_admin


async def open_list(office: Office) -> None:
    """Press the button of the report, which came as news when the campaign had ended."""
    await office.owner.press(
        await office.owner.wait_for(BOT, "2 unknown:"), "Decide about the unknown"
    )


async def test_the_report_lists_who_when_by_whom_and_why(office: Office) -> None:
    campaign_id = await ended(office)
    await open_list(office)
    listed = await office.owner.wait_for(BOT, "2 people may have got the message")
    assert f"Anna <A> · @anna · {PHONE}" in listed.text
    assert "id 1002" in listed.text
    assert "by Sender: no answer in time" in listed.text
    await office.operator.press_data(BOT, f"u:{campaign_id}:page")
    seen = await office.operator.wait_for(BOT, "2 people may have got the message")
    assert "+7••••••4567" in seen.text
    assert PHONE not in seen.text


async def test_the_list_is_turned_page_by_page(office: Office) -> None:
    campaign_id = await ended(office, 6)
    await office.owner.press_data(BOT, f"u:{campaign_id}:page")
    first = await office.owner.wait_for(BOT, "6 people may have got")
    await office.owner.press(first, "Older ›")
    second = await office.owner.wait_for(BOT, "Anna")
    assert "id 1002" in second.text
    assert "id 1006" not in second.text


async def test_it_arrived_makes_it_sent_and_the_person_one_we_talked_with(office: Office) -> None:
    campaign_id = await ended(office)
    before = await delivery(office)
    await open_list(office)
    await office.owner.press(await office.owner.wait_for(BOT, "2 people may"), "Anna <A>")
    one = await office.owner.wait_for(BOT, "is the message there?")
    assert await office.owner.press(one, "It arrived") == "Noted: it arrived."
    await office.owner.wait_for(BOT, "1 person may")
    row = await delivery(office)
    assert (row["status"], row["message_id"], row["reason"]) == ("sent", 0, "confirmed")
    assert row["settled_at"] == before["settled_at"], "it arrived then, which the cap counts from"
    assert await counts(office) == {
        "status": "finished", "total": 2, "sent": 1, "skipped": 0, "unknown": 1,
    }  # fmt: skip
    talked = await run(office, "SELECT person_id FROM peers WHERE talked_at IS NOT NULL")
    assert [one["person_id"] for one in talked] == [row["person_id"]]
    (audited,) = await run(office, "SELECT * FROM audit WHERE noun = 'unknown'")
    assert (audited["admin_id"], audited["noun_id"]) == (OWNER, row["id"])
    assert audited["details"] == {
        "campaign_id": campaign_id, "decision": "arrived", "generation": 0,
    }  # fmt: skip


async def test_send_again_reopens_a_finished_campaign(office: Office) -> None:
    await ended(office)
    await open_list(office)
    await office.owner.press(await office.owner.wait_for(BOT, "2 people may"), "Anna <A>")
    one = await office.owner.wait_for(BOT, "is the message there?")
    assert await office.owner.press(one, "It did not: send again") == "It is sent again."
    row = await delivery(office)
    assert (row["status"], row["generation"], row["random_id"]) == ("pending", 1, None)
    assert (row["account_id"], row["first_attempt_at"]) == (1, None)
    assert row["due_at"] is not None, "the claim's cursor has passed it"
    assert await counts(office) == {
        "status": "running", "total": 2, "sent": 0, "skipped": 0, "unknown": 1,
    }  # fmt: skip
    (text,) = await run(office, "SELECT text FROM delivery_contents ORDER BY delivery_id LIMIT 1")
    assert text["text"] == "Hello, frozen"
    await office.operator.wait_for(BOT, "Olga sends again what was unknown in Spring sale.")


async def test_what_is_sent_again_leaves_an_account_that_is_gone(office: Office) -> None:
    await ended(office)
    await run(office, "UPDATE accounts SET lost_at = now(), loss_reason = 'SESSION_REVOKED'")
    row = await delivery(office)
    await office.owner.press_data(BOT, f"u:{row['id']}:0:send_again")
    row = await delivery(office)
    assert (row["status"], row["account_id"], row["peer_id"]) == ("pending", None, None)


async def test_what_is_left_is_not_asked_about_again(office: Office) -> None:
    campaign_id = await ended(office)
    await office.owner.wait_for(BOT, "2 unknown:")  # the news that it has ended
    for pos in (1, 2):
        row = await delivery(office, pos)
        assert await office.owner.press_data(BOT, f"u:{row['id']}:0:leave") == "It stays unknown."
    await office.owner.wait_for(BOT, "Nothing is left to decide here.")
    assert (await delivery(office))["status"] == "unknown"
    assert (await counts(office))["unknown"] == 2
    await office.owner.press_data(BOT, f"c:{campaign_id}:report")
    report = await office.owner.wait_for(BOT, "2 unknown:")
    assert "Decide about the unknown" not in str(report)


@pytest.mark.parametrize("second", Decision)
async def test_the_second_admin_is_told_who_decided(office: Office, second: Decision) -> None:
    await ended(office, by=OPERATOR)
    row = await delivery(office)
    await office.operator.press_data(BOT, f"u:{row['id']}:0:arrived")
    toast = await office.owner.press_data(BOT, f"u:{row['id']}:0:{second}")
    assert toast is not None
    assert toast.startswith("Oleg decided at")
    assert toast.endswith("it arrived.")
    await office.owner.press_data(BOT, f"u:{row['id']}:0:show")
    await office.owner.wait_for(BOT, "Oleg decided at")
    assert (await counts(office))["sent"] == 1
    assert len(await run(office, "SELECT FROM audit WHERE noun = 'unknown'")) == 1


async def test_of_two_decisions_at_the_same_moment_one_stands(office: Office) -> None:
    await ended(office)
    row, owner = await delivery(office), await add_admin(office.database, 555)
    found = await asyncio.gather(
        *(
            service.decide(office.database, owner, row["id"], 0, decision)
            for decision in [*Decision] * 3
        )
    )
    assert sum(first for _, first in found) == 1
    assert len({one.decided for one, _ in found}) == 1
    assert len(await run(office, "SELECT FROM audit WHERE noun = 'unknown'")) == 1
    now = await counts(office)
    assert now["sent"] + now["unknown"] + (now["status"] == "running") == 2


async def test_an_old_button_does_not_decide_about_a_later_generation(office: Office) -> None:
    campaign_id = await ended(office)
    row = await delivery(office)
    await office.owner.press_data(BOT, f"u:{row['id']}:0:send_again")
    await run(
        office,
        "UPDATE deliveries SET status = 'unknown', settled_at = now(), due_at = NULL WHERE id = $1",
        row["id"],
    )
    toast = await office.owner.press_data(BOT, f"u:{row['id']}:0:arrived")
    assert toast is not None
    assert toast.endswith("send it again.")
    assert (await delivery(office))["status"] == "unknown"
    assert await office.owner.press_data(BOT, f"u:{row['id']}:1:arrived") == "Noted: it arrived."
    assert campaign_id


async def test_an_operator_does_not_decide_about_the_campaign_of_another(office: Office) -> None:
    campaign_id = await ended(office)
    row = await delivery(office)
    await office.operator.press_data(BOT, f"u:{row['id']}:0:show")
    shown = await office.operator.wait_for(BOT, "is the message there?")
    assert "It arrived" not in str(shown)
    for data in (f"u:{row['id']}:0:arrived", f"u:{campaign_id}:all:arrived:{2**53}"):
        toast = await office.operator.press_data(BOT, data)
        assert toast == "Somebody else made this: your role lets you only look at it."
    assert (await counts(office))["unknown"] == 2


@pytest.mark.parametrize("form", ["u:{row}:0:send_again", "u:{campaign}:all:send_again:{until}"])
async def test_a_cancelled_campaign_sends_nothing_again(office: Office, form: str) -> None:
    campaign_id = await ended(office, event=CampaignEvent.CANCEL)
    row = await delivery(office)
    await office.owner.press_data(BOT, f"u:{row['id']}:0:show")
    shown = await office.owner.wait_for(BOT, "stopped for good, so it sends nothing again")
    assert "send again" not in str(shown)
    data = form.format(row=row["id"], campaign=campaign_id, until=2**53)
    toast = await office.owner.press_data(BOT, data)
    assert toast is not None
    assert toast.startswith("The campaign was stopped for good")
    assert (await delivery(office))["status"] == "unknown"
    assert await run(office, "SELECT FROM unknown_decisions") == []
    await office.owner.press_data(BOT, f"u:{row['id']}:0:arrived")
    assert (await delivery(office))["status"] == "sent"


async def test_one_answer_for_all_spares_those_that_came_later(office: Office) -> None:
    campaign_id = await ended(office, 3)
    await office.owner.press_data(BOT, f"u:{campaign_id}:page")
    listed = await office.owner.wait_for(BOT, "3 people may")
    await run(office, "UPDATE deliveries SET settled_at = now() + interval '1 s' WHERE pos = 3")
    await run(office, "UPDATE deliveries SET status = 'pending', settled_at = NULL WHERE pos = 3")
    await office.owner.press(listed, "Decide about all 3 at once")
    asked = await office.owner.wait_for(BOT, "One answer for 2 people:")
    await run(
        office,
        "UPDATE deliveries SET status = 'unknown', settled_at = now() + interval '1 s'"
        " WHERE pos = 3",
    )
    said = await office.owner.press(asked, "It did not: send again · 2")
    assert said == "2 are sent again."
    assert [(await delivery(office, pos))["status"] for pos in (1, 2, 3)] == [
        "pending", "pending", "unknown",
    ]  # fmt: skip
    assert await counts(office) == {
        "status": "running", "total": 3, "sent": 0, "skipped": 0, "unknown": 1,
    }  # fmt: skip
    (audited,) = await run(office, "SELECT * FROM audit WHERE noun = 'unknowns_of_campaign'")
    assert audited["details"] == {"decision": "send_again", "people": 2}


@pytest.mark.parametrize("decision", Decision)
async def test_thousands_are_decided_at_once(office: Office, decision: Decision) -> None:
    many = service.MOST_AT_ONCE + 1
    campaign_id = await ended(office, many)
    owner = await add_admin(office.database, 555)
    told = await service.decide_all(office.database, owner, campaign_id, 2**53, decision)
    assert told == service.MOST_AT_ONCE
    found = await service.page(office.database, campaign_id, limit=1)
    assert found.open.count == 1
