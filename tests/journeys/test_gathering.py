"""From the chat to a list and back: an admin asks who wrote, the sender reads, the bot shows it."""

from __future__ import annotations

import time

import pytest

from sandbox.faults import Latency
from sandbox.person import Person
from tests.bot.conftest import BOT, Office, office
from tests.bot.rows import OPERATOR, OWNER, add_admin
from tests.sender.answers import hand
from tests.sender.conftest import access, account, sandbox, stage
from tests.sender.stage import ACCOUNT_ID, Stage

__all__ = ["access", "account", "office", "sandbox", "stage"]  # fixtures

DAY = 86_400


def ago(days: float) -> int:
    return int(time.time() - days * DAY)


async def asked(owner: Person, command: str = "/accounts") -> None:
    """Open the question since when they wrote."""
    if command == "/lists":
        await owner.say(BOT, "/lists")
        await owner.press(await owner.wait_for(BOT, "Contacts"), "People who wrote to us")
    else:
        await owner.say(BOT, "/accounts")
        await owner.press(await owner.wait_for(BOT, "Accounts"), "Olga")
        await owner.press(await owner.wait_for(BOT, "Today: "), "People who wrote to us")
    await owner.wait_for(BOT, "Since when?")


async def test_an_admin_makes_a_list_of_the_people_who_wrote(office: Office, stage: Stage) -> None:
    await add_admin(office.database)
    fine, early, refused, unclear = stage.people(4)
    await hand(stage, early).say(ACCOUNT_ID, "Lavender?", date=ago(300))
    await hand(stage, refused).say(ACCOUNT_ID, "lavender", date=ago(3))
    await hand(stage, refused).say(ACCOUNT_ID, "Stop", date=ago(3))
    await hand(stage, unclear).say(ACCOUNT_ID, "lavender", date=ago(3))
    await hand(stage, unclear).say(ACCOUNT_ID, "please stop calling me, write here", date=ago(3))
    await hand(stage, fine).say(ACCOUNT_ID, "Have you lavender?", date=ago(2))
    await hand(stage, fine).announce(ACCOUNT_ID, "phone_call")
    await stage.start()
    owner = office.owner
    await asked(owner)
    await owner.press(None, "Type the days")
    await owner.wait_for(BOT, "How many days back?")
    await owner.say(BOT, "many")
    await owner.say(BOT, "100")
    await owner.wait_for(BOT, "certain words?")
    await owner.say(BOT, ",")
    await owner.wait_for(BOT, "with a word")
    await owner.say(BOT, "LAVENDER, roses")
    await owner.wait_for(BOT, "What shall we call this list?")
    await owner.press(None, "Keep this name")
    question = await owner.wait_for(BOT, "Only with one of these words: lavender, roses")
    assert "in the last 100 days" in question.text
    assert "you say so, Olga" in question.text
    await owner.press(None, "Make the list")
    made = await owner.wait_for(BOT, "is saved: 1 person")
    assert (
        "Left out: 1 who asked for no more messages, 1 whose words are unclear, 0 on the stop list."
    ) in made.text
    await owner.press(None, "Show")
    card = await owner.wait_for(BOT, "They wrote to us")
    assert "each person is proven by a message" in card.text
    await owner.press(None, "Who wrote, and when")
    await owner.wait_until(lambda: owner.history(BOT)[-1].media)
    file = owner.history(BOT)[-1].media
    assert file is not None
    assert f";{fine.id};" in file.data.decode("utf-8-sig")
    (row,) = await stage.run(
        "SELECT attested_by, proof FROM contact_lists"
        " JOIN contact_list_members ON contact_list_id = contact_lists.id"
    )
    assert row["attested_by"] == OWNER
    assert row["proof"]["peer_id"] == fine.id


async def test_it_can_be_cancelled_while_it_runs(office: Office, stage: Stage) -> None:
    await add_admin(office.database)
    for one in stage.people(60):
        await hand(stage, one).say(ACCOUNT_ID, "Hello", date=ago(50))
    await stage.start()
    await stage.until_rows("SELECT FROM sweeps")
    stage.sandbox.faults.script(Latency(0.2), method="messages.getHistory", count=None)
    owner = office.owner
    await asked(owner, "/lists")
    await owner.press(None, "All time")
    await owner.press(await owner.wait_for(BOT, "certain words?"), "Any words")
    await owner.wait_for(BOT, "What shall we call this list?")
    await owner.say(BOT, "Everyone")
    await owner.press(await owner.wait_for(BOT, "Everyone who ever wrote to"), "Make the list")
    await owner.wait_for(BOT, "Reading conversations… ")
    await owner.press(None, "Cancel")
    await owner.wait_for(BOT, "Stopped. No list was made.")
    assert await stage.run("SELECT FROM contact_lists") == []


@pytest.mark.parametrize("button", ["any_words", "keep", "start"])
async def test_a_button_of_forgotten_questions_begins_again(office: Office, button: str) -> None:
    await add_admin(office.database)
    async with office.database.connection() as connection:
        account_id = await connection.fetchval(
            "INSERT INTO accounts (user_id, name) VALUES (900, 'Sender') RETURNING id"
        )
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"g:{account_id}:{button}")
    await office.owner.wait_for(BOT, "Let us begin again")
    async with office.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM operations") == 0


async def test_an_auditor_may_not(office: Office) -> None:
    from db.models.admin import Role

    await add_admin(office.database)
    await add_admin(office.database, OPERATOR, Role.AUDITOR, "Oleg")
    await office.operator.say(BOT, "/lists")
    shown = await office.operator.wait_for(BOT, "Contacts")
    assert "People who wrote" not in str(shown.buttons)
    await office.operator.press_data(BOT, "g:0:ask")
    assert "Since when?" not in office.operator.history(BOT)[-1].text
