"""Saving a large file is an operation: seen, stopped, resumed; the list appears when whole."""

from __future__ import annotations

import pytest

from bot.ui.progress import ProgressMessage
from tests.bot.conftest import BOT, Office

PEOPLE = 12_000
# At each chunk of members: wait a little; fail when a mark says so, which no rollback takes back.
SLOW = """
CREATE SEQUENCE chunks;
CREATE FUNCTION at_a_chunk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.1);
    IF nextval('chunks') BETWEEN {first} AND {last} THEN RAISE EXCEPTION 'a fault'; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER at_a_chunk AFTER INSERT ON contact_list_members
    FOR EACH STATEMENT EXECUTE FUNCTION at_a_chunk();
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is shown at once; what failed is tried again soon."""
    monkeypatch.setattr(ProgressMessage, "first_seconds", 0.0)
    monkeypatch.setattr(ProgressMessage, "every_seconds", 0.05)
    monkeypatch.setattr("db.worker.RETRY_SECONDS", 0.01)


async def begin(office: Office, first: int = 0, last: int = 0) -> None:
    """Press Save for PEOPLE people; the chunks from `first` to `last` fail."""
    async with office.database.connection() as connection:
        await connection.execute(SLOW.format(first=first, last=last))
    people = "".join(f"Anna;8999{n:07}\r\n" for n in range(PEOPLE))
    await office.owner.send_file(BOT, f"name;phone\r\n{people}".encode(), "big.csv")
    await office.owner.wait_for(BOT, "letters look right")
    for label, then in (
        ("Yes, check it", "Why may we write"),
        ("Customers", "What shall we call"),
        ("Keep this name", "people"),
        ("Save", "Saving…"),
    ):
        await office.owner.press(None, label, who=BOT)
        await office.owner.wait_for(BOT, then)


async def value(office: Office, query: str) -> object:
    async with office.database.connection() as connection:
        return await connection.fetchval(query)


async def test_progress_is_shown_and_the_list_appears_when_it_is_whole(office: Office) -> None:
    await begin(office)
    await office.owner.wait_for(BOT, "000 of 12,000 rows")
    assert await value(office, "SELECT count(*) > 0 FROM contact_list_members")
    await office.owner.say(BOT, "/lists")
    await office.owner.wait_for(BOT, "No list yet")
    await office.owner.wait_for(BOT, "big is saved: 12,000 people.")
    await office.owner.say(BOT, "/lists")
    await office.owner.wait_for(BOT, "big · 12,000 people")


async def test_cancel_leaves_nothing_of_it(office: Office) -> None:
    await begin(office)
    saving = await office.owner.wait_for(BOT, "000 of 12,000 rows")
    assert await office.owner.press(saving, "✕ Cancel") == "It stops in a moment."
    await office.owner.wait_for(BOT, "The file was not saved.")
    for table in ("contact_lists", "contact_list_members", "uploads"):
        assert await value(office, f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    assert await value(office, "SELECT count(*) FROM audit WHERE act = 'upload'") == 0
    assert await value(office, "SELECT status FROM operations") == "cancelled"


async def test_a_chunk_that_failed_is_saved_again_and_nobody_twice(office: Office) -> None:
    await begin(office, first=4, last=5)
    await office.owner.wait_for(BOT, "big is saved: 12,000 people.", 60)
    assert await value(office, "SELECT count(*) FROM contact_list_members") == PEOPLE
    assert await value(office, "SELECT count(DISTINCT pos) FROM contact_list_members") == PEOPLE
    assert await value(office, "SELECT count(*) FROM contact_lists") == 1


async def test_a_file_that_cannot_be_saved_is_said_and_leaves_nothing(office: Office) -> None:
    await begin(office, first=4, last=1000)
    await office.owner.wait_for(BOT, "Nothing of it was saved", 60)
    for table in ("contact_lists", "contact_list_members", "uploads"):
        assert await value(office, f"SELECT count(*) FROM {table}") == 0  # noqa: S608


async def test_cancel_comes_too_late_for_what_is_saved(office: Office) -> None:
    await begin(office)
    await office.owner.wait_for(BOT, "big is saved")
    upload_id = await value(office, "SELECT subject_id FROM operations")
    said = await office.owner.press_data(BOT, f"u:{upload_id}:halt")
    assert said == "That file is saved or dropped already."
    assert await value(office, "SELECT count(*) FROM contact_lists") == 1
