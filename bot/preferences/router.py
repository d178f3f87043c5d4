"""An admin's own settings: language and time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.preferences import screens as settings
from bot.preferences import service as admins
from bot.preferences.states import Settling
from bot.preferences.zone import parse_zone
from bot.ui import problems
from bot.ui.buttons import Press
from bot.ui.i18n import LANGUAGES, Words, words_for
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database


async def show_settings(message: Message, _: Words) -> None:
    await show(message, settings.settings(_, datetime.now(UTC)))


async def go_to_settings(callback: CallbackQuery, state: FSMContext, _: Words) -> None:
    await state.clear()
    await show(callback, settings.settings(_, datetime.now(UTC)))


async def choose_language(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, zone: ZoneInfo
) -> None:
    language = press.argument if press.argument in LANGUAGES else "en"
    admin = await admins.choose_language(database, admin, language)
    await show(callback, settings.settings(words_for(admin, zone), datetime.now(UTC)))


async def ask_zone(callback: CallbackQuery, state: FSMContext, _: Words) -> None:
    await state.set_state(Settling.zone)
    await show(callback, settings.zones(_))


async def choose_zone(
    callback: CallbackQuery,
    press: Press,
    state: FSMContext,
    database: Database,
    admin: Admin,
    zone: ZoneInfo,
    _: Words,
) -> None:
    if (chosen := parse_zone(press.argument)) is None:
        await show(callback, settings.zones(_), problems.old_button(_))
        return
    await state.clear()
    admin = await admins.choose_zone(database, admin, chosen)
    await show(callback, settings.settings(words_for(admin, zone), datetime.now(UTC)))


async def type_zone(
    message: Message, state: FSMContext, database: Database, admin: Admin, zone: ZoneInfo, _: Words
) -> None:
    typed = message.text or ""
    if (chosen := parse_zone(typed)) is None:
        await show(message, settings.zone_unknown(_, typed))
        return
    await state.clear()
    admin = await admins.choose_zone(database, admin, chosen)
    await show(message, settings.settings(words_for(admin, zone), datetime.now(UTC)))


def router() -> Router:
    routes = Router(name="settings")
    routes.message.register(show_settings, Command("settings"), flags=needs(Right.SEE))
    routes.callback_query.register(
        go_to_settings, Pressed("home", "settings"), flags=needs(Right.SEE)
    )
    routes.callback_query.register(
        choose_language, Pressed("home", "language"), flags=needs(Right.SEE)
    )
    routes.callback_query.register(ask_zone, Pressed("home", "zones"), flags=needs(Right.SEE))
    routes.callback_query.register(choose_zone, Pressed("home", "zone"), flags=needs(Right.SEE))
    routes.message.register(
        type_zone,
        StateFilter(Settling.zone),
        F.text & ~F.text.startswith("/"),
        flags=needs(Right.SEE),
    )
    return routes
