"""A campaign that has ended with unknown deliveries, for the tests of what admins decide."""

from __future__ import annotations

from typing import Any

from db.models.admin import Role
from db.models.campaign import CampaignEvent
from db.models.contact import Identity, NewContact
from db.queries import campaigns, expansion
from tests.bot.conftest import BOT, Office
from tests.bot.rows import OPERATOR, OWNER, Stock, add_admin, add_draft, add_list, add_stock

PHONE = "+79991234567"
DOUBTED = """
WITH doubted AS (
    UPDATE deliveries SET status = 'unknown', reason = 'expired', settled_at = now(),
        first_attempt_at = now() - interval '25 hours', attempts = 2, random_id = pos,
        peer_id = pos, account_id = (SELECT max(id) FROM accounts), person_id = persons.id
    FROM persons WHERE campaign_id = $1 AND pos = ANY($2) AND persons.peer_id = pos
    RETURNING deliveries.id, deliveries.account_id, deliveries.person_id
), met AS (
    INSERT INTO peers (account_id, person_id, access_hash)
    SELECT account_id, person_id, 1 FROM doubted
), counted AS (
    UPDATE campaigns SET unknown = unknown + (SELECT count(*) FROM doubted) WHERE id = $1
)
INSERT INTO delivery_contents (delivery_id, text) SELECT id, 'Hello, frozen' FROM doubted
"""


async def run(office: Office, statement: str, *values: Any) -> list[Any]:
    async with office.database.connection() as connection:
        return await connection.fetch(statement, *values)


async def doubt(office: Office, campaign_id: int, *places: int) -> None:
    """Make these deliveries unknown, as the sender would."""
    await run(
        office,
        "INSERT INTO persons (kind, peer_id) SELECT 'user', unnest($1::bigint[])",
        list(places),
    )
    await run(office, DOUBTED, campaign_id, list(places))


async def advance(office: Office, campaign_id: int, event: CampaignEvent) -> None:
    async with office.database.transaction() as connection:
        await campaigns.advance(connection, campaign_id, event)


async def ended(
    office: Office, unknown: int = 2, event: CampaignEvent = CampaignEvent.FINISH, by: int = OWNER
) -> int:
    """Return a campaign to Anna and others that has ended, with so many unknown deliveries."""
    await add_admin(office.database)
    await add_admin(office.database, OPERATOR, Role.OPERATOR, "Oleg")
    stock = await add_stock(office.database)
    anna = NewContact(Identity(phone=PHONE, username="anna"), 1, {"name": "Anna <A>"})
    others = [NewContact(Identity(user_id=1000 + n), n, {}) for n in range(2, unknown + 1)]
    listed = await add_list(office.database, [anna, *others], "Doubted")
    campaign_id = await add_draft(office.database, Stock(listed, stock.template, stock.account))
    await run(office, "UPDATE campaigns SET created_by = $1 WHERE id = $2", by, campaign_id)
    await office.owner.say(BOT, "/start")
    await office.owner.wait_for(BOT, "Campaign desk")
    await office.owner.press_data(BOT, f"e:{campaign_id}:start")
    await office.owner.wait_for(BOT, "● running")
    await office.operator.say(BOT, "/start")
    await office.operator.wait_for(BOT, "Campaign desk")
    async with office.database.transaction() as connection:
        await expansion.expand(connection, campaign_id)  # what Start has not written yet
    await doubt(office, campaign_id, *range(1, unknown + 1))
    await advance(office, campaign_id, event)
    return campaign_id


async def delivery(office: Office, pos: int = 1) -> Any:
    (row,) = await run(office, "SELECT * FROM deliveries WHERE pos = $1", pos)
    return row


async def counts(office: Office) -> dict[str, Any]:
    (row,) = await run(office, "SELECT status, total, sent, skipped, unknown FROM campaigns")
    return dict(row)
