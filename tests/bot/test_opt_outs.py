"""An admin decides about an unclear reply; the closing line can be changed."""

from __future__ import annotations

import pytest

from db.models.contact import Identity, NewContact
from db.models.opt_out import CLOSING_LINES
from db.models.reply import ClaimedReply
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import installation, suppressions, unclear_replies
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OWNER, add_list

PERSON, MESSAGE = 4242, 17
WORDS = "please stop calling me, write here <now>"


async def ask(database: Database) -> None:
    """Store an unclear reply as the sender would."""
    await add_list(database, [NewContact(Identity(user_id=PERSON), 1, {"name": "Anna K."})])
    async with database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        account_id = await connection.fetchval(
            "INSERT INTO accounts (user_id, name) VALUES (900, 'Sender') RETURNING id"
        )
        (name,) = Identity(user_id=PERSON).hashes(key)
        await suppressions.add(connection, [name], SuppressionReason.UNCLEAR_REPLY)
        await unclear_replies.add(connection, PERSON, account_id, WORDS, MESSAGE)


async def reason(database: Database) -> str | None:
    async with database.connection() as connection:
        found: str | None = await connection.fetchval("SELECT reason FROM suppressions")
        return found


@pytest.mark.parametrize(
    ("label", "said", "bar"),
    [
        ("Yes, stop", "They are on the stop list", "opt_out"),
        ("No, go on", "They go on getting messages", None),
    ],
)
async def test_an_admin_decides_what_unclear_words_mean(
    office: Office, label: str, said: str, bar: str | None
) -> None:
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await ask(office.database)
    question = await office.owner.wait_for(BOT, f"Anna K. wrote: “{WORDS}”")
    assert "Does this mean they do not want messages?" in question.text
    assert await reason(office.database) == "unclear_reply"
    await office.owner.press(question, label)
    await office.owner.wait_for(BOT, said)
    assert await reason(office.database) == bar
    other = "o:1:go_on" if bar else "o:1:stop"
    assert await office.owner.press_data(BOT, other) == "This was decided before."
    assert await reason(office.database) == bar
    async with office.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT admin_id, details FROM audit WHERE noun = 'unclear_reply'"
        )
    assert [(row["admin_id"], row["details"]) for row in rows] == [(OWNER, {"stops": bool(bar)})]


@pytest.mark.parametrize("gone", [False, True])
async def test_a_question_on_screen_shows_the_edited_text(office: Office, gone: bool) -> None:
    """It is the same message, and a new one only when that was deleted."""
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await ask(office.database)
    question = await office.owner.wait_for(BOT, f"Anna K. wrote: “{WORDS}”")
    if gone:
        await office.world.delete(question)
    async with office.database.connection() as connection:
        await unclear_replies.revise(connection, ClaimedReply(1, PERSON, MESSAGE, "call me"))
    shown = await office.owner.wait_for(BOT, "Anna K. wrote: “call me”")
    assert (shown.id == question.id) is not gone
    assert "Does this mean they do not want messages?" in shown.text
    await office.owner.press(shown, "No, go on")
    await office.owner.wait_for(BOT, "They go on getting messages")


async def test_the_closing_line_can_be_worded_but_not_taken_away(office: Office) -> None:
    await office.owner.say(BOT, "/optouts")
    shown = await office.owner.wait_for(BOT, "Every message to a person ends with:")
    assert all(line in shown.text for line in CLOSING_LINES.values())
    await office.owner.press(shown, "Change the line")
    await office.owner.wait_for(BOT, "It cannot be taken away")
    await office.owner.say(BOT, "Have a nice day")
    await office.owner.wait_for(BOT, "That cannot be the line")
    await office.owner.say(BOT, "Write STOP & we stop")
    await office.owner.wait_for(BOT, "Write STOP & we stop")
    async with office.database.connection() as connection:
        assert await installation.find_opt_out_line(connection) == "Write STOP & we stop"
        audited = await connection.fetchval("SELECT details FROM audit WHERE act = 'change'")
    assert audited == {"line": "Write STOP & we stop"}
    await office.owner.press(None, "Change the line", who=BOT)
    await office.owner.wait_for(BOT, "It cannot be taken away")
    await office.owner.press(None, "Back to the first words", who=BOT)
    await office.owner.wait_for(BOT, CLOSING_LINES["ru"])
