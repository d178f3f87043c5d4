"""Rows of sweeps: how far the dialogs of an account have been read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.pool import Connection

FIND_SWEEP = "SELECT until, read_sign_in FROM sweeps WHERE account_id = $1"


async def find(connection: Connection, account_id: int) -> tuple[datetime | None, int | None]:
    """Return up to when the account's dialogs were searched for replies, by Telegram's clock.

    With it comes the number of the sign-in that has read all of them. Both are None when there was
    no sweep.
    """
    row = await connection.fetchrow(FIND_SWEEP, account_id)
    return (None, None) if row is None else (row["until"], row["read_sign_in"])


SAVE_SWEEP = """
INSERT INTO sweeps (account_id, until, read_sign_in) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET
    until = greatest(sweeps.until, excluded.until), read_sign_in = excluded.read_sign_in
"""


async def save(connection: Connection, account_id: int, until: datetime, sign_in: int) -> None:
    """Store up to when the dialogs were searched; an earlier moment is ignored.

    `sign_in` is the number of the sign-in that has read all of them.
    """
    await connection.execute(SAVE_SWEEP, account_id, until, sign_in)
