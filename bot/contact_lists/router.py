"""/lists: all contact lists, one of them, and deleting it."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.contact_lists import screens
from bot.contact_lists import service as contact_lists
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database

see: dict[str, Any] = needs(Right.SEE)
build: dict[str, Any] = needs(Right.BUILD)


async def command(message: Message, _: Words, database: Database, state: FSMContext) -> None:
    await state.clear()
    found = await contact_lists.page(database, limit=screens.PAGE + 1, offset=0)
    await show(message, screens.page(_, found, 0))


async def page(query: CallbackQuery, press: Press, _: Words, database: Database) -> None:
    found = await contact_lists.page(database, limit=screens.PAGE + 1, offset=press.id)
    await show(query, screens.page(_, found, press.id))


async def card(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    await show(query, screens.card(_, admin, *await contact_lists.get(database, press.id)))


async def ask_delete(query: CallbackQuery, press: Press, _: Words, database: Database) -> None:
    await show(query, screens.ask_delete(_, *await contact_lists.get_with_use(database, press.id)))


async def delete(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    await contact_lists.delete(database, admin, press.id)
    found = await contact_lists.page(database, limit=screens.PAGE + 1, offset=0)
    await show(query, screens.page(_, found, 0), _("Deleted."))


def router() -> Router:
    routes = Router(name="contact_lists")
    routes.message.register(command, Command("lists"), flags=see)
    routes.callback_query.register(page, Pressed("l", "page"), flags=see)
    routes.callback_query.register(card, Pressed("l", "show"), flags=see)
    routes.callback_query.register(ask_delete, Pressed("l", "ask_delete"), flags=build)
    routes.callback_query.register(delete, Pressed("l", "delete"), flags=build)
    return routes
