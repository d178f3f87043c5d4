"""A file sent to the bot becomes a contact list; each fault of the file gets an answer."""

from __future__ import annotations

import pytest

from bot.uploads.router import MOST_BYTES
from db.models.admin import Role
from db.models.contact import Identity
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import suppressions
from demo.picture import poster
from sandbox.world import Message
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, add_admin

CLIENTS = """Имя;Телефон;Ник;Город
Иван Ёлкин;8 999 123-45-67;@ivan_e;Тверь
Анна;+7 (999) 765-43-21;;Омск
Аня;79997654321;;Омск
Пётр;12345;;Тула
Вера;;@vera_v;Пермь
Глеб;89990000001, 89990000002;;
"""


async def press(office: Office, label: str, then: str, seconds: float = 30) -> Message:
    """Press the newest button of that label and wait for a message with `then`."""
    await office.owner.press(None, label, who=BOT)
    return await office.owner.wait_for(BOT, then, seconds)


async def send(office: Office, content: bytes, name: str, then: str) -> Message:
    await office.owner.send_file(BOT, content, name)
    return await office.owner.wait_for(BOT, then)


def labels(message: Message) -> list[str]:
    return [button.text for row in message.buttons for button in row]


async def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch(sql)]


async def test_a_file_becomes_a_list(office: Office) -> None:
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Three things")
    async with office.database.connection() as connection:
        key = await suppressions.get_suppression_key(connection)
        barred = Identity(username="vera_v").hashes(key)
        await suppressions.add(connection, barred, SuppressionReason.OPT_OUT)

    looked = await send(office, CLIENTS.encode("cp1251"), "clients_may.csv", "letters look right")
    assert "clients_may.csv: 6 rows · Windows-1251 · separator ;" in looked.text
    assert "Phone: column 2 · Username: column 3 · Name: column 1 · Extra: Город." in looked.text
    assert "Иван Ёлкин · 8 999 123-45-67 · @ivan_e · Тверь" in looked.text

    checked = await press(office, "Yes, check it", "Why may we write to them?")
    assert checked.text.splitlines()[:4] == [
        "3 ready",
        "1 double, kept once",
        "1 on the stop list: gets nothing",
        "2 not usable: 1 phone too short · 1 two numbers in one cell",
    ]
    assert len(labels(checked)) == 8
    bad = await office.owner.wait_for(BOT, lambda m: m.media is not None)
    assert bad.media is not None
    assert bad.media.file_name == "bad_rows.csv"
    assert office.world.media[bad.media.id].data.decode("utf-8-sig").splitlines() == [
        "row;reason;Имя;Телефон;Ник;Город",
        "5;phone too short;Пётр;12345;;Тула",
        "7;two numbers in one cell;Глеб;89990000001, 89990000002;;",
    ]

    named = await press(office, "Customers", "What shall we call this list?")
    assert "keep clients_may" in named.text
    await office.owner.say(BOT, "Clients May")
    await office.owner.wait_for(BOT, "Clients May: 3 people. Why we may write: Customers.")
    await press(office, "Save 3", "Clients May is saved: 3 people.")

    assert await rows(
        office.database,
        "SELECT name, basis, size, fields, file_name, attested_by FROM contact_lists",
    ) == [
        ("Clients May", "customer", 3, ["name", "имя", "город"], "clients_may.csv", office.owner.id)
    ]
    assert await rows(
        office.database,
        "SELECT key, username, pos, fields ->> 'name', fields ->> 'город' FROM contacts "
        "JOIN contact_list_members ON contact_id = id ORDER BY pos",
    ) == [
        ("phone:+79991234567", "ivan_e", 2, "Иван Ёлкин", "Тверь"),
        ("phone:+79997654321", None, 3, "Анна", "Омск"),
        ("username:vera_v", "vera_v", 6, "Вера", "Пермь"),
    ]
    assert await rows(office.database, "SELECT act, noun FROM audit WHERE act = 'upload'") == [
        ("upload", "contact_list")
    ]
    assert await rows(office.database, "SELECT id FROM uploads") == []


async def test_the_same_file_again_is_said_and_still_allowed(office: Office) -> None:
    await make_list(office, CLIENTS.encode(), "april.csv")
    again = await send(office, CLIENTS.encode(), "again.csv", "letters look right")
    assert "This very file was saved before, as april." in again.text
    checked = await press(office, "Yes, check it", "Why may we write")
    assert "3 already in april" in checked.text
    await press(office, "Event", "What shall we call")
    await press(office, "Keep this name", "again: 3 people")
    await press(office, "Save 3", "again is saved")
    assert await rows(office.database, "SELECT count(*) FROM contacts") == [(3,)]


async def make_list(office: Office, content: bytes, name: str) -> None:
    await send(office, content, name, "letters look right")
    await press(office, "Yes, check it", "Why may we write")
    await press(office, "Customers", "What shall we call")
    await press(office, "Keep this name", "people")
    await press(office, "Save", "is saved")


async def test_save_twice_saves_once(office: Office) -> None:
    await send(office, CLIENTS.encode(), "april.csv", "letters look right")
    await press(office, "Yes, check it", "Why may we write")
    await press(office, "Customers", "What shall we call")
    confirm = await press(office, "Keep this name", "april: 3 people")
    save = next(b for row in confirm.buttons for b in row if b.text == "Save 3").callback_data
    assert save is not None
    await office.owner.press_data(BOT, save)
    await office.owner.wait_for(BOT, "is saved")
    assert await office.owner.press_data(BOT, save) == "That file is saved or dropped already."
    assert await rows(office.database, "SELECT count(*) FROM contact_lists") == [(1,)]


