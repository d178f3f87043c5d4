"""The whole bot: a real dispatcher that polls the sandbox's Bot API, and people who use it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.campaigns.live_cards import LiveCards, Pace
from bot.process.dispatcher import build_dispatcher
from bot.process.notifier import Notifier
from bot.process.worker import build_worker
from bot.ui.background import Background
from db.pool import Database
from sandbox.bot_api import BotApiServer
from sandbox.faults import Faults
from sandbox.person import Person
from sandbox.world import PersonRecord, World
from tests.bot.rows import OPERATOR, OWNER, STRANGER

BOT = 7000000001
TOKEN = f"{BOT}:AAsandbox-token"
UTC_ZONE = ZoneInfo("UTC")


@dataclass(slots=True)
class Office:
    """The running bot and the people who write to it."""

    bot: Bot
    database: Database
    world: World
    faults: Faults
    owner: Person
    operator: Person
    stranger: Person
    background: Background


@functools.cache
def session() -> AiohttpSession:
    """One session, which opens again when it is closed: reading the certificates takes 40 ms."""
    return AiohttpSession()


@pytest.fixture
async def office(tmp_path: Path, database: Database) -> AsyncIterator[Office]:
    """The bot as in the product, but cards are edited every 50 ms."""
    world, faults = World(tmp_path), Faults()
    world.add(PersonRecord(BOT, "Campaign desk", username="desk_bot", is_bot=True, bot_token=TOKEN))
    for person_id, name in ((OWNER, "Olga"), (OPERATOR, "Oleg"), (STRANGER, "Sergey")):
        world.add(PersonRecord(person_id, name))
    door = BotApiServer(world, faults)
    await door.start()
    session().api = TelegramAPIServer.from_base(door.url)
    bot = Bot(TOKEN, session=session(), default=DefaultBotProperties(parse_mode="HTML"))
    cards = LiveCards(bot, database, zone=UTC_ZONE, pace=Pace(first_minute=0.05))
    notifier, background = Notifier(bot, database, zone=UTC_ZONE), Background()
    dispatcher = build_dispatcher(
        database,
        owner_id=OWNER,
        zone=UTC_ZONE,
        region="RU",
        cards=cards,
        background=background,
    )
    async with asyncio.TaskGroup() as work:
        work.create_task(
            dispatcher.start_polling(
                bot, handle_signals=False, handle_as_tasks=False, close_bot_session=False
            )
        )
        works = (cards, notifier, build_worker(bot, database, zone=UTC_ZONE))
        tasks = [work.create_task(one.run()) for one in works]
        yield Office(
            bot,
            database,
            world,
            faults,
            owner=Person(world, OWNER),
            operator=Person(world, OPERATOR),
            stranger=Person(world, STRANGER),
            background=background,
        )
        await dispatcher.stop_polling()
        for task in tasks:
            task.cancel()
    await background.close(1)
    await bot.session.close()
    await door.close()
    world.log.close()
