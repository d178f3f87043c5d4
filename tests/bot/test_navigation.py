"""What works in every state: /cancel, stale and forged buttons, errors, languages, zones."""

from __future__ import annotations

import re

import pytest

from bot.accounts import service as accounts
from tests.bot.conftest import BOT, Office
from tests.bot.rows import add_admin, add_draft, add_stock


async def test_cancel_says_what_it_cancelled(office: Office) -> None:
    await add_admin(office.database)
    await office.owner.say(BOT, "/new")
    await office.owner.wait_for(BOT, "What shall we call it?")
    await office.owner.say(BOT, "/cancel")
    await office.owner.wait_for(BOT, "I no longer wait for the campaign's name")
    await office.owner.say(BOT, "Spring sale")
    await office.owner.wait_for(BOT, "I was not waiting for this")
    await office.owner.say(BOT, "/cancel")
    await office.owner.wait_for(BOT, "There is nothing to cancel")


async def test_a_button_from_an_old_message_shows_the_present_card(office: Office) -> None:
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database))
    await office.owner.say(BOT, "/campaigns")
    await office.owner.press(await office.owner.wait_for(BOT, "Spring sale"), "Spring sale")
    old = await office.owner.wait_for(BOT, "Rate:")
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    assert await office.owner.press(old, "Mode") == "Nothing changed: it is running already."
    await office.owner.wait_until(lambda: "● running" in office.owner.history(BOT)[old.id - 1].text)


@pytest.mark.parametrize(
    "data", ["x:1:y", "nonsense", "b:1:rate:0/0", "b:1:mode:loud", "b:1:put:x"]
)
async def test_a_forged_button_is_answered_with_the_dashboard(office: Office, data: str) -> None:
    await add_admin(office.database)
    await office.owner.say(BOT, "/help")
    await office.owner.wait_for(BOT, "/campaigns")
    toast = await office.owner.press_data(BOT, data)
    assert toast == "That button is from long ago. Here is how things stand now."
    await office.owner.wait_for(BOT, "Campaign desk")


async def test_an_unexpected_fault_is_a_sentence_with_an_id_that_the_log_has(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await add_admin(office.database)

    async def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(accounts, "page", fail)
    await office.owner.say(BOT, "/accounts")
    said = await office.owner.wait_for(BOT, "Something went wrong here")
    assert "secret detail" not in said.text
    incident = re.search(r"id (\w{4})", said.text)
    assert incident
    (record,) = [r for r in caplog.records if r.message == f"Incident {incident[1]}"]
    assert record.exc_info


async def test_a_database_that_is_down_is_a_sentence_too(office: Office) -> None:
    await add_admin(office.database)
    await office.database.close()
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "The database does not answer just now")


async def test_the_language_is_kept_per_admin(office: Office) -> None:
    await add_admin(office.database)
    await office.owner.say(BOT, "/settings")
    await office.owner.press(await office.owner.wait_for(BOT, "Language: English"), "Русский")
    await office.owner.wait_for(BOT, "Язык: русский")
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Пульт кампаний")


async def test_the_first_language_is_telegrams(office: Office) -> None:
    office.world.people[office.owner.id].language = "ru"
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "До первой кампании три дела")


async def test_a_time_zone_may_be_typed(office: Office) -> None:
    await add_admin(office.database)
    await office.owner.say(BOT, "/start")
    await office.owner.press(await office.owner.wait_for(BOT, "Campaign desk"), "Time zone")
    await office.owner.wait_for(BOT, "Which time zone")
    await office.owner.say(BOT, "Atlantis")
    await office.owner.wait_for(BOT, "I know no time zone “Atlantis”")
    await office.owner.say(BOT, "новосибирск")
    await office.owner.wait_for(BOT, "Asia/Novosibirsk")


async def test_what_the_first_campaign_needs_is_ticked_off(office: Office) -> None:
    await add_admin(office.database)
    await office.owner.say(BOT, "/start")
    steps = await office.owner.wait_for(BOT, "Three things")
    assert steps.text.count("○") == 3
    await add_stock(office.database)
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "1 account ready.")
