"""Contact files: a document, a pasted list or a shared contact becomes an upload, step by step.

`region` is the country of phones without a country code ("RU").
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message, ReactionTypeEmoji

from bot.templates.states import Composing
from bot.ui.background import Background
from bot.ui.i18n import Translator
from bot.ui.press_filter import Pressed
from bot.ui.reply import NO_PREVIEW, keyboard, show
from bot.ui.rights import BUILD
from bot.ui.screen import Screen
from bot.uploads import faults, saving_screens, screens, service
from bot.uploads.intake.bad_rows import FILE_NAME
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.pasted import contact_file, is_pasted_list
from bot.uploads.presses import (
    ChangeColumn,
    CheckUpload,
    ChooseEncoding,
    OpenColumns,
    OpenSpellings,
    OpenUpload,
)
from db.models.admin import Admin
from db.models.errors import NotFound
from db.pool import Database

MOST_BYTES = 20 * 1024 * 1024  # of a file that the Bot API gives to bots
IN_THE_BACKGROUND = 512 * 1024  # bytes; a larger file does not hold up the admin's other updates
PROGRESS_SECONDS = 3.0

log = logging.getLogger(__name__)


async def take_document(
    message: Message,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
    bot: Bot,
    background: Background,
    region: str,
) -> None:
    document = message.document
    assert document is not None
    await state.clear()
    size = document.file_size or 0
    if size > MOST_BYTES:
        await show(message, faults.too_big(_, -(-size // 1024**2)))
        return
    with suppress(TelegramAPIError):
        await message.react([ReactionTypeEmoji(emoji="👀")])
    name = document.file_name or "contacts"
    shown = await show(message, screens.reading_file(_, name))

    async def work() -> None:
        try:
            stream = await bot.download(document)
        except TelegramAPIError as error:
            log.warning("A file was not fetched: %s", error)
            await _edit(shown, faults.not_fetched(_))
            return
        assert stream is not None
        await _keep(shown, admin, _, database, name, stream.read(), region)

    await _run(work(), size, shown, _, background)


async def take_pasted(
    message: Message, admin: Admin, _: Translator, database: Database, region: str
) -> None:
    shown = await show(message, screens.reading_file(_, _("pasted list")))
    content = (message.text or "").encode()
    await _keep(shown, admin, _, database, _("pasted list") + ".txt", content, region)


async def take_contact(
    message: Message, admin: Admin, _: Translator, database: Database, region: str
) -> None:
    contact = message.contact
    assert contact is not None
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    shown = await show(message, screens.reading_file(_, name))
    content = contact_file(name, contact.phone_number, contact.user_id)
    await _keep(shown, admin, _, database, f"{name}.csv", content, region)


async def refuse_photo(message: Message, _: Translator) -> None:
    await show(message, faults.refused(_, Refusal.PICTURE))


async def open_upload(
    query: CallbackQuery, press: OpenUpload, admin: Admin, _: Translator, database: Database
) -> None:
    await show(query, screens.looked(_, *await service.look(database, admin, press.upload_id)))


async def open_columns(
    query: CallbackQuery, press: OpenColumns, admin: Admin, _: Translator, database: Database
) -> None:
    upload, seen, _before = await service.look(database, admin, press.upload_id)
    await show(query, screens.columns(_, upload, seen, press.page))


async def change_column(
    query: CallbackQuery, press: ChangeColumn, admin: Admin, _: Translator, database: Database
) -> None:
    await service.change_column(database, admin, press.upload_id, press.column)
    upload, seen, _before = await service.look(database, admin, press.upload_id)
    await show(query, screens.columns(_, upload, seen, press.column // screens.SHOWN_COLUMNS))


async def open_spellings(
    query: CallbackQuery, press: OpenSpellings, admin: Admin, _: Translator, database: Database
) -> None:
    found = await service.spellings(database, admin, press.upload_id)
    await show(query, screens.letters(_, press.upload_id, found))


async def choose_encoding(
    query: CallbackQuery,
    press: ChooseEncoding,
    admin: Admin,
    _: Translator,
    database: Database,
    region: str,
) -> None:
    await service.choose_encoding(database, admin, press.upload_id, press.encoding, region)
    await show(query, screens.looked(_, *await service.look(database, admin, press.upload_id)))


async def check(
    query: CallbackQuery,
    press: CheckUpload,
    admin: Admin,
    _: Translator,
    database: Database,
    background: Background,
    region: str,
) -> None:
    upload = await service.get(database, admin, press.upload_id)
    shown = await show(query, screens.checking(_, 0))
    last = time.monotonic()

    async def progress(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            await _edit(shown, screens.checking(_, rows))

    async def work() -> None:
        found = await service.check(database, admin, press.upload_id, region, progress)
        tally = found.tally
        await _edit(
            shown, screens.checked(_, press.upload_id, tally, found.known, found.suppressed)
        )
        if tally.rejected:
            table = await asyncio.to_thread(faults.bad_rows_file, _, tally, found.titles)
            await shown.answer_document(
                BufferedInputFile(table, FILE_NAME), caption=screens.bad_rows_caption(_)
            )

    await _run(work(), len(upload.content), shown, _, background)


async def _keep(
    shown: Message,
    admin: Admin,
    _: Translator,
    database: Database,
    file_name: str,
    content: bytes,
    region: str,
) -> None:
    received = await service.receive(database, admin, file_name, content, region)
    if isinstance(received, Refusal):
        await _edit(shown, faults.refused(_, received))
        return
    await _edit(shown, screens.looked(_, *await service.look(database, admin, received)))


async def _run(
    work: Coroutine[Any, Any, None],
    size: int,
    shown: Message,
    _: Translator,
    background: Background,
) -> None:
    """Await small work; start big work in the background and show its error in `shown`."""

    async def guarded() -> None:
        try:
            await work
        except NotFound:
            log.info("The upload was saved or dropped meanwhile")
        except Exception:
            await _edit(shown, saving_screens.failed(_))
            raise

    if size <= IN_THE_BACKGROUND:
        await work
    else:
        background.start(guarded())


async def _edit(message: Message, screen: Screen) -> None:
    """Edit our message to show the screen; send a new one when it was deleted."""
    try:
        await message.edit_text(
            screen.text, reply_markup=keyboard(screen), link_preview_options=NO_PREVIEW
        )
    except TelegramBadRequest as error:
        if "not modified" not in error.message:
            await show(message, screen)


def router() -> Router:
    """Return a fresh router with the handlers of contact files."""
    routes = Router(name="uploads")
    message, press = routes.message.register, routes.callback_query.register
    composing, pasted = StateFilter(Composing.message), F.text.func(is_pasted_list)
    message(take_document, F.document, ~composing, flags=BUILD)
    message(take_pasted, StateFilter(None), F.text, pasted, flags=BUILD)
    message(take_contact, F.contact, ~composing, flags=BUILD)
    message(refuse_photo, F.photo, StateFilter(None), flags=BUILD)
    press(open_upload, Pressed(OpenUpload), flags=BUILD)
    press(open_columns, Pressed(OpenColumns), flags=BUILD)
    press(change_column, Pressed(ChangeColumn), flags=BUILD)
    press(open_spellings, Pressed(OpenSpellings), flags=BUILD)
    press(choose_encoding, Pressed(ChooseEncoding), flags=BUILD)
    press(check, Pressed(CheckUpload), flags=BUILD)
    return routes
