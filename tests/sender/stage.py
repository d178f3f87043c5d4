"""What the tests of the sender work with: people, campaigns, a sender that starts and stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import asyncpg

from db.models.account import Account
from db.models.campaign import Campaign, CampaignEvent, CampaignStatus, Mode
from db.models.contact import Identity
from db.pool import Database
from db.queries import accounts, campaigns, suppressions
from sandbox.server import Sandbox
from sandbox.world import PersonRecord
from sender.accounts.login import adopt_session
from sender.engine.runtime import Runtime
from sender.engine.schedule import Schedule
from sender.telegram.connect import TelegramAccess
from tests.sender.product import SECRET_KEY as SECRET_KEY

ACCOUNT_ID = 500
ADMIN_ID = 1
SLOWLY = (12, 60)  # a rate: the second one leaves five seconds after the first
PATIENCE = 150.0  # longer than a dead process's claims are held, on a machine that is busy
WIDE = {
    "per_minute": 60_000,
    "per_day": 100_000,
    "first_per_day": 100_000,
    "first_apart_seconds": 0,
    "lookups_per_day": 100_000,
    "lookup_apart_seconds": 0,
}
PICTURE = b"GIF89a\x10\x00\x10\x00"


class Stage:
    def __init__(
        self, database: Database, access: TelegramAccess, sandbox: Sandbox, account: Account
    ) -> None:
        self.database, self.access, self.sandbox = database, access, sandbox
        self.account = account
        self.runtime: Runtime | None = None

    async def set_up(self) -> None:
        await self.run("INSERT INTO admins (id, name, role) VALUES ($1, 'Anna', 'owner')", ADMIN_ID)
        await self.cap(**WIDE)

    async def cap(self, **caps: int) -> None:
        """Give every account of this test these caps, also those that are connected later."""
        for name, value in caps.items():
            await self.run(f"UPDATE account_caps SET {name} = {value}")  # noqa: S608
            await self.run(f"ALTER TABLE account_caps ALTER {name} SET DEFAULT {value}")

    async def accounts(self, count: int) -> list[int]:
        """Connect accounts until there are `count`, and return their ids, the first one's first."""
        found = [self.account.id]
        for user_id in range(ACCOUNT_ID + 1, ACCOUNT_ID + count):
            self.sandbox.add_person(f"Sender {user_id}", id=user_id)
            session = self.sandbox.issue_session(user_id)
            found.append((await adopt_session(self.database, SECRET_KEY, self.access, session)).id)
        return found

    async def close(self) -> None:
        await self.stop()

    # --- the sender -----------------------------------------------------------

    async def start(self) -> None:
        self.runtime = Runtime(self.database, SECRET_KEY, self.access, Schedule(self.database.dsn))
        await self.runtime.start()

    async def stop(self) -> None:
        if self.runtime is not None:
            await self.runtime.stop()
            self.runtime = None

    # --- rows ------------------------------------------------------------------

    async def run(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        async with self.database.connection() as connection:
            return await connection.fetch(statement, *values)

    async def statuses(self) -> list[tuple[str, str | None]]:
        """Return (status, its reason) of every account, the oldest first."""
        async with self.database.connection() as connection:
            found = await accounts.page(connection)
        return [(account.status, account.status_reason) for account in found]

    def people(self, count: int, **fields: Any) -> list[PersonRecord]:
        """Add so many people with usernames to the sandbox."""
        world = self.sandbox.world
        first = len(world.people)
        return [
            self.sandbox.add_person(f"P{n}", username=f"person_{n}", **fields)
            for n in range(first, first + count)
        ]

    async def contact_list(self, identities: list[Identity], **fields: str) -> int:
        async with self.database.transaction() as connection:
            key = await suppressions.get_suppression_key(connection)
            list_id: int = await connection.fetchval(
                "INSERT INTO contact_lists (name, basis, attested_by, file_name, file_sha256, size)"
                " VALUES ('List', 'customer', $1, 'list.csv', '\\x00', $2) RETURNING id",
                ADMIN_ID,
                len(identities),
            )
            for pos, identity in enumerate(identities, 1):
                contact_id = await connection.fetchval(
                    "INSERT INTO contacts (key, user_id, phone, username, identity_hashes)"
                    " VALUES ($1, $2, $3, $4, $5)"
                    " ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
                    identity.key,
                    identity.user_id,
                    identity.phone,
                    identity.username,
                    identity.hashes(key),
                )
                await connection.execute(
                    "INSERT INTO contact_list_members VALUES ($1, $2, $3, $4)",
                    list_id,
                    contact_id,
                    pos,
                    {"name": f"N{pos}", **fields},
                )
        return list_id

    async def draft(
        self,
        to: list[PersonRecord] | list[Identity],
        *,
        text: str = "Hello, {{name}}!",
        rate: tuple[int, int] = (100, 1),
        mode: Mode = Mode.LIVE,
        retry_limit: int = 3,
        media_id: int | None = None,
        accounts: list[int] | None = None,
    ) -> int:
        """Add a campaign to these people, ready to be started; return its id."""
        identities = [
            one if isinstance(one, Identity) else Identity(username=one.username) for one in to
        ]
        list_id = await self.contact_list(identities)
        async with self.database.transaction() as connection:
            template_id = await connection.fetchval(
                "INSERT INTO templates (name, text, media_id, created_by)"
                " VALUES ('T', $1, $2, $3) RETURNING id",
                text,
                media_id,
                ADMIN_ID,
            )
            campaign_id: int = await connection.fetchval(
                "INSERT INTO campaigns (name, mode, template_id, rate_count, rate_seconds,"
                " retry_limit, created_by) VALUES ('C', $1, $2, $3, $4, $5, $6) RETURNING id",
                mode,
                template_id,
                *rate,
                retry_limit,
                ADMIN_ID,
            )
            await connection.execute(
                "INSERT INTO campaign_contact_lists VALUES ($1, $2)", campaign_id, list_id
            )
            for account_id in accounts if accounts is not None else [self.account.id]:
                await connection.execute(
                    "INSERT INTO campaign_accounts VALUES ($1, $2)", campaign_id, account_id
                )
        return campaign_id

    async def campaign(self, *args: Any, **options: Any) -> int:
        """Add a campaign and start it; return its id."""
        campaign_id = await self.draft(*args, **options)
        await self.advance(campaign_id, CampaignEvent.START)
        return campaign_id

    async def advance(self, campaign_id: int, event: CampaignEvent, **options: Any) -> None:
        async with self.database.transaction() as connection:
            await campaigns.advance(connection, campaign_id, event, admin_id=ADMIN_ID, **options)

    async def hurry(self, campaign_id: int) -> None:
        """Send the rest at a hundred a second."""
        await self.run(
            "UPDATE campaigns SET rate_count = 100, rate_seconds = 1 WHERE id = $1", campaign_id
        )

    async def get(self, campaign_id: int) -> Campaign:
        async with self.database.connection() as connection:
            return await campaigns.get(connection, campaign_id)

    async def until(self, campaign_id: int, *statuses: CampaignStatus) -> Campaign:
        """Return the campaign once it has one of these statuses."""
        return await self.until_true(campaign_id, lambda campaign: campaign.status in statuses)

    async def until_true(self, campaign_id: int, holds: Any) -> Campaign:
        async with asyncio.timeout(PATIENCE):
            while True:
                campaign = await self.get(campaign_id)
                if holds(campaign):
                    return campaign
                await asyncio.sleep(0.05)

    async def until_rows(self, statement: str) -> list[asyncpg.Record]:
        """Return the rows of the statement once there are any."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if rows := await self.run(statement):
                    return rows
                await asyncio.sleep(0.05)

    async def until_sent(self, count: int) -> None:
        """Return when so many messages have arrived."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if len(self.sent()) >= count:
                    return
                await asyncio.sleep(0.05)

    async def reasons(self, campaign_id: int) -> Counter[tuple[str, str | None]]:
        rows = await self.run(
            "SELECT status, reason FROM deliveries WHERE campaign_id = $1", campaign_id
        )
        return Counter((row["status"], row["reason"]) for row in rows)

    # --- the truth --------------------------------------------------------------

    def sent(self) -> list[dict[str, Any]]:
        """Return the messages that arrived, from the sandbox's log."""
        return [entry for entry in self.sandbox.world.log if entry["kind"] == "message"]

    def copies(self) -> Counter[int]:
        """Return how many messages each recipient has."""
        return Counter(entry["recipient"] for entry in self.sent())
