"""The dashboard, the help and /cancel, which work from anywhere."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.home import screens, service
from bot.ui.i18n import Translator
from bot.ui.navigation import CancelPrompt, OpenHome
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import SEE
from db.models.admin import Admin
from db.pool import Database


async def show_dashboard(
    event: Message | CallbackQuery,
    state: FSMContext,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    await state.clear()
    await show(event, screens.dashboard(_, admin, await service.overview(database)))


async def show_help(message: Message, admin: Admin, _: Translator) -> None:
    await show(message, screens.help_text(_, admin))


async def cancel(event: Message | CallbackQuery, state: FSMContext, _: Translator) -> None:
    prompt = await state.get_state()
    await state.clear()
    await show(event, screens.cancelled(_, prompt))


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="home")
    message, press = routes.message.register, routes.callback_query.register
    message(show_dashboard, CommandStart(), flags=SEE)
    press(show_dashboard, Pressed(OpenHome), flags=SEE)
    message(show_help, Command("help"), flags=SEE)
    message(cancel, Command("cancel"), flags=SEE)
    press(cancel, Pressed(CancelPrompt), flags=SEE)
    return routes
