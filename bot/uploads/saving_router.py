"""Saving a checked contact file: the basis for writing to these people, the list's name, Save."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.ui.i18n import Translator
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD
from bot.uploads import saving_screens as screens
from bot.uploads import service
from bot.uploads.presses import (
    AskBasis,
    CancelSaving,
    ChooseBasis,
    DropUpload,
    KeepListName,
    SaveUpload,
)
from bot.uploads.states import Uploading
from db.models.admin import Admin
from db.models.contact_list import Basis
from db.models.errors import NotFound
from db.pool import Database

LONGEST_NAME = 64
LONGEST_NOTE = 200


async def ask_basis(
    query: CallbackQuery, press: AskBasis, _: Translator, state: FSMContext
) -> None:
    await state.clear()
    await show(query, screens.ask_basis(_, press.upload_id))


async def choose_basis(
    query: CallbackQuery,
    press: ChooseBasis,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
) -> None:
    await state.set_data({"upload_id": press.upload_id})
    if press.basis is Basis.OTHER:
        await state.set_state(Uploading.basis_note)
        await show(query, screens.ask_note(_, press.upload_id))
        return
    upload = await service.choose_basis(database, admin, press.upload_id, press.basis)
    await state.set_state(Uploading.list_name)
    await show(query, screens.ask_name(_, upload))


async def take_note(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    note = _one_line(message, LONGEST_NOTE)
    if note is None:
        await show(message, screens.one_line_wanted(_, LONGEST_NOTE))
        return
    upload_id = await _upload_id(state)
    upload = await service.choose_basis(database, admin, upload_id, Basis.OTHER, note)
    await state.set_state(Uploading.list_name)
    await show(message, screens.ask_name(_, upload))


async def take_name(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    name = _one_line(message, LONGEST_NAME)
    if name is None:
        await show(message, screens.one_line_wanted(_, LONGEST_NAME))
        return
    upload = await service.choose_name(database, admin, await _upload_id(state), name)
    await state.clear()
    await show(message, screens.confirm(_, upload))


async def keep_name(
    query: CallbackQuery,
    press: KeepListName,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
) -> None:
    upload = await service.get(database, admin, press.upload_id)
    await state.clear()
    await show(query, screens.confirm(_, upload))


async def save(
    query: CallbackQuery,
    press: SaveUpload,
    admin: Admin,
    _: Translator,
    database: Database,
    region: str,
) -> None:
    try:
        await service.get(database, admin, press.upload_id)
    except NotFound:
        await query.answer(screens.saved_already(_))
        return
    shown = await show(query, screens.saving(_, press.upload_id))
    message = shown.chat.id, shown.message_id
    await service.save(database, admin, press.upload_id, *message, region)


async def cancel_saving(
    query: CallbackQuery, press: CancelSaving, admin: Admin, _: Translator, database: Database
) -> None:
    cancelled = await service.cancel_saving(database, admin, press.upload_id)
    await query.answer(screens.stopping(_) if cancelled else screens.saved_already(_))


async def drop(
    query: CallbackQuery,
    press: DropUpload,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
) -> None:
    try:
        await service.drop(database, admin, press.upload_id)
    except NotFound:
        await query.answer(screens.saved_already(_))
        return
    await state.clear()
    await show(query, screens.dropped(_))


def _one_line(message: Message, longest: int) -> str | None:
    """Return what was typed, trimmed; None unless it is one line of 1 to `longest` characters."""
    text = (message.text or "").strip()
    return text if 0 < len(text) <= longest and "\n" not in text else None


async def _upload_id(state: FSMContext) -> int:
    upload_id: int = (await state.get_data()).get("upload_id", 0)
    return upload_id


def router() -> Router:
    """Return a fresh router with the handlers of saving."""
    routes = Router(name="upload_saving")
    message, press = routes.message.register, routes.callback_query.register
    press(ask_basis, Pressed(AskBasis), flags=BUILD)
    press(choose_basis, Pressed(ChooseBasis), flags=BUILD)
    message(take_note, Uploading.basis_note, F.text, flags=BUILD)
    message(take_name, Uploading.list_name, F.text, flags=BUILD)
    press(keep_name, Pressed(KeepListName), flags=BUILD)
    press(save, Pressed(SaveUpload), flags=BUILD)
    press(cancel_saving, Pressed(CancelSaving), flags=BUILD)
    press(drop, Pressed(DropUpload), flags=BUILD)
    return routes
