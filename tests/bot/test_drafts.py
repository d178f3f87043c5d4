"""A campaign built with buttons, and started once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.models.admin import Role
from tests.bot.conftest import BOT, Office
from tests.bot.rows import (
    OPERATOR,
    add_admin,
    add_draft,
    add_list,
    add_stock,
    people,
    settle,
    suppress,
)


async def count(office: Office, table: str) -> int:
    async with office.database.connection() as connection:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    return found


async def test_a_campaign_is_built_from_name_to_start(office: Office) -> None:
    await add_admin(office.database)
    await add_stock(office.database, 7)
    await suppress(office.database, "person_2")
    owner = office.owner
    await owner.say(BOT, "/new")
    await owner.wait_for(BOT, "What shall we call it?")
    await owner.say(BOT, "Spring <sale>")
    await owner.wait_for(BOT, "Who gets it?")
    await owner.press(None, "Clients May")
    await owner.press(await owner.wait_for(BOT, "Who gets it?"), "Next")
    await owner.press(await owner.wait_for(BOT, "Which message?"), "Spring offer")
    await owner.press(await owner.wait_for(BOT, "Which account"), "Sender")
    await owner.press(await owner.wait_for(BOT, "How fast?"), "10/s")
    await owner.press(await owner.wait_for(BOT, "Saved Messages"), "Live")
    review = await owner.wait_for(BOT, "Spring <sale>")
    assert "To 7 people (Clients May), minus 1 on the stop list" in review.text
    assert "Message: Spring offer" in review.text
    assert "Rate: 10/s, done about" in review.text
    assert "{{name}} is empty for 2 people: they get “friend”." in review.text
    await owner.press(review, "Start: 6 messages")
    card = await owner.wait_for(BOT, "● running")
    assert "▱▱▱▱▱▱▱▱▱▱ 0%" in card.text
    async with office.database.connection() as connection:
        row = await connection.fetchrow("SELECT status, total FROM campaigns")
        acts = await connection.fetch("SELECT act FROM audit WHERE noun = 'campaign' ORDER BY id")
    assert tuple(row or ()) == ("running", 7)
    assert [act["act"] for act in acts] == ["create", "start"]


async def test_start_twice_starts_once(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    first = await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    second = await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    assert not first
    assert second == "Nothing changed: it is running already."
    assert await count(office, "deliveries") == 7
    assert await count(office, "campaign_events") == 1


async def test_a_campaign_without_recipients_cannot_start(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, 2))
    await suppress(office.database, "person_1", "person_2")
    await office.owner.say(BOT, "/campaigns")
    await office.owner.press(await office.owner.wait_for(BOT, "Spring sale"), "Spring sale")
    review = await office.owner.wait_for(BOT, "Nobody is left")
    assert not any("Start" in button.text for row in review.buttons for button in row)
    toast = await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    assert toast == "It cannot start yet: see why below."
    assert await count(office, "deliveries") == 0
    assert await count(office, "campaign_events") == 0


async def test_a_signed_out_account_cannot_start(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    async with office.database.connection() as connection:
        await connection.execute("UPDATE accounts SET lost_at = now()")
    await office.owner.say(BOT, "/campaigns")
    await office.owner.press(await office.owner.wait_for(BOT, "Spring sale"), "Spring sale")
    await office.owner.wait_for(BOT, "signed out or switched off")
    toast = await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    assert toast == "It cannot start yet: see why below."
    assert await count(office, "deliveries") == 0


async def test_people_of_two_lists_are_counted_once(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, 7))
    other = await add_list(office.database, people(5, first=6), "Clients June")
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:put:{other}")
    await office.owner.press_data(BOT, f"e:{campaign_id}:put:{other}")
    await office.owner.press(await office.owner.wait_for(BOT, "Who gets it?"), "Next")
    await office.owner.wait_for(BOT, "To 10 people (Clients May, Clients June)")


async def test_a_rate_that_is_none_is_refused_and_another_taken(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:step:rate")
    await office.owner.press(await office.owner.wait_for(BOT, "How fast?"), "Other…")
    await office.owner.wait_for(BOT, "Type the rate")
    await office.owner.say(BOT, "as fast as <b>possible")
    await office.owner.wait_for(BOT, "“as fast as <b>possible” is not a rate")
    await office.owner.say(BOT, "500/h")
    await office.owner.wait_for(BOT, "Rate: 500/h")


async def test_an_operator_does_not_change_another_admins_draft(office: Office) -> None:
    await add_admin(office.database)
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    await office.operator.say(BOT, "/start")
    await office.operator.wait_for(BOT, "Campaign desk")
    toast = await office.operator.press_data(BOT, f"e:{campaign_id}:start")
    assert toast == "Somebody else made this: your role lets you only look at it."
    assert await count(office, "deliveries") == 0


async def test_a_discarded_draft_is_gone_and_its_buttons_say_so(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    await office.owner.say(BOT, "/campaigns")
    await office.owner.press(await office.owner.wait_for(BOT, "Spring sale"), "Spring sale")
    await office.owner.press(await office.owner.wait_for(BOT, "Rate:"), "Discard")
    await office.owner.press(await office.owner.wait_for(BOT, "Discard the draft"), "Discard")
    await office.owner.wait_for(BOT, "is discarded")
    toast = await office.owner.press_data(BOT, f"e:{campaign_id}:step:review")
    assert toast == "That is not there any more."


async def test_who_got_another_campaign_is_counted_before_start(office: Office) -> None:
    await add_admin(office.database)
    stock = await add_stock(office.database)
    first = await add_draft(office.database, stock)
    second = await add_draft(office.database, stock, "Summer sale")
    owner = office.owner
    await owner.say(BOT, "/start")
    await owner.wait_for(BOT, "Campaign desk")
    await owner.press_data(BOT, f"e:{first}:start")
    await owner.wait_for(BOT, "● running")
    await settle(office.database, first, range(1, 5))
    await owner.say(BOT, "/start")
    await owner.wait_for(BOT, "Campaign desk")
    await owner.press_data(BOT, f"e:{second}:step:review")
    review = await owner.wait_for(BOT, "4 got Spring sale within 24 h: they get this from")
    assert "3 people are in another running campaign, too" in review.text
    assert any(button.text == "Start: 7 messages" for row in review.buttons for button in row)
    await owner.press_data(BOT, f"e:{second}:step:hours")
    await owner.press(await owner.wait_for(BOT, "When may people be written to?"), "Left out")
    await owner.press_data(BOT, f"e:{second}:step:review")
    review = await owner.wait_for(BOT, "4 got Spring sale within 24 h: they are left out.")
    assert any(button.text == "Start: 3 messages" for row in review.buttons for button in row)
    async with office.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT frequency_hours, frequency_skips FROM campaigns ORDER BY id"
        )
    assert [tuple(row) for row in rows] == [(24, False), (24, True)]


async def test_a_review_of_strangers_says_the_days_that_they_take(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, 190))
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:step:review")
    review = await office.owner.wait_for(BOT, "To 190 people")
    assert "10 new people a day and account; 2 accounts would halve it." in review.text
    days = [datetime.now(UTC) + timedelta(days) for days in (18, 19)]  # it may be night now
    assert any(f"done about {day:%a} {day.day}" in review.text for day in days)
