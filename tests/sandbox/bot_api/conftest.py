"""Fixtures: a world with one bot and two people, its Bot API on loopback, and aiogram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import MessageEntity

from sandbox.bot_api import BotApiServer
from sandbox.faults import Faults
from sandbox.person import Person
from sandbox.world import PersonRecord, World

BOT, ANNA, BORIS = 7000000001, 101, 102
TOKEN = f"{BOT}:AAsandbox-token"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(BOT, "Campaign desk", username="desk_bot", is_bot=True, bot_token=TOKEN))
    world.add(PersonRecord(ANNA, "Anna", username="anna", phone="79990000101", language="ru"))
    world.add(PersonRecord(BORIS, "Борис"))
    return world


@pytest.fixture
async def bot_api(world: World, faults: Faults) -> AsyncIterator[BotApiServer]:
    bot_api = BotApiServer(world, faults)
    await bot_api.start()
    yield bot_api
    await bot_api.close()


@pytest.fixture
async def bot(bot_api: BotApiServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api.url))
    yield Bot(TOKEN, session=session)
    # AiohttpSession.close() sleeps for TLS connections; these have none.
    await (await session.create_session()).close()


@pytest.fixture
async def anna(world: World) -> Person:
    """Anna, who has sent /start to the bot."""
    anna = Person(world, ANNA)
    await anna.say("desk_bot", "/start")
    return anna


def spans(entities: list[MessageEntity] | None) -> list[tuple[str, int, int]]:
    """Return entities as (type, offset, length), which compare without their bot."""
    return [(one.type, one.offset, one.length) for one in entities or ()]
