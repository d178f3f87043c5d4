"""Rows of conversations: what the bot waits for in a chat, and what it must remember until then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.pool import Connection

FIND_STATE = "SELECT state FROM conversations WHERE key = $1"


async def find_state(connection: Connection, key: str) -> str | None:
    state: str | None = await connection.fetchval(FIND_STATE, key)
    return state


SET_STATE = """
INSERT INTO conversations (key, state) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET state = excluded.state, updated_at = now()
"""


async def set_state(connection: Connection, key: str, state: str | None) -> None:
    await connection.execute(SET_STATE, key, state)


FIND_DATA = "SELECT data FROM conversations WHERE key = $1"


async def find_data(connection: Connection, key: str) -> dict[str, Any]:
    """What is remembered; empty when nothing is."""
    data: dict[str, Any] | None = await connection.fetchval(FIND_DATA, key)
    return data or {}


SET_DATA = """
INSERT INTO conversations (key, data) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET data = excluded.data, updated_at = now()
"""


async def set_data(connection: Connection, key: str, data: dict[str, Any]) -> None:
    await connection.execute(SET_DATA, key, data)


UPDATE_DATA = """
INSERT INTO conversations (key, data) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET data = conversations.data || excluded.data, updated_at = now()
RETURNING data
"""


async def update_data(connection: Connection, key: str, data: dict[str, Any]) -> dict[str, Any]:
    """Merge in one statement, so that nothing written meanwhile is lost; the whole after it."""
    merged: dict[str, Any] = await connection.fetchval(UPDATE_DATA, key, data)
    return merged
