"""The accounts that send: their caps and their release."""

from __future__ import annotations

from dataclasses import asdict

from db.models.account import Account
from db.models.admin import Admin
from db.models.caps import Budget, Caps
from db.pool import Database
from db.queries import accounts, audit, caps


async def page(database: Database, *, limit: int, offset: int) -> list[Account]:
    """Return accounts, the newest first."""
    async with database.connection() as connection:
        newest_first = list(reversed(await accounts.page(connection)))
        return newest_first[offset : offset + limit]


async def get(database: Database, account_id: int, zone: str) -> tuple[Account, Budget]:
    """Return the account and what it did today, by the days of `zone`. Raise NotFound."""
    async with database.connection() as connection:
        account = await accounts.get(connection, account_id)
        return account, (await caps.find_budgets(connection, [account_id], zone))[account_id]


async def set_caps(database: Database, admin: Admin, account_id: int, chosen: Caps) -> None:
    """Set the account's caps from its next message on; Telegram's limit on it stays.

    Raise NotFound.
    """
    async with database.transaction() as connection:
        before = await caps.get(connection, account_id)
        await caps.update(connection, account_id, chosen)
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
    """Let a held account send again; do nothing when it is not held any more."""
    async with database.transaction() as connection:
        if await accounts.release(connection, account_id):
            await audit.add(connection, admin.id, "release", "account", account_id)
