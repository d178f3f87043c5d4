"""The bot's skin put together: storage, gate, routers in their order, errors, the menu."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import BotCommand

from bot import errors
from bot.fsm_storage import PostgresStorage
from bot.live_message import LiveCards
from bot.middlewares import Gate, LettingGo, Rights
from bot.nursery import Nursery
from bot.routers import (
    accounts,
    building,
    campaigns,
    composing,
    contact_lists,
    opt_outs,
    reports,
    settings,
    start,
    strays,
    templates,
    upload_saving,
    uploads,
)
from bot.screens.menu import menu
from bot.words import LANGUAGES, Words
from db.pool import Database

log = logging.getLogger(__name__)

ROUTERS = (  # who has commands stands before who takes any text or file
    start.router,
    settings.router,
    accounts.router,
    campaigns.router,
    building.router,
    reports.router,
    contact_lists.router,
    opt_outs.router,
    templates.router,
    composing.router,
    upload_saving.router,
    uploads.router,
    strays.router,  # takes everything
)


def build_dispatcher(
    database: Database,
    *,
    owner_id: int,
    zone: ZoneInfo,
    region: str,
    cards: LiveCards,
    nursery: Nursery,
) -> Dispatcher:
    """A dispatcher that is ready to poll.

    Handlers may ask for `database`, `zone` (the installation's), `region` (of phones without a
    country code), `cards` and `nursery`; the gate adds `admin` and `_`. `owner_id` becomes the
    owner at first contact. The caller closes what it gave.
    """
    dispatcher = Dispatcher(
        storage=PostgresStorage(database),
        events_isolation=SimpleEventIsolation(),
        database=database,
        zone=zone,
        region=region,
        cards=cards,
        nursery=nursery,
    )
    dispatcher.update.outer_middleware(Gate(database, owner_id=owner_id, zone=zone))
    dispatcher.message.middleware(Rights())
    dispatcher.callback_query.middleware(Rights())
    dispatcher.callback_query.middleware(LettingGo(cards.let_go))
    dispatcher.errors.register(errors.tell)
    dispatcher.startup.register(publish_menu)
    for router in ROUTERS:
        dispatcher.include_router(router)
    return dispatcher


async def publish_menu(bot: Bot) -> None:
    """The commands that Telegram offers, in each language; English for all the others."""
    for language in LANGUAGES:
        commands = [
            BotCommand(command=command, description=what)
            for command, what in menu(Words(language, ZoneInfo("UTC")))
        ]
        code = None if language == "en" else language
        try:
            await bot.set_my_commands(commands, language_code=code)
        except TelegramAPIError as error:
            log.warning("The menu of commands was not published: %s", error)
