"""A message is composed by sending it, previewed for real people, saved with its formatting."""

from __future__ import annotations

import pytest

from db.models.opt_out import CLOSING_LINES
from db.models.template import Template, longest_filled
from db.queries import media, templates
from demo.picture import poster
from sandbox.world import Entity, Message
from tests.bot.conftest import BOT, Office

PEOPLE = "name,phone,city\nИван,+79991234567,Тверь\n,+79991234568,Омск\nOlga,+79991234569,\n"


async def press(office: Office, label: str, then: str) -> Message:
    await office.owner.press(None, label, who=BOT)
    return await office.owner.wait_for(BOT, then)


async def upload(office: Office) -> None:
    await office.owner.send_file(BOT, PEOPLE.encode(), "clients.csv")
    await office.owner.wait_for(BOT, "letters look right")
    await press(office, "Yes, check it", "Why may we write")
    await press(office, "Customers", "What shall we call")
    await press(office, "Keep this name", "3 people")
    await press(office, "Save 3", "is saved")


async def begin(office: Office) -> Message:
    await office.owner.say(BOT, "/templates")
    await office.owner.wait_for(BOT, "Messages")
    return await press(office, "New message", "Send or forward the message")


async def saved(office: Office) -> Template:
    async with office.database.connection() as connection:
        (found,) = await templates.page(connection)
    return found


async def test_a_message_is_seen_as_real_people_get_it(office: Office) -> None:
    await upload(office)
    asked = await begin(office)
    assert "{{name}} {{city}}" in asked.text
    text = "🔥 Привет, {{name|друг}}! Ждём в {{city}}."
    bold, link = Entity("bold", 11, 13), Entity("text_link", 26, 4, url="https://example.com/")
    await office.owner.say(BOT, text, (bold, link))
    sample = await office.owner.wait_for(BOT, "🔥 Привет, Иван! Ждём в Тверь.")
    assert [(e.type, e.offset, e.length) for e in sample.entities] == [
        ("bold", 11, 4),
        ("text_link", 17, 4),
    ]
    control = await office.owner.wait_for(BOT, "This is how Иван gets it.")
    assert control.text.splitlines() == [
        "This is how Иван gets it.",
        "70 of 4,096 characters.",
        "{{name}} is empty for 1 person: they get “друг”.",
        "{{city}} is empty for 1 person: they get nothing in its place.",
    ]
    await press(office, "Another person", "+7••••••4568 gets it")
    other = office.owner.history(BOT)[-2].text
    assert other == f"🔥 Привет, друг! Ждём в Омск.\n\n{CLOSING_LINES['ru']}"
    await press(office, "Another person", "Olga gets it")
    await press(office, "Another person", "Иван gets it")

    await press(office, "Save", "What shall we call this message?")
    await office.owner.say(BOT, "Spring")
    await office.owner.wait_for(BOT, "Spring is saved.")
    kept = await saved(office)
    assert (kept.name, kept.text, kept.media_id) == ("Spring", text, None)
    assert [(e.type, e.offset, e.length, e.url) for e in kept.entities] == [
        ("bold", 11, 13, None),
        ("text_link", 26, 4, "https://example.com/"),
    ]


async def test_a_photo_is_kept_once_with_its_caption(office: Office) -> None:
    for _ in range(2):
        await begin(office)
        await office.owner.send_photo(BOT, poster(), "Hi {{name|you}}")
        sample = await office.owner.wait_for(BOT, lambda m: m.media is not None)
        assert sample.text == f"Hi you\n\n{CLOSING_LINES['en']}"
        control = await office.owner.wait_for(BOT, "There is no contact list yet.")
        assert "42 of 1,024 characters." in control.text
        await press(office, "Save", "keep Hi name|you")
        await press(office, "Keep this name", "is saved")
    async with office.database.connection() as connection:
        both = await templates.page(connection)
        media_id = both[0].media_id
        assert media_id is not None
        assert media_id == both[1].media_id
        kept = await media.get(connection, media_id)
    assert (kept.kind, kept.file_name, kept.content) == ("photo", "photo.jpg", poster())


async def test_a_document_and_a_forwarded_message_are_taken(office: Office) -> None:
    await begin(office)
    await office.owner.send_file(BOT, b"%PDF-1.7 price list", "price.pdf", caption="Our prices")
    await office.owner.wait_for(BOT, lambda m: m.media is not None)
    await office.owner.wait_for(BOT, "46 of 1,024 characters.")
    written = await office.owner.say(office.operator.id, "Forwarded, {{name}}")
    await office.owner.forward(BOT, written)  # another one takes the first one's place
    await office.owner.wait_for(BOT, "of 4,096 characters.")
    await press(office, "Save", "What shall we call")
    await press(office, "Keep this name", "Forwarded, name is saved")
    assert (await saved(office)).media_id is None


