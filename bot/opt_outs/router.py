"""/optouts shows the stop list and the closing line, /optout puts somebody onto the list."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.opt_outs import screens
from bot.opt_outs import service as opt_outs
from bot.opt_outs.states import OptingOut
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from bot.ui.screen import Screen
from bot.uploads.intake import identities
from db.models.admin import Admin, Right
from db.models.contact import Identity
from db.models.opt_out import is_closing_line
from db.pool import Database

router = Router(name="opt_outs")
see: dict[str, Any] = needs(Right.SEE)
build: dict[str, Any] = needs(Right.BUILD)
accounts: dict[str, Any] = needs(Right.ACCOUNTS)


@router.message(Command("optouts"), flags=see)
async def stop_list(
    message: Message, database: Database, admin: Admin, state: FSMContext, _: Words
) -> None:
    await state.clear()
    await show(message, await _stop_list(database, admin, _))


@router.callback_query(Pressed(screens.NOUN, "show"), flags=see)
async def show_again(
    query: CallbackQuery, database: Database, admin: Admin, state: FSMContext, _: Words
) -> None:
    await state.clear()
    await show(query, await _stop_list(database, admin, _))


@router.message(Command("optout"), flags=build)
async def bar(
    message: Message,
    command: CommandObject,
    database: Database,
    admin: Admin,
    region: str,
    _: Words,
) -> None:
    if not (typed := identities.tidy(command.args or "")):
        await show(message, await _stop_list(database, admin, _))
        return
    identity = (
        identities.username(typed)
        if identities.is_username(typed)
        else identities.phone(typed, region)
    )
    if not isinstance(identity, Identity):
        await show(message, screens.not_understood(_, typed))
        return
    newly = await opt_outs.bar(database, admin, identity)
    await show(message, screens.barred(_, typed, already=not newly))


# --- the closing line -----------------------------------------------------------


@router.callback_query(Pressed(screens.NOUN, "ask_line"), flags=accounts)
async def ask_line(query: CallbackQuery, database: Database, state: FSMContext, _: Words) -> None:
    await state.set_state(OptingOut.line)
    found = await opt_outs.stop_list(database)
    await show(query, screens.ask_line(_, found.line))


@router.message(OptingOut.line, F.text, ~F.text.startswith("/"), flags=accounts)
async def take_line(
    message: Message, database: Database, admin: Admin, state: FSMContext, _: Words
) -> None:
    line = (message.text or "").replace("\0", "").strip()
    if not is_closing_line(line):
        await show(message, screens.line_refused(_))
        return
    await state.clear()
    await opt_outs.change_line(database, admin, line)
    await show(message, await _stop_list(database, admin, _))


@router.callback_query(Pressed(screens.NOUN, "own_line"), flags=accounts)
async def own_line(
    query: CallbackQuery, database: Database, admin: Admin, state: FSMContext, _: Words
) -> None:
    await state.clear()
    await opt_outs.change_line(database, admin, None)
    await show(query, await _stop_list(database, admin, _))


# --- unclear words ---------------------------------------------------------------


@router.callback_query(Pressed(screens.NOUN, "stop", "go_on"), flags=build)
async def decide(
    query: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    reply, first = await opt_outs.decide(database, admin, press.id, stops=press.act == "stop")
    toast = None if first else screens.decided_before(_)
    await show(query, screens.decided(_, reply), toast)


async def _stop_list(database: Database, admin: Admin, _: Words) -> Screen:
    found = await opt_outs.stop_list(database)
    return screens.stop_list(_, admin, found.size, found.line)
