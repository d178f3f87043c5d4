"""aiogram's conversation state in Postgres: it survives restarts, and updates are merged in SQL.

The interface: aiogram.fsm.storage.base.BaseStorage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StateType, StorageKey

from db.pool import Database
from db.queries import conversations


class PostgresStorage(BaseStorage):
    """One row for each user and chat. Data must be JSON. The caller closes the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys = DefaultKeyBuilder(
            with_bot_id=True, with_business_connection_id=True, with_destiny=True
        )

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        async with self._database.connection() as connection:
            await conversations.set_state(connection, self._keys.build(key), name)

    async def get_state(self, key: StorageKey) -> str | None:
        async with self._database.connection() as connection:
            return await conversations.find_state(connection, self._keys.build(key))

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        async with self._database.connection() as connection:
            await conversations.set_data(connection, self._keys.build(key), dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        async with self._database.connection() as connection:
            return await conversations.find_data(connection, self._keys.build(key))

    async def update_data(self, key: StorageKey, data: Mapping[str, Any]) -> dict[str, Any]:
        async with self._database.connection() as connection:
            return await conversations.update_data(connection, self._keys.build(key), dict(data))

    async def close(self) -> None:
        """Do nothing: the database is the caller's."""
