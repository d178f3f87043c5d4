"""Rows that the bot's tests begin with, written through the product's queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.models.admin import Admin, Role
from db.models.contact import Identity, NewContact
from db.models.contact_list import Basis
from db.models.delivery import DeliveryStatus
from db.models.rate import Rate
from db.models.suppression import SuppressionReason
from db.pool import Database
from db.queries import accounts, admins, contact_lists, contacts, drafts, suppressions, templates

OWNER, OPERATOR, STRANGER = 101, 102, 103


@dataclass(frozen=True, slots=True)
class Stock:
    """Ids of the rows that a campaign is built of."""

    contact_list: int
    template: int
    account: int


async def add_admin(
    database: Database, admin_id: int = OWNER, role: Role = Role.OWNER, name: str = "Olga"
) -> Admin:
    async with database.connection() as connection:
        await admins.add(connection, admin_id, name, role)
        await admins.set_language(connection, admin_id, "en")
        found = await admins.find(connection, admin_id)
    assert found is not None
    return found


async def add_list(
    database: Database, people: Sequence[NewContact], name: str = "Clients May"
) -> int:
    async with database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        list_id = await contact_lists.add(
            connection,
            name=name,
            basis=Basis.CUSTOMER,
            basis_note=None,
            attested_by=OWNER,
            file_name="may.csv",
            file_sha256=name.encode(),
            fields=["name"],
        )
        await contacts.add_batch(connection, list_id, contacts.batch(people, key))
        await contact_lists.complete(connection, list_id)
        return list_id


def people(count: int, *, first: int = 1) -> list[NewContact]:
    """`count` people with usernames; every third has no name."""
    return [
        NewContact(Identity(username=f"person_{n}"), n, {"name": f"Person {n}"} if n % 3 else {})
        for n in range(first, first + count)
    ]


async def suppress(database: Database, *usernames: str) -> None:
    async with database.transaction() as connection:
        key = await suppressions.get_suppression_key(connection)
        hashes = [h for name in usernames for h in Identity(username=name).hashes(key)]
        await suppressions.add(connection, hashes, SuppressionReason.OPT_OUT)


async def add_stock(database: Database, count: int = 7) -> Stock:
    """A list of `count` people, a message with {{name|friend}}, one account that is ready."""
    list_id = await add_list(database, people(count))
    async with database.transaction() as connection:
        template = await templates.add(
            connection,
            name="Spring offer",
            text="Hello {{name|friend}}, the sale begins",
            entities=(),
            media_id=None,
            created_by=OWNER,
        )
        account = await accounts.connect(
            connection,
            user_id=900,
            name="Sender",
            phone="79990000900",
            username=None,
            session_sealed=b"sealed",
        )
    return Stock(list_id, template.id, account.id)


async def add_draft(database: Database, stock: Stock, name: str = "Spring sale") -> int:
    """A draft with everything chosen, at 2/s."""
    async with database.transaction() as connection:
        campaign_id = await drafts.add(connection, name, OWNER)
        await drafts.put_list(connection, campaign_id, stock.contact_list)
        await drafts.set_template(connection, campaign_id, stock.template)
        await drafts.put_account(connection, campaign_id, stock.account)
        await drafts.set_rate(connection, campaign_id, Rate(2, 1))
        return campaign_id


SETTLE = """
WITH moved AS (
    UPDATE deliveries SET status = $3, reason = $4, settled_at = now(),
        message_id = CASE WHEN $3 = 'sent' THEN pos END
    WHERE campaign_id = $1 AND pos = ANY($2)
)
UPDATE campaigns SET
    sent = sent + (CASE WHEN $3 = 'sent' THEN $5 ELSE 0 END),
    failed = failed + (CASE WHEN $3 = 'failed' THEN $5 ELSE 0 END),
    skipped = skipped + (CASE WHEN $3 = 'skipped' THEN $5 ELSE 0 END)
WHERE id = $1
"""


async def settle(
    database: Database,
    campaign_id: int,
    places: range,
    status: DeliveryStatus = DeliveryStatus.SENT,
    reason: str | None = None,
) -> None:
    """End deliveries of the campaign as the sender would."""
    async with database.connection() as connection:
        await connection.execute(SETTLE, campaign_id, list(places), status, reason, len(places))
