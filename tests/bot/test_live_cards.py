"""A live card: rate limits, no edit without a change, restarts."""

from __future__ import annotations

from bot.campaigns.live_cards import Pace
from bot.drafts import service as drafts
from db.models.campaign import CampaignEvent
from db.models.report import CampaignCard
from db.queries import campaign_cards, campaigns
from sandbox.faults import Latency, too_many_requests
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OWNER, add_admin, add_draft, add_stock, settle


async def running(office: Office) -> int:
    admin = await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, 10))
    await drafts.start(office.database, admin, campaign_id)
    await office.owner.say(BOT, "/help")
    await office.owner.wait_for(BOT, "/campaigns")
    return campaign_id


async def follow(office: Office, campaign_id: int) -> None:
    """Store a card as an earlier process would have."""
    message = await office.bot.send_message(OWNER, "the card as it was before the restart")
    async with office.database.connection() as connection:
        await campaign_cards.put(connection, CampaignCard(campaign_id, OWNER, message.message_id))


def test_edits_become_rarer() -> None:
    pace = Pace()
    assert [pace.interval(age) for age in (0, 59, 60, 599, 600, 9999)] == [5, 5, 15, 15, 60, 60]


async def test_a_card_goes_on_after_a_restart(office: Office) -> None:
    await follow(office, await running(office))
    await office.owner.wait_for(BOT, "● running")


async def test_the_last_text_lands_though_telegram_says_wait(office: Office) -> None:
    campaign_id = await running(office)
    refused = office.faults.script(too_many_requests(1), method="editMessageText", count=2)
    await follow(office, campaign_id)
    await settle(office.database, campaign_id, range(1, 11))
    async with office.database.transaction() as connection:
        await campaigns.advance(connection, campaign_id, CampaignEvent.FINISH)
    await office.owner.wait_for(BOT, "▰▰▰▰▰▰▰▰▰▰ 100%")
    assert refused.times_hit == 2


async def test_the_same_text_is_not_sent_twice(office: Office) -> None:
    campaign_id = await running(office)
    calls = office.faults.script(Latency(0), method="editMessageText", count=None)
    await follow(office, campaign_id)
    await office.owner.wait_for(BOT, "● running")
    before = calls.times_hit
    async with office.database.connection() as connection:
        for _round in range(5):
            await connection.execute("SELECT pg_notify('campaign_events', '')")
            await office.owner.say(BOT, "/help")
            await office.owner.wait_for(BOT, "/campaigns")
    assert calls.times_hit <= before + 1  # one, when the expected end has moved by a minute
