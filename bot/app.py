"""The product put together, read from top to bottom like a recipe.

Here, and only here, the bot and the sender meet.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError

from bot import console
from bot.dispatcher import build_dispatcher
from bot.live_message import LiveCards
from bot.notifier import Notifier
from bot.nursery import Nursery
from bot.settings import Settings
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import Database, open_database
from db.sole import SoleRunner
from sender.clients import TelegramAccess, TelegramAddress
from sender.login import LoginFailed, connect_account
from sender.runtime import Runtime
from sender.schedule import Schedule

log = logging.getLogger(__name__)

RETRY_SECONDS = 10


class CannotRun(Exception):
    """The product cannot start, or a command failed; str() is a sentence for the operator."""


async def run(settings: Settings) -> None:
    """Bot, clock and sender in one process, until SIGTERM or Ctrl-C."""
    stop, secret_key = _stop_on_signals(), settings.unlock()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings))

        sole = SoleRunner(database.dsn)
        await sole.take()
        stack.push_async_callback(sole.release)

        bot = _bot(settings)
        stack.push_async_callback(bot.session.close)
        if not await _introduce(bot, stop):
            return

        sender = Runtime(database, secret_key, _access(settings), Schedule(database.dsn))
        await sender.start()
        stack.push_async_callback(sender.stop)

        nursery = Nursery()
        stack.push_async_callback(nursery.close)

        zone = settings.default_zone
        cards = LiveCards(bot, database, zone=zone)
        dispatcher = build_dispatcher(
            database,
            owner_id=settings.owner_id,
            zone=zone,
            region=settings.region,
            cards=cards,
            nursery=nursery,
        )
        async with asyncio.TaskGroup() as group:
            background = [
                group.create_task(cards.run()),
                group.create_task(Notifier(bot, database, zone=zone).run()),
            ]
            await _poll(dispatcher, bot, stop)
            for task in background:
                task.cancel()
    log.info("Stopped")


async def login(settings: Settings) -> None:
    """Connect a sender account: phone, code and password are asked for at the terminal."""
    secret_key = settings.unlock()
    async with _database(settings) as database:
        try:
            account = await connect_account(
                database,
                secret_key,
                _access(settings),
                ask_phone=lambda: console.ask("Phone of the account, like +79991234567:"),
                ask_code=lambda: console.ask("Code that Telegram has sent to it:"),
                ask_password=lambda: console.ask_secret("Its two-step password:"),
                say=console.say,
            )
        except LoginFailed as error:
            raise CannotRun(f"Not connected: {error}") from error
        except console.Closed as error:
            raise CannotRun("Not connected: nobody answered.") from error
        console.say(f"{account.name} is connected and ready to send.")


# --- the ingredients ----------------------------------------------------------


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """The configured Postgres, or the embedded one for as long as we need it; migrated."""
    embedded: EmbeddedPostgres | None = None
    if settings.database_url is not None:
        dsn = settings.database_url.get_secret_value()
    else:
        embedded = EmbeddedPostgres(settings.data_dir / "postgres")
        dsn = await embedded.start()
    try:
        database = await open_database(dsn)
        try:
            await migrate(database)
            yield database
        finally:
            await database.close()
    finally:
        if embedded is not None:
            await embedded.stop()


def _bot(settings: Settings) -> Bot:
    url = settings.telegram_bot_api_url
    session = AiohttpSession(api=TelegramAPIServer.from_base(url)) if url else AiohttpSession()
    return Bot(
        settings.bot_token.get_secret_value(),
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


def _access(settings: Settings) -> TelegramAccess:
    address = None
    if settings.telegram_dc_host is not None:
        key = settings.telegram_server_key
        address = TelegramAddress(
            settings.telegram_dc_host,
            settings.telegram_dc_port,
            key.read_text(encoding="ascii") if key is not None else None,
        )
    return TelegramAccess(settings.api_id, settings.api_hash.get_secret_value(), address)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    return stop


async def _introduce(bot: Bot, stop: asyncio.Event) -> bool:
    """Say who we are to Telegram, patiently; False when asked to stop meanwhile."""
    while not stop.is_set():
        try:
            me = await bot.me()
        except TelegramUnauthorizedError as error:
            raise CannotRun(
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
    """Handle updates until asked to stop.

    One after another: Telegram forgets an update only when the next ones are asked for, so what
    a kill -9 interrupts is sent to us again.
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
        await asyncio.wait_for(stop.wait(), seconds)
