"""NUL and half surrogates in whatever arrives from Telegram: removed, and nothing fails."""

from __future__ import annotations

import pytest
from aiogram.types import Update

from bot.process.clean_text import clean
from db.models.text import kept_units, storable
from sandbox.world import Entity
from tests.bot.conftest import BOT, Office
from tests.bot.rows import add_admin, add_stock

DIRTY = "Sp\0ri\ud83dng"
TYPED = "Sp\0ring"  # the sandbox's log is UTF-8, which has no half surrogates


def test_text_is_left_with_what_can_be_stored() -> None:
    assert storable(DIRTY) == "Spring"
    assert storable("Анна 😀\n\t") == "Анна 😀\n\t"
    assert [kept_units("😀a\0b", place) for place in range(6)] == [0, 1, 2, 3, 3, 4]


def test_an_update_is_cleaned_with_its_entities_at_their_text() -> None:
    user = {"id": 1, "is_bot": False, "first_name": DIRTY}
    update = Update.model_validate(
        {
            "update_id": 1,
            "message": {
                "message_id": 1,
                "date": 0,
                "chat": {"id": 1, "type": "private"},
                "from": user,
                "document": {"file_id": "a", "file_unique_id": "b", "file_name": f"{DIRTY}.csv"},
                "caption": f"\0Hello {DIRTY} 😀\ud83d!",
                "caption_entities": [
                    {"type": "bold", "offset": 7, "length": 8},
                    {"type": "italic", "offset": 16, "length": 3},
                    {"type": "text_mention", "offset": 0, "length": 1, "user": user},
                ],
            },
        }
    )
    clean(update)
    message = update.message
    assert message is not None
    assert message.caption == "Hello Spring 😀!"
    entities = message.caption_entities
    assert entities is not None
    assert [one.extract_from(message.caption) for one in entities] == ["Spring", "😀", ""]
    assert entities[2].user is not None
    assert entities[2].user.first_name == "Spring"
    assert message.document is not None
    assert message.document.file_name == "Spring.csv"
    assert "\0" not in update.model_dump_json()


async def test_names_of_campaigns_lists_and_messages_are_stored_without(office: Office) -> None:
    await add_admin(office.database)
    await add_stock(office.database)
    owner = office.owner
    await owner.say(BOT, "/new")
    await owner.wait_for(BOT, "What shall we call it?")
    await owner.say(BOT, TYPED)
    await owner.wait_for(BOT, "Who gets it?")

    row = '{"na\\u0000me": "A\\u0000\\ud83d%s", "pho\\ud83dne": "8999000000%s"}\n'
    text = "".join(row.replace("%s", n) for n in "12")
    await owner.send_file(BOT, text.encode(), f"{TYPED}.jsonl")
    await owner.wait_for(BOT, "Reading Spring.jsonl: 2 rows")
    for label, then in (("Yes, check it", "2 ready"), ("Customers", "What shall we call")):
        await owner.press(None, label, who=BOT)
        await owner.wait_for(BOT, then)
    await owner.say(BOT, f"{TYPED} list")
    await owner.press(await owner.wait_for(BOT, "Spring list: 2 people"), "Save 2")
    await owner.wait_for(BOT, "Spring list is saved")

    await owner.say(BOT, "/templates")
    await owner.press(await owner.wait_for(BOT, "Messages"), "New message")
    await owner.wait_for(BOT, "Send or forward the message")
    await owner.say(BOT, f"Hello {TYPED}!", (Entity("bold", 6, 7),))
    await owner.press(await owner.wait_for(BOT, "characters."), "Save")
    await owner.wait_for(BOT, "What shall we call this message?")
    await owner.say(BOT, f"{TYPED} offer")
    await owner.wait_for(BOT, "Spring offer is saved")
    async with office.database.connection() as connection:
        names = await connection.fetch(
            "SELECT name FROM campaigns UNION ALL (SELECT name FROM contact_lists ORDER BY id DESC"
            " LIMIT 1) UNION ALL (SELECT name FROM templates ORDER BY id DESC LIMIT 1)"
        )
        template = await connection.fetchrow(
            "SELECT text, entities FROM templates ORDER BY id DESC LIMIT 1"
        )
        fields = await connection.fetchval(
            "SELECT fields FROM contact_list_members ORDER BY contact_list_id DESC, pos LIMIT 1"
        )
    assert [row["name"] for row in names] == ["Spring", "Spring list", "Spring offer"]
    assert template is not None
    assert template["text"] == "Hello Spring!"
    assert template["entities"] == [{"type": "bold", "offset": 6, "length": 6}]
    assert fields == {"name": "A1"}


@pytest.mark.parametrize(
    ("command", "asked", "typed", "said"),
    [
        ("o:0:ask_line", "It cannot be taken away", f"{TYPED}: write STOP", "Spring: write STOP"),
        ("home:0:zones", "Which time zone", TYPED, "I know no time zone “Spring”"),
    ],
)
async def test_what_is_typed_is_answered(
    office: Office, command: str, asked: str, typed: str, said: str
) -> None:
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, command)
    await office.owner.wait_for(BOT, asked)
    await office.owner.say(BOT, typed)
    await office.owner.wait_for(BOT, said)
