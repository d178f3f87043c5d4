"""What no other router takes: stale or forged buttons, and messages without a prompt."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.home import screens, service
from bot.ui import problems
from bot.ui.i18n import Translator
from bot.ui.reply import show
from bot.ui.rights import SEE
from db.models.admin import Admin
from db.pool import Database


async def old_button(
    callback: CallbackQuery, database: Database, admin: Admin, _: Translator
) -> None:
    found = await service.overview(database)
    await show(callback, screens.dashboard(_, admin, found), problems.old_button(_))


async def ignore_own_pin(message: Message) -> None:
    """Ignore Telegram's service message about a card that the bot has pinned."""


async def unhandled(message: Message, _: Translator) -> None:
    await show(message, problems.unhandled(_))


def router() -> Router:
    """Return a fresh router that takes every press and message; it must be included last."""
    routes = Router(name="fallback")
    routes.callback_query.register(old_button, flags=SEE)
    routes.message.register(ignore_own_pin, F.pinned_message, flags=SEE)
    routes.message.register(unhandled, flags=SEE)
    return routes
