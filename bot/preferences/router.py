"""An admin's own settings: language and time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.preferences import screens, service
from bot.preferences.presses import ChooseZone
from bot.preferences.states import Preferences
from bot.ui.i18n import Translator, translator_for
from bot.ui.navigation import ChooseLanguage, OpenSettings, OpenZones
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import SEE
from bot.zone import parse_zone
from db.models.admin import Admin
from db.pool import Database


async def show_settings(message: Message, _: Translator) -> None:
    await show(message, screens.settings(_, datetime.now(UTC)))


async def open_settings(callback: CallbackQuery, state: FSMContext, _: Translator) -> None:
    await state.clear()
    await show(callback, screens.settings(_, datetime.now(UTC)))


async def choose_language(
    callback: CallbackQuery,
    press: ChooseLanguage,
    database: Database,
    admin: Admin,
    zone: ZoneInfo,
) -> None:
    admin = await service.choose_language(database, admin, press.language)
    await show(callback, screens.settings(translator_for(admin, zone), datetime.now(UTC)))


async def ask_zone(callback: CallbackQuery, state: FSMContext, _: Translator) -> None:
    await state.set_state(Preferences.zone)
    await show(callback, screens.zones(_))


async def choose_zone(
    callback: CallbackQuery,
    press: ChooseZone,
    state: FSMContext,
    database: Database,
    admin: Admin,
    zone: ZoneInfo,
) -> None:
    await state.clear()
    admin = await service.choose_zone(database, admin, press.zone)
    await show(callback, screens.settings(translator_for(admin, zone), datetime.now(UTC)))


async def type_zone(
    message: Message,
    state: FSMContext,
    database: Database,
    admin: Admin,
    zone: ZoneInfo,
    _: Translator,
) -> None:
    typed = message.text or ""
    if (chosen := parse_zone(typed)) is None:
        await show(message, screens.zone_unknown(_, typed))
        return
    await state.clear()
    admin = await service.choose_zone(database, admin, chosen)
    await show(message, screens.settings(translator_for(admin, zone), datetime.now(UTC)))


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="preferences")
    message, press = routes.message.register, routes.callback_query.register
    message(show_settings, Command("settings"), flags=SEE)
    press(open_settings, Pressed(OpenSettings), flags=SEE)
    press(choose_language, Pressed(ChooseLanguage), flags=SEE)
    press(ask_zone, Pressed(OpenZones), flags=SEE)
    press(choose_zone, Pressed(ChooseZone), flags=SEE)
    message(type_zone, Preferences.zone, F.text, ~F.text.startswith("/"), flags=SEE)
    return routes
