"""One account: how it stands today, its caps, and letting it go on."""

from __future__ import annotations

from dataclasses import asdict

from db.models.account import Account, AccountEvent, AccountStatus
from db.models.admin import Admin
from db.models.caps import Budget, Caps
from db.pool import Database
from db.queries import accounts, audit, caps


async def get(database: Database, account_id: int, zone: str) -> tuple[Account, Budget]:
    """The account and what is left of its day, as it is in `zone`; NotFound when there is none."""
    async with database.connection() as connection:
        account = await accounts.get(connection, account_id)
        return account, (await caps.find_budgets(connection, [account_id], zone))[account_id]


async def set_caps(database: Database, admin: Admin, account_id: int, chosen: Caps) -> None:
    """These are the account's caps from its next message on; what Telegram limits stays so."""
    async with database.transaction() as connection:
        account = await accounts.get(connection, account_id)
        before = await caps.get(connection, account_id)
        limited = account.status is AccountStatus.LIMITED
        await caps.put(connection, account_id, chosen, limited=limited)
        await audit.add(
            connection,
            admin.id,
            "cap",
            "account",
            account_id,
            before=asdict(before),
            after=asdict(chosen),
        )


async def release(database: Database, admin: Admin, account_id: int) -> None:
    """Let a held account go on; nothing changes when it is not held any more."""
    async with database.transaction() as connection:
        if await accounts.advance(connection, account_id, AccountEvent.RELEASE):
            await audit.add(connection, admin.id, "release", "account", account_id)
