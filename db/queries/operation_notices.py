"""Columns of operations: the attempts to show an end to its admin, and when it was shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

KEPT = timedelta(days=7)

COUNT_NOTIFICATION = """
UPDATE operations SET
    notify_attempts = notify_attempts + 1,
    notify_due_at = clock_timestamp() + $2::interval * power(2, least(notify_attempts, 10))
WHERE id = $1
RETURNING notify_attempts
"""


async def count_attempt(connection: Connection, operation_id: int, wait: timedelta) -> int:
    """Count an attempt to show the end, and return how many there were.

    Unless it is marked, it is due again after `wait`, doubled with each attempt.
    """
    attempts: int = await connection.fetchval(COUNT_NOTIFICATION, operation_id, wait)
    return attempts


MARK_OPERATION_NOTIFIED = "UPDATE operations SET notified_at = now() WHERE id = $1"


async def mark_notified(connection: Connection, operation_id: int) -> None:
    """Record that the end was shown, or is not tried again."""
    await connection.execute(MARK_OPERATION_NOTIFIED, operation_id)


SWEEP_OPERATIONS = "DELETE FROM operations WHERE finished_at < now() - $1::interval"


async def sweep(connection: Connection) -> None:
    """Delete the operations that ended more than KEPT ago."""
    await connection.execute(SWEEP_OPERATIONS, KEPT)
