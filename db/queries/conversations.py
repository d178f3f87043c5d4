"""Rows of conversations: the state of the dialogue with an admin, and its data.

`key` identifies bot, chat and user; the storage of the finite-state machine makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.pool import Connection

FIND_STATE = "SELECT state FROM conversations WHERE key = $1"


async def find_state(connection: Connection, key: str) -> str | None:
    """Return the state; None when none is set."""
    state: str | None = await connection.fetchval(FIND_STATE, key)
    return state


SET_STATE = """
INSERT INTO conversations (key, state) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET state = excluded.state, updated_at = now()
"""


async def set_state(connection: Connection, key: str, state: str | None) -> None:
    """Set the state, or unset it (None); the data stand."""
    await connection.execute(SET_STATE, key, state)


FIND_DATA = "SELECT data FROM conversations WHERE key = $1"


async def find_data(connection: Connection, key: str) -> dict[str, Any]:
    """Return the data; empty when none are set."""
    data: dict[str, Any] | None = await connection.fetchval(FIND_DATA, key)
    return data or {}


SET_DATA = """
INSERT INTO conversations (key, data) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET data = excluded.data, updated_at = now()
"""


async def set_data(connection: Connection, key: str, data: dict[str, Any]) -> None:
    """Replace the data, which must be JSON values; the state stands."""
    await connection.execute(SET_DATA, key, data)


UPDATE_DATA = """
INSERT INTO conversations (key, data) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET data = conversations.data || excluded.data, updated_at = now()
RETURNING data
"""


async def update_data(connection: Connection, key: str, data: dict[str, Any]) -> dict[str, Any]:
    """Merge `data` into the data and return the result.

    It is one statement, so that no concurrent write is lost.
    """
    merged: dict[str, Any] = await connection.fetchval(UPDATE_DATA, key, data)
    return merged
