"""The bot in this process: long polling, the live cards and the notifier."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError

from bot.campaigns.live_cards import LiveCards
from bot.process.dispatcher import build_dispatcher
from bot.process.notifier import Notifier
from bot.process.worker import build_worker
from bot.settings import Settings
from bot.ui.background import Background
from db.pool import Database

log = logging.getLogger(__name__)

RETRY_SECONDS = 10


class UnknownToken(Exception):
    """Telegram does not know BOT_TOKEN; str() is a sentence for the operator."""


async def run_bot(settings: Settings, database: Database, stop: asyncio.Event) -> None:
    """Handle updates, edit live cards and send notifications until `stop` is set.

    Raise UnknownToken.
    """
    async with AsyncExitStack() as stack:
        bot = _bot(settings)
        stack.push_async_callback(bot.session.close)
        if not await _connect(bot, stop):
            return

        background = Background()
        stack.push_async_callback(background.close)

        zone = settings.default_zone
        cards = LiveCards(bot, database, zone=zone)
        dispatcher = build_dispatcher(
            database,
            owner_id=settings.owner_id,
            zone=zone,
            region=settings.region,
            cards=cards,
            background=background,
        )
        async with asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(cards.run()),
                group.create_task(Notifier(bot, database, zone=zone).run()),
                group.create_task(build_worker(bot, database, zone=zone).run()),
            ]
            await _poll(dispatcher, bot, stop)
            for task in helpers:
                task.cancel()


def _bot(settings: Settings) -> Bot:
    url = settings.telegram_bot_api_url
    session = AiohttpSession(api=TelegramAPIServer.from_base(url)) if url else AiohttpSession()
    return Bot(
        settings.bot_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


async def _connect(bot: Bot, stop: asyncio.Event) -> bool:
    """Call getMe until it succeeds. Return False when `stop` is set before. Raise UnknownToken."""
    while not stop.is_set():
        try:
            me = await bot.me()
        except TelegramUnauthorizedError as error:
            raise UnknownToken(
                "Telegram does not know this BOT_TOKEN: take the right one from @BotFather."
            ) from error
        except TelegramAPIError as error:
            log.warning("Telegram cannot be reached, trying again: %s", error)
            await _sleep(RETRY_SECONDS, stop)
        else:
            log.info("Running as @%s", me.username)
            return True
    return False


async def _poll(dispatcher: Dispatcher, bot: Bot, stop: asyncio.Event) -> None:
    """Handle updates one after another until `stop` is set.

    Telegram deletes an update when a later one is asked for, so an update that a kill -9
    interrupts is sent again: https://core.telegram.org/bots/api#getupdates
    """
    async with asyncio.TaskGroup() as group:
        polling = group.create_task(
            dispatcher.start_polling(
                bot,
                handle_signals=False,
                handle_as_tasks=False,
                close_bot_session=False,
                allowed_updates=dispatcher.resolve_used_update_types(),
            )
        )
        stopped = group.create_task(stop.wait())
        await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not polling.done():
            await dispatcher.stop_polling()
        stopped.cancel()


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
