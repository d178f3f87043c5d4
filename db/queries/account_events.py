"""Rows of the accounts' history, as the notifier reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.account import AccountHistory, AccountStatus

if TYPE_CHECKING:
    from db.pool import Connection

PAGE_UNTOLD_OF_ACCOUNTS = """
SELECT account_events.id, account_id, name, account_events.status, reason
FROM account_events JOIN accounts ON accounts.id = account_id
WHERE told_at IS NULL ORDER BY account_events.id LIMIT $1
"""


async def page_untold(connection: Connection, *, limit: int = 20) -> list[AccountHistory]:
    """What the admins have not been told yet, oldest first."""
    return [
        AccountHistory(
            id=row["id"],
            account_id=row["account_id"],
            name=row["name"],
            status=AccountStatus(row["status"]),
            reason=row["reason"],
        )
        for row in await connection.fetch(PAGE_UNTOLD_OF_ACCOUNTS, limit)
    ]


MARK_ACCOUNT_TOLD = "UPDATE account_events SET told_at = now() WHERE id = $1 AND told_at IS NULL"


async def mark_told(connection: Connection, event_id: int) -> None:
    await connection.execute(MARK_ACCOUNT_TOLD, event_id)
