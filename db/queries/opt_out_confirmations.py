"""Rows of opt_out_confirmations: the one message that confirms an opt-out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from db.models.reply import OptOutConfirmation

if TYPE_CHECKING:
    from db.pool import Connection

ADD_CONFIRMATION = """
INSERT INTO opt_out_confirmations (peer_id, account_id, language) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""


async def add(connection: Connection, peer_id: int, account_id: int, language: str) -> None:
    """Schedule the confirmation for now; a person gets one ever, so a second call does nothing.

    `account_id` received the opt-out and will send. `language` is "en" or "ru".
    """
    await connection.execute(ADD_CONFIRMATION, peer_id, account_id, language)


PAGE_DUE_CONFIRMATIONS = """
SELECT peer_id, account_id, language, attempts FROM opt_out_confirmations
JOIN accounts ON accounts.id = account_id
WHERE done_at IS NULL AND due_at <= clock_timestamp() AND disabled_at IS NULL
  AND lost_at IS NULL AND held_at IS NULL AND coalesce(resting_until <= clock_timestamp(), true)
ORDER BY due_at LIMIT 20
"""


async def page_due(connection: Connection) -> list[OptOutConfirmation]:
    """Return up to 20 confirmations that are due and whose account may send, oldest first."""
    return [
        OptOutConfirmation(**dict(row)) for row in await connection.fetch(PAGE_DUE_CONFIRMATIONS)
    ]


POSTPONE_CONFIRMATION = """
UPDATE opt_out_confirmations
SET attempts = attempts + 1, due_at = clock_timestamp() + $2::interval
WHERE peer_id = $1 AND done_at IS NULL
"""


async def postpone(connection: Connection, peer_id: int, wait: timedelta) -> None:
    """Count an attempt without a definite answer and make the confirmation due after `wait`.

    The next attempt uses the same random_id.
    """
    await connection.execute(POSTPONE_CONFIRMATION, peer_id, wait)


SETTLE_CONFIRMATION = """
UPDATE opt_out_confirmations SET done_at = now(), message_id = $2, reason = $3
WHERE peer_id = $1 AND done_at IS NULL
"""


async def settle(
    connection: Connection, peer_id: int, message_id: int | None, reason: str | None = None
) -> None:
    """End the confirmation: as sent under `message_id`, or as given up (None) for `reason`."""
    await connection.execute(SETTLE_CONFIRMATION, peer_id, message_id, reason)
