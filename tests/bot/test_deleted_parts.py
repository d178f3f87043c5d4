"""A draft whose list or message was deleted cannot be started, from any button, at any moment."""

from __future__ import annotations

import asyncio

import pytest

from bot.contact_lists import service as contact_lists
from bot.drafts import service as drafts
from bot.drafts.view_model import CannotStart
from bot.templates import service as templates
from db.models.admin import Admin
from db.pool import Connection, Database
from tests.bot.conftest import BOT, Office
from tests.bot.rows import Stock, add_admin, add_draft, add_list, add_stock, people

DELETED_LIST = "Not started: Clients May is deleted. See below."
IS_WAITED_FOR = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE NOT granted AND $1::integer = ANY(pg_blocking_pids(pid)))
"""
ARCHIVE = {
    "contact_lists": "UPDATE contact_lists SET archived_at = now()",
    "templates": "UPDATE templates SET archived_at = now()",
}


async def prepared(office: Office) -> tuple[Stock, int]:
    """A draft with everything chosen; the owner talks with the bot."""
    await add_admin(office.database)
    stock = await add_stock(office.database)
    campaign_id = await add_draft(office.database, stock)
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    return stock, campaign_id


async def count(database: Database, table: str) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    return found


async def test_a_deleted_list_is_named_and_its_people_get_nothing(office: Office) -> None:
    stock, campaign_id = await prepared(office)
    admin = await add_admin(office.database)
    await contact_lists.delete(office.database, admin, stock.contact_list)
    assert await office.owner.press_data(BOT, f"e:{campaign_id}:start") == DELETED_LIST
    shown = await office.owner.wait_for(BOT, "Clients May: deleted. Take it off under “People”.")
    assert not any("Start" in button.text for row in shown.buttons for button in row)
    assert await count(office.database, "deliveries") == 0
    assert await count(office.database, "campaign_events") == 0
    # It can be taken off, not put back, and another one starts.
    await office.owner.press(shown, "People")
    await office.owner.press(await office.owner.wait_for(BOT, "Who gets it?"), "✓ Clients May")
    put_back = f"e:{campaign_id}:put:{stock.contact_list}"
    assert await office.owner.press_data(BOT, put_back) == (
        "Clients May was deleted. Choose another."
    )
    other = await add_list(office.database, people(3), "Clients June")
    await office.owner.press_data(BOT, f"e:{campaign_id}:put:{other}")
    assert await office.owner.press_data(BOT, f"e:{campaign_id}:start") is None
    assert await count(office.database, "deliveries") == 3


async def test_a_deleted_message_is_named_and_cannot_be_chosen(office: Office) -> None:
    stock, campaign_id = await prepared(office)
    admin = await add_admin(office.database)
    await templates.delete(office.database, admin, stock.template)
    assert await office.owner.press_data(BOT, f"e:{campaign_id}:start") == (
        "Not started: the message Spring offer is deleted. See below."
    )
    await office.owner.wait_for(BOT, "Spring offer: deleted. Choose another under “Message”.")
    assert await office.owner.press_data(BOT, f"e:{campaign_id}:template:{stock.template}") == (
        "Spring offer was deleted. Choose another."
    )
    await office.owner.wait_for(BOT, "There is no message yet.")
    assert await count(office.database, "deliveries") == 0


async def test_a_list_that_is_still_being_saved_is_not_started(database: Database) -> None:
    admin = await add_admin(database)
    campaign_id = await add_draft(database, await add_stock(database))
    async with database.connection() as connection:
        await connection.execute("UPDATE contact_lists SET ready_at = NULL")
    found = await drafts.review(database, campaign_id)
    assert found.unusable.unsaved_lists == ("Clients May",)
    with pytest.raises(CannotStart) as raised:
        await drafts.start(database, admin, campaign_id)
    assert raised.value.unusable == found.unusable
    assert await count(database, "deliveries") == 0


async def outcome(database: Database, admin: Admin, campaign_id: int) -> str:
    """Start the draft; return whether that was done."""
    try:
        await drafts.start(database, admin, campaign_id)
    except CannotStart:
        return "refused"
    return "started"


async def until_waiting(by: Connection) -> None:
    """Return once a connection waits for a lock that `by` holds."""
    pid = by.get_server_pid()
    async with asyncio.timeout(20):
        while not await by.fetchval(IS_WAITED_FOR, pid):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("table", ARCHIVE)
async def test_a_deletion_between_the_review_and_start_is_seen(
    database: Database, table: str
) -> None:
    admin = await add_admin(database)
    campaign_id = await add_draft(database, await add_stock(database))
    async with database.connection() as deleting, asyncio.TaskGroup() as group:
        deletion = deleting.transaction()
        await deletion.start()
        await deleting.execute(ARCHIVE[table])
        starting = group.create_task(outcome(database, admin, campaign_id))
        await until_waiting(deleting)
        await deletion.commit()
    assert await starting == "refused"
    assert await count(database, "deliveries") == 0


@pytest.mark.parametrize("table", ARCHIVE)
async def test_a_deletion_waits_for_the_start_under_way(database: Database, table: str) -> None:
    admin = await add_admin(database)
    campaign_id = await add_draft(database, await add_stock(database))
    async with database.connection() as holding, database.connection() as deleting:
        hold = holding.transaction()
        await hold.start()
        await holding.execute("LOCK TABLE deliveries IN EXCLUSIVE MODE")  # Start waits at the end
        async with asyncio.TaskGroup() as group:
            starting = group.create_task(outcome(database, admin, campaign_id))
            await until_waiting(holding)
            deletion = group.create_task(deleting.execute(ARCHIVE[table]))
            await asyncio.sleep(0.2)
            assert not deletion.done()
            await hold.rollback()
        assert await starting == "started"
    assert await count(database, "deliveries") == 7
