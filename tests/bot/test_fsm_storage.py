"""The conversation storage: aiogram's contract, and no lost update among concurrent ones."""

from __future__ import annotations

import asyncio

import pytest
from aiogram.fsm.storage.base import StorageKey

from bot.drafts.states import Building
from bot.process.fsm_storage import PostgresStorage
from db.pool import Database

KEY = StorageKey(bot_id=7, chat_id=101, user_id=101)


@pytest.fixture
def storage(database: Database) -> PostgresStorage:
    return PostgresStorage(database)


async def test_a_state_is_kept_and_cleared(storage: PostgresStorage) -> None:
    assert await storage.get_state(KEY) is None
    await storage.set_state(KEY, Building.name)
    assert await storage.get_state(KEY) == "Building:name"
    await storage.set_state(KEY, "by name")
    assert await storage.get_state(KEY) == "by name"
    await storage.set_state(KEY, None)
    assert await storage.get_state(KEY) is None


async def test_data_are_kept_replaced_and_read_by_name(storage: PostgresStorage) -> None:
    assert await storage.get_data(KEY) == {}
    assert await storage.get_value(KEY, "foo") is None
    await storage.set_data(KEY, {"foo": "bar", "deep": {"list": [1, None]}})
    assert await storage.get_data(KEY) == {"foo": "bar", "deep": {"list": [1, None]}}
    assert await storage.get_value(KEY, "foo") == "bar"
    assert await storage.get_value(KEY, "baz", "default") == "default"
    await storage.set_data(KEY, {})
    assert await storage.get_data(KEY) == {}


async def test_an_update_answers_with_the_whole(storage: PostgresStorage) -> None:
    assert await storage.update_data(KEY, {"foo": "bar"}) == {"foo": "bar"}
    assert await storage.update_data(KEY, {"baz": 1, "foo": 2}) == {"foo": 2, "baz": 1}
    assert await storage.update_data(KEY, {}) == {"foo": 2, "baz": 1}


async def test_state_and_data_do_not_disturb_each_other(storage: PostgresStorage) -> None:
    await storage.set_data(KEY, {"foo": 1})
    await storage.set_state(KEY, "waiting")
    await storage.update_data(KEY, {"bar": 2})
    await storage.set_state(KEY, None)
    assert await storage.get_data(KEY) == {"foo": 1, "bar": 2}


async def test_people_chats_bots_and_destinies_are_apart(storage: PostgresStorage) -> None:
    keys = [
        KEY,
        StorageKey(bot_id=8, chat_id=101, user_id=101),
        StorageKey(bot_id=7, chat_id=102, user_id=101),
        StorageKey(bot_id=7, chat_id=101, user_id=102),
        StorageKey(bot_id=7, chat_id=101, user_id=101, destiny="other"),
    ]
    for place, key in enumerate(keys):
        await storage.set_data(key, {"place": place})
    assert [(await storage.get_data(key))["place"] for key in keys] == [0, 1, 2, 3, 4]


async def test_nothing_written_at_the_same_time_is_lost(storage: PostgresStorage) -> None:
    await asyncio.gather(*(storage.update_data(KEY, {str(n): n}) for n in range(200)))
    assert await storage.get_data(KEY) == {str(n): n for n in range(200)}
