"""The dispatcher put together: storage, middlewares, routers in their order, errors, the menu."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from aiogram import Bot, Dispatcher, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.storage.memory import SimpleEventIsolation
from aiogram.types import BotCommand

from bot.accounts import router as accounts
from bot.campaigns import router as campaigns
from bot.campaigns.live_cards import LiveCards
from bot.contact_lists import router as contact_lists
from bot.drafts import review_router as draft_review
from bot.drafts import router as drafts
from bot.gatherings import router as gatherings
from bot.home import fallback
from bot.home import router as home
from bot.opt_outs import router as opt_outs
from bot.preferences import router as preferences
from bot.process import errors
from bot.process.clean_text import CleanText
from bot.process.fsm_storage import PostgresStorage
from bot.process.middlewares import Gate, ReleaseCard, Rights
from bot.reports import router as reports
from bot.templates import compose_router as composing
from bot.templates import router as templates
from bot.ui.background import Background
from bot.ui.i18n import LANGUAGES, Translator
from bot.ui.menu import menu
from bot.unknowns import router as unknowns
from bot.uploads import router as uploads
from bot.uploads import saving_router as upload_saving
from db.pool import Database

log = logging.getLogger(__name__)


def build_routers() -> tuple[Router, ...]:
    """Return a fresh router of each feature, in the order in which they are asked.

    Routers with commands come before those that take any text or file; the fallback is last.
    """
    return (
        home.router(),
        preferences.router(),
        accounts.router(),
        campaigns.router(),
        drafts.router(),
        draft_review.router(),
        reports.router(),
        unknowns.router(),
        contact_lists.router(),
        gatherings.router(),
        opt_outs.router(),
        templates.router(),
        composing.router(),
        upload_saving.router(),
        uploads.router(),
        fallback.router(),
    )


def build_dispatcher(
    database: Database,
    *,
    owner_id: int,
    zone: ZoneInfo,
    region: str,
    cards: LiveCards,
    background: Background,
) -> Dispatcher:
    """Return a dispatcher that is ready to poll.

    Handlers may ask for `database`, `zone` (the installation's), `region` (the country of phones
    without a country code), `cards` and `background`; Gate adds `admin` and `_`. The user
    `owner_id` becomes the owner at their first update. The caller closes what it passed in.
    """
    dispatcher = Dispatcher(
        storage=PostgresStorage(database),
        events_isolation=SimpleEventIsolation(),
        database=database,
        zone=zone,
        region=region,
        cards=cards,
        background=background,
    )
    dispatcher.update.outer_middleware(CleanText())
    dispatcher.update.outer_middleware(Gate(database, owner_id=owner_id, zone=zone))
    dispatcher.message.middleware(Rights())
    dispatcher.callback_query.middleware(Rights())
    dispatcher.callback_query.middleware(ReleaseCard(cards.release))
    dispatcher.errors.register(errors.show_error)
    dispatcher.startup.register(publish_menu)
    dispatcher.include_routers(*build_routers())
    return dispatcher


async def publish_menu(bot: Bot) -> None:
    """Set the menu of commands in each language, in English for all the others; log a failure."""
    for language in LANGUAGES:
        commands = [
            BotCommand(command=command, description=what)
            for command, what in menu(Translator(language, ZoneInfo("UTC")))
        ]
        code = None if language == "en" else language
        try:
            await bot.set_my_commands(commands, language_code=code)
        except TelegramAPIError as error:
            log.warning("The menu of commands was not published: %s", error)
