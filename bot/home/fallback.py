"""Whatever nobody else took: old or forged buttons, and messages nothing was waiting for."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.home import service as overview
from bot.home.screens import dashboard
from bot.ui import problems
from bot.ui.i18n import Words
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database


async def old_button(callback: CallbackQuery, database: Database, admin: Admin, _: Words) -> None:
    found = await overview.overview(database)
    await show(callback, dashboard(_, admin, found), problems.old_button(_))


async def own_pin(message: Message) -> None:
    """Telegram's note that we pinned a card: nothing to say."""


async def unhandled(message: Message, _: Words) -> None:
    await show(message, problems.unhandled(_))


def router() -> Router:
    routes = Router(name="strays")
    routes.callback_query.register(old_button, flags=needs(Right.SEE))
    routes.message.register(own_pin, F.pinned_message, flags=needs(Right.SEE))
    routes.message.register(unhandled, flags=needs(Right.SEE))
    return routes
