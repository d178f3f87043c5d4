"""/templates: all messages, one of them, and deleting it."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.templates import screens
from bot.templates import service as templates
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database

see: dict[str, Any] = needs(Right.SEE)
build: dict[str, Any] = needs(Right.BUILD)


async def command(
    message: Message, admin: Admin, _: Words, database: Database, state: FSMContext
) -> None:
    await state.clear()
    found = await templates.page(database, limit=screens.PAGE + 1, offset=0)
    await show(message, screens.page(_, admin, found, 0))


async def page(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    found = await templates.page(database, limit=screens.PAGE + 1, offset=press.id)
    await show(query, screens.page(_, admin, found, press.id))


async def card(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    await show(query, screens.card(_, admin, *await templates.get(database, press.id)))


async def ask_delete(query: CallbackQuery, press: Press, _: Words, database: Database) -> None:
    template, _file = await templates.get(database, press.id)
    await show(query, screens.ask_delete(_, template))


async def delete(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    await templates.delete(database, admin, press.id)
    found = await templates.page(database, limit=screens.PAGE + 1, offset=0)
    await show(query, screens.page(_, admin, found, 0), _("Deleted."))


def router() -> Router:
    routes = Router(name="templates")
    routes.message.register(command, Command("templates"), flags=see)
    routes.callback_query.register(page, Pressed("t", "page"), flags=see)
    routes.callback_query.register(card, Pressed("t", "show"), flags=see)
    routes.callback_query.register(ask_delete, Pressed("t", "ask_delete"), flags=build)
    routes.callback_query.register(delete, Pressed("t", "delete"), flags=build)
    return routes
