"""Rows of account_events: what happened to accounts that the admins are notified of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.models.account import AccountHistory, AccountStatus

if TYPE_CHECKING:
    from db.pool import Connection

PAGE_UNNOTIFIED_ACCOUNT_EVENTS = """
SELECT account_events.id, account_id, name, account_events.status, reason
FROM account_events JOIN accounts ON accounts.id = account_id
WHERE notified_at IS NULL ORDER BY account_events.id LIMIT $1
"""


async def page_unnotified(connection: Connection, *, limit: int = 20) -> list[AccountHistory]:
    """Return up to `limit` events without notices to the admins, oldest first."""
    return [
        AccountHistory(**{**dict(row), "status": AccountStatus(row["status"])})
        for row in await connection.fetch(PAGE_UNNOTIFIED_ACCOUNT_EVENTS, limit)
    ]


FIND_ACCOUNT_EVENT = """
SELECT account_events.id, account_id, name, account_events.status, reason
FROM account_events JOIN accounts ON accounts.id = account_id WHERE account_events.id = $1
"""


async def find(connection: Connection, event_id: int) -> AccountHistory | None:
    """Return the event; None when its account was deleted."""
    if (row := await connection.fetchrow(FIND_ACCOUNT_EVENT, event_id)) is None:
        return None
    return AccountHistory(**{**dict(row), "status": AccountStatus(row["status"])})


MARK_ACCOUNT_EVENT_NOTIFIED = """
UPDATE account_events SET notified_at = now() WHERE id = $1 AND notified_at IS NULL
"""


async def mark_notified(connection: Connection, event_id: int) -> None:
    """Record that the notices of this event are written; the first moment stands."""
    await connection.execute(MARK_ACCOUNT_EVENT_NOTIFIED, event_id)
