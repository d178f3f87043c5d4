"""/optouts shows the stop list and the closing line, /optout adds a person to the list."""

from __future__ import annotations

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.opt_outs import screens, service
from bot.opt_outs.intake.reading import read, read_id, read_phone
from bot.opt_outs.presses import (
    AskLine,
    BarPhone,
    BarUser,
    GoOnWriting,
    OpenStopList,
    StopWriting,
    UseDefaultLine,
)
from bot.opt_outs.states import OptingOut
from bot.opt_outs.view_model import Outcome
from bot.ui.i18n import Translator
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import ACCOUNTS, BUILD, SEE
from bot.ui.screen import Screen
from db.models.admin import Admin
from db.models.opt_out import is_closing_line
from db.pool import Database


async def show_stop_list(
    event: Message | CallbackQuery,
    database: Database,
    admin: Admin,
    state: FSMContext,
    _: Translator,
) -> None:
    await state.clear()
    await show(event, await _stop_list(database, admin, _))


async def suppress(
    message: Message,
    command: CommandObject,
    database: Database,
    admin: Admin,
    region: str,
    _: Translator,
) -> None:
    if not (readings := read(command.args or "", region)):
        await show(message, await _stop_list(database, admin, _))
        return
    understood, rest = await service.read(database, readings)
    outcome = replace(rest, barred=await service.bar(database, admin, understood))
    if outcome.barred or outcome.not_understood or len(outcome.to_ask) > screens.MOST_QUESTIONS:
        await show(message, screens.barred(_, outcome))
    for number in outcome.to_ask[: screens.MOST_QUESTIONS]:
        await show(message, screens.phone_or_id(_, number))


async def bar_number(
    query: CallbackQuery,
    press: BarPhone | BarUser,
    database: Database,
    admin: Admin,
    region: str,
    _: Translator,
) -> None:
    reading = (
        read_phone(str(press.number), region)
        if isinstance(press, BarPhone)
        else read_id(press.user_id)
    )
    if reading is not None:
        await show(query, screens.barred(_, Outcome(await service.bar(database, admin, [reading]))))


# --- the closing line -----------------------------------------------------------


async def ask_line(
    query: CallbackQuery, database: Database, state: FSMContext, _: Translator
) -> None:
    await state.set_state(OptingOut.line)
    found = await service.stop_list(database)
    await show(query, screens.ask_line(_, found.line))


async def take_line(
    message: Message, database: Database, admin: Admin, state: FSMContext, _: Translator
) -> None:
    line = (message.text or "").strip()
    if not is_closing_line(line):
        await show(message, screens.line_refused(_))
        return
    await state.clear()
    await service.change_line(database, admin, line)
    await show(message, await _stop_list(database, admin, _))


async def use_default_line(
    query: CallbackQuery, database: Database, admin: Admin, state: FSMContext, _: Translator
) -> None:
    await state.clear()
    await service.change_line(database, admin, None)
    await show(query, await _stop_list(database, admin, _))


# --- unclear replies -------------------------------------------------------------


async def decide(
    query: CallbackQuery,
    press: StopWriting | GoOnWriting,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    stops = isinstance(press, StopWriting)
    reply, first = await service.decide(database, admin, press.reply_id, stops=stops)
    toast = None if first else screens.decided_before(_)
    await show(query, screens.decided(_, reply), toast)


async def _stop_list(database: Database, admin: Admin, _: Translator) -> Screen:
    found = await service.stop_list(database)
    return screens.stop_list(_, admin, found.size, found.line)


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="opt_outs")
    message, press = routes.message.register, routes.callback_query.register
    message(show_stop_list, Command("optouts"), flags=SEE)
    press(show_stop_list, Pressed(OpenStopList), flags=SEE)
    message(suppress, Command("optout"), flags=BUILD)
    press(bar_number, Pressed(BarPhone, BarUser), flags=BUILD)
    press(ask_line, Pressed(AskLine), flags=ACCOUNTS)
    message(take_line, OptingOut.line, F.text, ~F.text.startswith("/"), flags=ACCOUNTS)
    press(use_default_line, Pressed(UseDefaultLine), flags=ACCOUNTS)
    press(decide, Pressed(StopWriting, GoOnWriting), flags=BUILD)
    return routes
