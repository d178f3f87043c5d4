"""A campaign under way: the live card, Pause, Stop, notifications, the report."""

from __future__ import annotations

import asyncio
import csv
import io

from db.models.admin import Role
from db.models.campaign import CampaignEvent
from db.models.delivery import DeliveryStatus
from db.queries import campaigns
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, add_admin, add_draft, add_stock, settle


async def start(office: Office, count: int = 10) -> int:
    """Start a campaign, whose card is the owner's newest message, and return its id."""
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, count))
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    await office.owner.wait_for(BOT, "● running")
    return campaign_id


async def advance(
    office: Office, campaign_id: int, event: CampaignEvent, reason: str | None = None
) -> None:
    async with office.database.transaction() as connection:
        await campaigns.advance(connection, campaign_id, event, reason=reason)


async def finish(office: Office, campaign_id: int) -> None:
    await settle(office.database, campaign_id, range(1, 7))
    failed = DeliveryStatus.FAILED
    await settle(office.database, campaign_id, range(7, 9), failed, "USER_IS_BLOCKED")
    await settle(office.database, campaign_id, range(9, 10), failed, "NEW_ERROR_42X")
    await settle(office.database, campaign_id, range(10, 11), DeliveryStatus.SKIPPED, "suppressed")
    await advance(office, campaign_id, CampaignEvent.FINISH)


async def test_the_card_moves_when_the_counters_move(office: Office) -> None:
    campaign_id = await start(office)
    await settle(office.database, campaign_id, range(1, 5))
    await office.owner.wait_for(BOT, "▰▰▰▰▱▱▱▱▱▱ 40%")
    await settle(
        office.database, campaign_id, range(5, 6), DeliveryStatus.FAILED, "USER_PRIVACY_RESTRICTED"
    )
    card = await office.owner.wait_for(BOT, "50%")
    assert "4 of 10 sent · 1 failed · 5 left" in card.text
    assert "their privacy settings refuse strangers: 1" in card.text
    assert "done about" in card.text


async def test_a_card_that_became_another_screen_is_left_alone(office: Office) -> None:
    campaign_id = await start(office)
    await office.owner.press(None, "‹ Back")
    listed = await office.owner.wait_for(BOT, "Campaigns")
    await settle(office.database, campaign_id, range(1, 5))
    for event, news in ((CampaignEvent.PAUSE, "paused itself"), (CampaignEvent.RESUME, "goes on")):
        await advance(office, campaign_id, event)
        await office.owner.wait_for(BOT, news)
    assert office.owner.world.boxes[office.owner.id][listed.id].text == listed.text
    await office.owner.press(listed, "Spring sale")
    await office.owner.wait_for(BOT, "40%")


async def test_a_deleted_card_is_sent_again(office: Office) -> None:
    campaign_id = await start(office)
    card = office.owner.history(BOT)[-1]
    await office.world.delete(card)
    await settle(office.database, campaign_id, range(1, 5))
    anew = await office.owner.wait_for(BOT, "40%")
    assert anew.id > card.id
    await settle(office.database, campaign_id, range(5, 7))
    await office.owner.wait_for(BOT, "60%")


async def test_pause_and_resume_by_button(office: Office) -> None:
    await start(office)
    await office.owner.press(None, "Pause")
    await office.owner.press(await office.owner.wait_for(BOT, "‖ paused"), "Resume")
    await office.owner.wait_for(BOT, "● running")


async def test_stop_asks_in_numbers_before_it_stops(office: Office) -> None:
    campaign_id = await start(office)
    await settle(office.database, campaign_id, range(1, 5))
    await office.owner.wait_for(BOT, "40%")
    await office.owner.press(None, "Stop")
    asked = await office.owner.wait_for(BOT, "Stop Spring sale for good?")
    assert "6 messages are not sent yet" in asked.text
    await office.owner.press(asked, "Stop for good")
    await office.owner.wait_for(BOT, "✕ stopped")
    assert await office.owner.press_data(BOT, f"c:{campaign_id}:pause") == (
        "Nothing changed: it is stopped already."
    )


async def test_each_admin_is_notified_of_an_automatic_pause_and_its_end(office: Office) -> None:
    campaign_id = await start(office)
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/help")
    await advance(office, campaign_id, CampaignEvent.PAUSE, "account_lost")
    for person in (office.owner, office.operator):
        told = await person.wait_for(BOT, "has paused itself")
        assert "the account was signed out: connect it again" in told.text
    await advance(office, campaign_id, CampaignEvent.RESUME)
    await office.owner.wait_for(BOT, "goes on")


async def test_the_admin_who_pressed_is_not_notified_and_the_others_are(office: Office) -> None:
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/help")
    await start(office)
    await office.owner.press(None, "Pause")
    await office.operator.wait_for(BOT, "Olga started Spring sale")
    await office.operator.wait_for(BOT, "Olga paused Spring sale")
    assert not any("Olga" in m.text and "paused" in m.text for m in office.owner.history(BOT))


async def test_the_report_counts_by_reason_and_its_file_names_every_person(
    office: Office,
) -> None:
    campaign_id = await start(office)
    await finish(office, campaign_id)
    report = await office.owner.wait_for(BOT, "6 delivered (60%)")
    for line in ("3 failed:", "blocked us: 2", "NEW_ERROR_42X: 1", "1 skipped:", "stop list: 1"):
        assert line in report.text
    sent = await office.owner.wait_for(BOT, lambda m: m.media is not None)
    assert sent.media is not None
    rows = list(csv.reader(io.StringIO(sent.media.data.decode("utf-8-sig"))))
    assert rows[0] == ["row", "contact", "status", "reason", "time", "message id"]
    assert len(rows) == 11
    assert rows[1][:4] == ["1", "'@person_1", "sent", ""]
    assert rows[7][:4] == ["7", "'@person_7", "failed", "blocked us"]


async def test_what_happened_is_told_once(office: Office) -> None:
    campaign_id = await start(office)
    await finish(office, campaign_id)
    await office.owner.wait_for(BOT, lambda m: m.media is not None)
    await office.owner.wait_for(BOT, "✓ done")
    async with office.database.connection() as connection:
        async with asyncio.timeout(30):  # rows are marked after the messages were sent
            open_rows = True
            while open_rows:
                await asyncio.sleep(0.05)
                open_rows = await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM campaign_events WHERE notified_at IS NULL) "
                    "OR EXISTS (SELECT FROM campaign_cards)"
                )
        await connection.execute("SELECT pg_notify('campaign_events', '')")
        await office.owner.say(BOT, "/help")
        await office.owner.wait_for(BOT, "/campaigns")
    assert sum("6 delivered" in m.text for m in office.owner.history(BOT)) == 1
