"""A checked contact file: why we may write to these people, the list's name, and Save."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from bot.uploads import saving_screens as screens
from bot.uploads import service as uploads
from bot.uploads.states import Uploading
from db.models.admin import Admin, Right
from db.models.contact_list import Basis
from db.models.errors import NotFound
from db.pool import Database

LONGEST_NAME = 64
LONGEST_NOTE = 200

build: dict[str, Any] = needs(Right.BUILD)


async def ask_basis(query: CallbackQuery, press: Press, _: Words, state: FSMContext) -> None:
    await state.clear()
    await show(query, screens.ask_basis(_, press.id))


async def choose_basis(
    query: CallbackQuery,
    press: Press,
    admin: Admin,
    _: Words,
    database: Database,
    state: FSMContext,
) -> None:
    await state.set_data({"upload_id": press.id})
    basis = Basis(press.argument)
    if basis is Basis.OTHER:
        await state.set_state(Uploading.basis_note)
        await show(query, screens.ask_note(_, press.id))
        return
    upload = await uploads.choose_basis(database, admin, press.id, basis)
    await state.set_state(Uploading.list_name)
    await show(query, screens.ask_name(_, upload))


async def take_note(
    message: Message, admin: Admin, _: Words, database: Database, state: FSMContext
) -> None:
    note = _one_line(message, LONGEST_NOTE)
    if note is None:
        await show(message, screens.one_line_wanted(_, LONGEST_NOTE))
        return
    upload_id = await _upload_id(state)
    upload = await uploads.choose_basis(database, admin, upload_id, Basis.OTHER, note)
    await state.set_state(Uploading.list_name)
    await show(message, screens.ask_name(_, upload))


async def take_name(
    message: Message, admin: Admin, _: Words, database: Database, state: FSMContext
) -> None:
    name = _one_line(message, LONGEST_NAME)
    if name is None:
        await show(message, screens.one_line_wanted(_, LONGEST_NAME))
        return
    upload = await uploads.choose_name(database, admin, await _upload_id(state), name)
    await state.clear()
    await show(message, screens.confirm(_, upload))


async def keep_name(
    query: CallbackQuery,
    press: Press,
    admin: Admin,
    _: Words,
    database: Database,
    state: FSMContext,
) -> None:
    upload = await uploads.get(database, admin, press.id)
    await state.clear()
    await show(query, screens.confirm(_, upload))


async def save(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database, region: str
) -> None:
    try:
        await uploads.get(database, admin, press.id)
    except NotFound:
        await query.answer(screens.saved_already(_))
        return
    await show(query, screens.saving(_))
    saved = await uploads.save(database, admin, press.id, region)
    await show(query, screens.saved(_, saved))


async def drop(
    query: CallbackQuery,
    press: Press,
    admin: Admin,
    _: Words,
    database: Database,
    state: FSMContext,
) -> None:
    try:
        await uploads.drop(database, admin, press.id)
    except NotFound:
        await query.answer(screens.saved_already(_))
        return
    await state.clear()
    await show(query, screens.dropped(_))


def _one_line(message: Message, longest: int) -> str | None:
    """What was typed, without NULs and outer blanks; None when it is no line of that length."""
    text = (message.text or "").replace("\0", "").strip()
    return text if 0 < len(text) <= longest and "\n" not in text else None


async def _upload_id(state: FSMContext) -> int:
    upload_id: int = (await state.get_data()).get("upload_id", 0)
    return upload_id


def router() -> Router:
    routes = Router(name="upload_saving")
    routes.callback_query.register(ask_basis, Pressed("u", "why"), flags=build)
    routes.callback_query.register(choose_basis, Pressed("u", "basis"), flags=build)
    routes.message.register(take_note, Uploading.basis_note, F.text, flags=build)
    routes.message.register(take_name, Uploading.list_name, F.text, flags=build)
    routes.callback_query.register(keep_name, Pressed("u", "keep"), flags=build)
    routes.callback_query.register(save, Pressed("u", "save"), flags=build)
    routes.callback_query.register(drop, Pressed("u", "drop"), flags=build)
    return routes
