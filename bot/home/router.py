"""The dashboard, the help, /cancel: what works from anywhere."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.home import screens as dashboard
from bot.home import service as overview
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database


async def start(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Words
) -> None:
    await state.clear()
    await show(message, dashboard.dashboard(_, admin, await overview.overview(database)))


async def go_home(
    callback: CallbackQuery, state: FSMContext, database: Database, admin: Admin, _: Words
) -> None:
    await state.clear()
    await show(callback, dashboard.dashboard(_, admin, await overview.overview(database)))


async def help_(message: Message, admin: Admin, _: Words) -> None:
    await show(message, dashboard.help_text(_, admin))


async def cancel(message: Message, state: FSMContext, _: Words) -> None:
    was = await state.get_state()
    await state.clear()
    await show(message, dashboard.cancelled(_, was))


async def cancel_by_button(callback: CallbackQuery, state: FSMContext, _: Words) -> None:
    was = await state.get_state()
    await state.clear()
    await show(callback, dashboard.cancelled(_, was))


def router() -> Router:
    routes = Router(name="start")
    routes.message.register(start, CommandStart(), flags=needs(Right.SEE))
    routes.callback_query.register(go_home, Pressed("home", "show"), flags=needs(Right.SEE))
    routes.message.register(help_, Command("help"), flags=needs(Right.SEE))
    routes.message.register(cancel, Command("cancel"), flags=needs(Right.SEE))
    routes.callback_query.register(
        cancel_by_button, Pressed("home", "cancel"), flags=needs(Right.SEE)
    )
    return routes
