"""Contact lists of the people who wrote to an account: asked for, cancelled, found when made."""

from __future__ import annotations

from db.models.account import Account, AccountStatus
from db.models.admin import Admin
from db.models.contact_list import ContactList
from db.models.gathering import Wish
from db.models.operation import OperationKind
from db.pool import Database
from db.queries import accounts, contact_lists, operations

_UNREADABLE = frozenset({AccountStatus.LOST, AccountStatus.DISABLED, AccountStatus.HELD})


async def page_accounts(database: Database) -> list[Account]:
    """Return the accounts whose conversations can be read now, newest first."""
    async with database.connection() as connection:
        found = await accounts.page(connection)
    return [one for one in reversed(found) if one.status not in _UNREADABLE]


async def get_account(database: Database, account_id: int) -> Account:
    """Return the account. Raise NotFound."""
    async with database.connection() as connection:
        return await accounts.get(connection, account_id)


async def start(
    database: Database,
    admin: Admin,
    account_id: int,
    wish: Wish,
    name: str,
    chat_id: int,
    message_id: int,
) -> bool:
    """Queue the gathering, with `admin` as who attests that these people wrote to us.

    The message of that chat shows its progress and its end. Return False when a gathering of this
    account is under way already. Raise NotFound.
    """
    params = {
        "name": name,
        "wish": wish.to_json(),
        "chat_id": chat_id,
        "message_id": message_id,
    }
    async with database.transaction() as connection:
        await accounts.get(connection, account_id)
        kind = OperationKind.GATHERING
        queued = await operations.add(
            connection, kind, account_id, requested_by=admin.id, params=params
        )
        return queued is not None


async def cancel(database: Database, admin: Admin, account_id: int) -> bool:
    """Ask the gathering of this account to stop and leave no list. Return False when it ended."""
    async with database.connection() as connection:
        kind = OperationKind.GATHERING
        return await operations.request_cancel(connection, kind, account_id, admin.id)


async def get_list(database: Database, contact_list_id: int) -> ContactList:
    """Return the list that was made. Raise NotFound."""
    async with database.connection() as connection:
        return await contact_lists.get(connection, contact_list_id)