async def test_the_draft_outlasts_a_restart(office: Office) -> None:
    await begin(office)
    await office.owner.say(BOT, "Hello {{name}}")
    await office.owner.wait_for(BOT, "There is no contact list yet.")
    async with office.database.connection() as connection:
        row = await connection.fetchrow("SELECT state, data FROM conversations")
    assert row is not None
    assert (row["state"], row["data"]["text"]) == ("Composing:message", "Hello {{name}}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{ }}", "I do not understand this: {{ }}"),
        ("Hi {{a.b}} and {{c!r}}", "I do not understand this: {{a.b}}, {{c!r}}"),
        ("Hi {{name", "I do not understand this: {{name"),
    ],
)
async def test_a_placeholder_that_is_none_is_named(office: Office, text: str, said: str) -> None:
    await begin(office)
    await office.owner.say(BOT, text)
    await office.owner.wait_for(BOT, said)
    await office.owner.say(BOT, "Hi {{name}}")
    await office.owner.wait_for(BOT, "characters.")


async def test_a_caption_over_the_limit_is_refused_in_utf16_units(office: Office) -> None:
    await begin(office)
    await office.owner.send_photo(BOT, poster(), "👍" * 513)
    refused = await office.owner.wait_for(
        BOT, "The caption has 1,062 characters; Telegram takes 1,024"
    )
    assert refused.text.endswith(f"The closing line is counted: “{CLOSING_LINES['en']}”")
    await office.owner.send_photo(BOT, poster(), "👍" * 495)  # and Reply STOP is 36 more
    await office.owner.wait_for(BOT, "The caption has 1,026 characters")
    await office.owner.send_photo(BOT, poster(), "👍" * 494)
    await office.owner.wait_for(BOT, "1,024 of 1,024 characters.")


async def test_what_a_campaign_cannot_send_is_refused(office: Office) -> None:
    await begin(office)
    await office.owner.share_contact(BOT, "79991112233", "Olga")
    await office.owner.wait_for(BOT, "A campaign's message is text")
    owner, bot = office.owner.id, office.owner.find(BOT)
    for _ in range(2):
        photo = office.world.new_media("photo", poster(), mime_type="image/jpeg", width=1, height=1)
        await office.world.send(owner, bot, text="", media=photo, grouped_id=77)
    await office.owner.wait_for(BOT, "This is an album")
    await office.owner.say(BOT, "Hello")
    await office.owner.wait_for(BOT, "41 of 4,096 characters.")
    assert sum("album" in m.text for m in office.owner.history(BOT)) == 1


async def test_a_row_that_makes_the_message_too_long_is_announced(office: Office) -> None:
    long = "name,phone\n" + "Ж" * 900 + ",+79991234567\nOlga,+79991234568\n"
    await office.owner.send_file(BOT, long.encode(), "long.csv")
    await office.owner.wait_for(BOT, "letters look right")
    await press(office, "Yes, check it", "Why may we write")
    await press(office, "Customers", "What shall we call")
    await press(office, "Keep this name", "2 people")
    await press(office, "Save 2", "is saved")
    await begin(office)
    await office.owner.send_photo(BOT, poster(), "x" * 200 + "{{name}}")
    foretold = await office.owner.wait_for(BOT, "For the longest row it is 1,136 characters")
    assert foretold.text.startswith("This is how Ж")
    assert len(foretold.text) < 500
    await press(office, "Another person", "This is how Olga gets it")
    assert office.owner.history(BOT)[-2].text == "x" * 200 + f"Olga\n\n{CLOSING_LINES['en']}"
    rows = [{"name": "Ж" * 900}, {"name": "Olga"}]
    assert longest_filled(Template(0, "", "x" * 200 + "{{name}}", (), 1), rows) == 1100


async def test_cancel_leaves_no_message(office: Office) -> None:
    await begin(office)
    await office.owner.say(BOT, "Hello")
    await office.owner.wait_for(BOT, "characters.")
    await office.owner.say(BOT, "/cancel")
    await office.owner.wait_for(BOT, "Cancelled")
    assert await office.owner.press(None, "Save", who=BOT) == (
        "That message is saved or cancelled already."
    )


async def test_a_message_is_deleted_after_a_question(office: Office) -> None:
    await begin(office)
    await office.owner.say(BOT, "Hello, {{name}}")
    await office.owner.wait_for(BOT, "characters.")
    await press(office, "Save", "What shall we call")
    await press(office, "Keep this name", "is saved")
    await office.owner.say(BOT, "/templates")
    await office.owner.wait_for(BOT, "Hello, name · Hello, {{name}}")
    await press(office, "Hello, name", "Hello, {{name}}")
    await press(office, "Delete message", "It cannot be undone")
    await press(office, "Delete Hello", "None yet")
