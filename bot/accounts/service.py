"""The accounts that send: their caps, their release, and events the admins are notified of."""

from __future__ import annotations

from dataclasses import asdict

from db.models.account import Account, AccountHistory
from db.models.admin import Admin
from db.models.caps import Budget, Caps
from db.pool import Database
from db.queries import account_events, accounts, audit, caps


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


async def page_unnotified(database: Database) -> list[AccountHistory]:
    """Return events that the admins were not notified of, the oldest first."""
    async with database.connection() as connection:
        return await account_events.page_unnotified(connection)


async def mark_notified(database: Database, event_id: int) -> None:
    """Record that the admins were notified of the event."""
    async with database.connection() as connection:
        await account_events.mark_notified(connection, event_id)
