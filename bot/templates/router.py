"""/templates: all messages, one of them, and deleting it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.templates import screens, service
from bot.templates.presses import AskDeleteTemplate, DeleteTemplate, OpenTemplate
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenTemplates
from bot.ui.pager import Page
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD, SEE
from db.models.admin import Admin
from db.models.template import Template
from db.pool import Database


async def command(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    await state.clear()
    await show(message, screens.page(_, admin, await _page(database, 0)))


async def open_page(
    query: CallbackQuery, press: OpenTemplates, admin: Admin, _: Translator, database: Database
) -> None:
    await show(query, screens.page(_, admin, await _page(database, press.offset)))


async def open_card(
    query: CallbackQuery, press: OpenTemplate, admin: Admin, _: Translator, database: Database
) -> None:
    found, file = await service.get(database, press.template_id)
    await show(query, screens.card(_, admin, found, file))


async def ask_delete(
    query: CallbackQuery, press: AskDeleteTemplate, _: Translator, database: Database
) -> None:
    found, _file = await service.get(database, press.template_id)
    await show(query, screens.ask_delete(_, found))


async def delete(
    query: CallbackQuery, press: DeleteTemplate, admin: Admin, _: Translator, database: Database
) -> None:
    await service.delete(database, admin, press.template_id)
    await show(query, screens.page(_, admin, await _page(database, 0)), _("Deleted."))


async def _page(database: Database, offset: int) -> Page[Template]:
    found = await service.page(database, limit=screens.PAGE_SIZE + 1, offset=offset)
    return Page.of(found, offset, screens.PAGE_SIZE)


def router() -> Router:
    """Return a fresh router with the handlers of the saved messages."""
    routes = Router(name="templates")
    message, press = routes.message.register, routes.callback_query.register
    message(command, Command("templates"), flags=SEE)
    press(open_page, Pressed(OpenTemplates), flags=SEE)
    press(open_card, Pressed(OpenTemplate), flags=SEE)
    press(ask_delete, Pressed(AskDeleteTemplate), flags=BUILD)
    press(delete, Pressed(DeleteTemplate), flags=BUILD)
    return routes
