"""A large campaign is counted and prepared while the bot goes on answering."""

from __future__ import annotations

import asyncio

import pytest

from db.models.operation import OperationKind
from db.queries import expansion
from db.worker import Worker
from sender.engine.expansion import Expansion
from tests.bot.conftest import BOT, Office
from tests.bot.rows import add_admin, add_draft, add_stock

MANY = 2 * expansion.CHUNK
GROW = """
WITH people AS (
    INSERT INTO contacts (key, user_id, identity_hashes)
    SELECT 'id:' || n, n, ARRAY[sha256(n::text::bytea)] FROM generate_series(1, $2::bigint) AS n
    RETURNING id
), members AS (
    INSERT INTO contact_list_members (contact_list_id, contact_id, pos)
    SELECT $1, id, 100 + row_number() OVER (ORDER BY id) FROM people
)
UPDATE contact_lists SET size = size + $2 WHERE id = $1
"""


async def test_a_large_campaign_is_prepared_after_its_start(office: Office) -> None:
    await add_admin(office.database)
    stock = await add_stock(office.database, 7)
    async with office.database.connection() as connection:
        await connection.execute(GROW, stock.contact_list, MANY)
    campaign_id = await add_draft(office.database, stock)
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    card = await office.owner.wait_for(BOT, "● running")
    assert "Preparing: 5,000 of 10,007" in card.text
    assert "done about" not in card.text
    assert await office.owner.press_data(BOT, f"e:{campaign_id}:start") == (
        "Nothing changed: it is running already."
    )
    async with office.database.connection() as connection:
        acts = await connection.fetch("SELECT details FROM audit WHERE act = 'start'")
        assert [act["details"] for act in acts] == [{"total": 10_007}]
        assert await connection.fetchval("SELECT count(*) FROM deliveries") == expansion.CHUNK

    works = {OperationKind.EXPANSION: Expansion(office.database)}
    worker = Worker(office.database, "main", works)
    office.background.start(worker.run())
    card = await office.owner.wait_for(BOT, "0 of 10,007 sent")
    assert "done about" in card.text
    assert "Preparing" not in card.text


async def test_a_large_draft_is_counted_in_the_background(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.drafts.counted_review.LARGE", 6)
    await add_admin(office.database)
    campaign_id = await add_draft(office.database, await add_stock(office.database, 7))
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    async with office.database.transaction() as connection:  # blocks the count meanwhile
        await connection.execute("LOCK TABLE suppressions IN ACCESS EXCLUSIVE MODE")
        await office.owner.press_data(BOT, f"e:{campaign_id}:step:review")
        await office.owner.wait_for(BOT, "Counting everybody…")
        await office.owner.say(BOT, "/help")
        await office.owner.wait_for(BOT, "/campaigns")
    async with asyncio.timeout(30):
        while not any("To 7 people" in m.text for m in office.owner.history(BOT)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