async def test_columns_and_letters_are_put_right_with_buttons(office: Office) -> None:
    text = "Имя;Город\nИван;Тверь\nОльга;Омск\n"
    looked = await send(office, text.encode("koi8-r"), "odd.csv", "no column of phones")
    assert "Yes, check it" not in labels(looked)
    spelled = await press(office, "Letters look wrong", "Which of these is written right?")
    assert "Иван" in labels(spelled)
    assert 3 <= len(labels(spelled)) <= 5
    looked = await press(office, "Иван", "KOI8-R")
    assert "Ольга · Омск" in looked.text
    await press(office, "Change columns", "What is in each column?")
    assert await office.owner.press(None, "2. Город → Extra", who=BOT) is None
    await office.owner.wait_for(BOT, lambda m: "2. Город → Not needed" in labels(m))
    await office.owner.press(None, "2. Город → Not needed", who=BOT)
    await office.owner.wait_for(BOT, lambda m: "2. Город → Phone" in labels(m))
    await press(office, "Done", "letters look right")
    checked = await press(office, "Yes, check it", "Nobody in this file")
    assert "2 not usable: 2 not a phone number" in checked.text
    assert labels(checked) == ["Change columns", "✕ Cancel"]
    await press(office, "✕ Cancel", "The file was not saved")
    assert await rows(office.database, "SELECT id FROM uploads") == []


async def test_another_basis_asks_for_a_few_words(office: Office) -> None:
    await send(office, b"@anna_k\n@boris_b\n", "two.txt", "letters look right")
    await press(office, "Yes, check it", "2 ready")
    await press(office, "Other reason…", "In a few words")
    await office.owner.say(BOT, "two\nlines")
    await office.owner.wait_for(BOT, "on one line")
    await office.owner.say(BOT, "Our <staff>")
    await office.owner.wait_for(BOT, "What shall we call this list?")
    await press(office, "Keep this name", "Why we may write: Our <staff>.")
    await press(office, "Save 2", "is saved")
    assert await rows(office.database, "SELECT basis, basis_note FROM contact_lists") == [
        ("other", "Our <staff>")
    ]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.csv", "This file is empty"),
        (b"PK\x03\x04..xl/workbook.xml", "clients.xlsx", "Save as → CSV UTF-8"),
        (b"PK\x03\x04..", "clients.zip", "This is an archive"),
        (b"%PDF-1.7", "clients.pdf", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "table.png", "This is a picture"),
        (bytes(range(1, 30)) * 9, "x.bin", "This is no text"),
        ("Имя;Телефон\n".encode(), "header.csv", "a header and nothing under it"),
    ],
)
async def test_what_is_no_list_is_said_and_nothing_is_kept(
    office: Office, content: bytes, name: str, said: str
) -> None:
    await send(office, content, name, said)
    assert await rows(office.database, "SELECT id FROM uploads") == []


async def test_a_file_over_the_limit_is_to_be_split(office: Office) -> None:
    said = await send(office, b"x" * (MOST_BYTES + 1), "all.csv", "Split it into parts")
    assert "21 MB" in said.text


async def test_a_photo_of_a_table_is_answered(office: Office) -> None:
    await office.owner.send_photo(BOT, poster())
    await office.owner.wait_for(BOT, "This is a picture")


async def test_a_pasted_list_and_a_shared_contact_are_simply_taken(office: Office) -> None:
    await office.owner.say(BOT, "@anna_k\n+7 999 123-45-67\nhttps://t.me/boris_b")
    await office.owner.wait_for(BOT, "pasted list.txt: 3 rows")
    await press(office, "Yes, check it", "3 ready")
    await office.owner.share_contact(BOT, "79991112233", "Ольга", "Щ.")
    looked = await office.owner.wait_for(BOT, "letters look right")
    assert "Ольга Щ. · +79991112233" in looked.text


async def test_a_big_file_is_read_while_the_bot_goes_on_answering(office: Office) -> None:
    people = "".join(f"Иван;8999{n:07};Тверь\r\n" for n in range(30_000))
    await office.owner.send_file(BOT, f"Имя;Телефон;Город\r\n{people}".encode(), "big.csv")
    await office.owner.wait_for(BOT, "30,000 rows")
    await press(office, "Yes, check it", "30,000 ready")
    await press(office, "Customers", "What shall we call")
    await press(office, "Keep this name", "30,000 people")
    await press(office, "Save", "is saved: 30,000 people", seconds=120)
    assert await rows(office.database, "SELECT size FROM contact_lists") == [(30_000,)]


async def test_lists_are_shown_and_deleted_after_a_question(office: Office) -> None:
    await office.owner.say(BOT, "/lists")
    await office.owner.wait_for(BOT, "No list yet")
    await make_list(office, CLIENTS.encode(), "april.csv")
    await office.owner.say(BOT, "/lists")
    shown = await office.owner.wait_for(BOT, "april · 3 people · Customers")
    assert "april" in labels(shown)
    card = await press(office, "april", "From the file april.csv")
    assert "{{name}} {{имя}} {{город}}" in card.text
    assert "said Olga" in card.text
    await press(office, "Delete list", "Delete april with 3 people?")
    await press(office, "Delete april", "No list yet")
    assert await rows(office.database, "SELECT archived_at IS NULL FROM contact_lists") == [
        (False,)
    ]


async def test_another_admins_file_is_not_found(office: Office) -> None:
    await send(office, CLIENTS.encode(), "april.csv", "letters look right")
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    await office.operator.say(BOT, "/start")
    await office.operator.wait_for(BOT, "Three things")
    for act in ("look", "check", "save", "drop", "turn:1"):
        said = await office.operator.press_data(BOT, f"u:1:{act}")
        assert said in ("That is not there any more.", "That file is saved or dropped already.")
    assert await rows(office.database, "SELECT id FROM uploads") == [(1,)]
