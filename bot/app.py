"""The commands of the product, each put together from top to bottom.

The only module that imports both the bot and the sender.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.process import console
from bot.process.lean_aiogram import import_aiogram
from bot.process.private_files import unlock
from bot.process.standby import stand_by, until_lost
from bot.process.watched_postgres import watched
from bot.settings import Settings, strong
from db.dsn import Dsn
from db.embedded import EmbeddedPostgres
from db.migrate import migrate
from db.pool import Database, open_database
from db.process_lock import AlreadyRunning, ProcessLock
from sender.accounts.login import LoginFailed, connect_account
from sender.accounts.rekey import StillRunning, WrongKey, check_key
from sender.accounts.rekey import rekey as seal_again
from sender.engine.runtime import Runtime
from sender.engine.schedule import Schedule
from sender.telegram.connect import TelegramAccess, TelegramAddress
from sender.telegram.sealing import CannotUnseal

log = logging.getLogger(__name__)

MAIN = "main"  # the name of a process that was given none


class CannotRun(Exception):
    """The product cannot start, or a command failed; str() is a sentence for the operator."""


async def run(settings: Settings, name: str = MAIN) -> None:
    """Run the bot, the clock and the sender in one process, until SIGTERM or Ctrl-C.

    One process at a time polls for the bot. Another stands by for that role, and sends meanwhile
    if its name is different.
    """
    # The other commands do without aiogram, which takes a second of processor time to import.
    import_aiogram()
    from bot.process.polling import UnknownToken, run_bot

    stop, secret_key = _stop_on_signals(), unlock(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings, stop))
        await _check_key(database, secret_key)

        own_name = ProcessLock(database.dsn, f"name {name}")
        stack.push_async_callback(own_name.release)
        at_once = await own_name.acquire()
        if not at_once and not await stand_by(own_name, stop):
            return

        sender = _sender(settings, database, secret_key, name, at_once=at_once)
        await sender.start()
        stack.push_async_callback(sender.stop)

        bot_role = ProcessLock(database.dsn, "bot")
        stack.push_async_callback(bot_role.release)
        async with until_lost(own_name, stop):
            if not await bot_role.acquire() and not await stand_by(bot_role, stop):
                return
            async with until_lost(bot_role, stop):
                try:
                    await run_bot(settings, database, stop)
                except UnknownToken as error:
                    raise CannotRun(str(error)) from error
    log.info("Stopped")


async def send(settings: Settings, name: str) -> None:
    """Run the clock and the sender without the bot. Raise AlreadyRunning for a name in use."""
    stop, secret_key = _stop_on_signals(), unlock(settings)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings, stop))
        await _check_key(database, secret_key)

        own_name = ProcessLock(database.dsn, f"name {name}")
        stack.push_async_callback(own_name.release)
        if not await own_name.acquire():
            raise AlreadyRunning(name)

        sender = _sender(settings, database, secret_key, name, at_once=True)
        await sender.start()
        stack.push_async_callback(sender.stop)
        log.info("Sending as %s", name)
        async with until_lost(own_name, stop):
            await stop.wait()
    log.info("Stopped")


async def login(settings: Settings) -> None:
    """Connect a sender account by phone, code and password, asked for at the terminal."""
    secret_key = unlock(settings)
    async with _database(settings, asyncio.Event()) as database:
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
        except console.InputClosed as error:
            raise CannotRun("Not connected: nobody answered.") from error
        console.say(f"{account.name} is connected and ready to send.")


async def rekey(settings: Settings) -> None:
    """Seal all accounts' sessions under a new key, in one transaction."""
    old_key, new_key = unlock(settings), settings.next_key()
    async with _database(settings, asyncio.Event()) as database:
        try:
            if new_key is None:
                new_key = strong(await console.ask_secret("The new SECRET_KEY:"))
            count = await seal_again(database, old_key, new_key)
        except (CannotUnseal, StillRunning) as error:
            raise CannotRun(f"Nothing was changed: {error}") from error
        except console.InputClosed as error:
            raise CannotRun("Nothing was changed: nobody answered.") from error
    console.say(f"{count} sessions are sealed under the new key.")
    if not settings.adopt_next_key():
        console.say("Put it into SECRET_KEY before you start Predlagator again.")


# --- the parts -----------------------------------------------------------------


@asynccontextmanager
async def _database(settings: Settings, stop: asyncio.Event) -> AsyncIterator[Database]:
    """Open the configured Postgres, or start and stop the embedded one; either is migrated.

    An embedded one that dies is started again. When that fails `stop` is set, and DatabaseDown is
    raised in the end.
    """
    embedded: EmbeddedPostgres | None = None
    if settings.database_url is not None:
        dsn = settings.database_url
    else:
        embedded = EmbeddedPostgres(settings.data_dir / "postgres")
        dsn = Dsn.parse(await embedded.start())
    try:
        database = await open_database(dsn)
        try:
            await migrate(database)
            async with watched(embedded, stop):
                yield database
        finally:
            await database.close()
    finally:
        if embedded is not None:
            await embedded.stop()


def _sender(
    settings: Settings, database: Database, secret_key: str, name: str, *, at_once: bool
) -> Runtime:
    gc.freeze()  # the collector would scan what is imported for 70 ms, which delays messages
    clock = Schedule(database.dsn, name)
    access = _access(settings)
    return Runtime(database, secret_key, access, clock, name=name, at_once=at_once)


async def _check_key(database: Database, secret_key: str) -> None:
    try:
        await check_key(database, secret_key)
    except WrongKey as error:
        raise CannotRun(str(error)) from error


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
