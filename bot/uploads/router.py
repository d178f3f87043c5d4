"""Contact files: any document, a pasted list or a shared contact becomes an upload, step by step.

Needs `region` (where national phone numbers are from) and `background` in the workflow data.
"""

from __future__ import annotations

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
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import NO_PREVIEW, keyboard, show
from bot.ui.rights import needs
from bot.ui.screen import Screen
from bot.uploads import faults as upload_faults
from bot.uploads import saving_screens as upload_saving
from bot.uploads import screens
from bot.uploads import service as uploads
from bot.uploads.intake.bad_rows import FILE_NAME, bad_rows
from bot.uploads.intake.decode import Refusal
from bot.uploads.intake.pasted import contact_file, is_pasted_list
from db.models.admin import Admin, Right
from db.models.errors import NotFound
from db.pool import Database

MOST_BYTES = 20 * 1024 * 1024  # what the Bot API gives to bots
IN_THE_BACKGROUND = 512 * 1024  # bytes; files above it do not hold up their sender's other taps
PROGRESS_SECONDS = 3.0

log = logging.getLogger(__name__)
build: dict[str, Any] = needs(Right.BUILD)


async def take_document(
    message: Message,
    admin: Admin,
    _: Words,
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
        await show(message, upload_faults.too_big(_, -(-size // 1024**2)))
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
            await _turn(shown, upload_faults.not_fetched(_))
            return
        assert stream is not None
        await _receive(shown, admin, _, database, name, stream.read(), region)

    await _at_ease(work(), size, shown, _, background)


async def take_pasted(
    message: Message, admin: Admin, _: Words, database: Database, region: str
) -> None:
    shown = await show(message, screens.reading_file(_, _("pasted list")))
    content = (message.text or "").encode()
    await _receive(shown, admin, _, database, _("pasted list") + ".txt", content, region)


async def take_contact(
    message: Message, admin: Admin, _: Words, database: Database, region: str
) -> None:
    contact = message.contact
    assert contact is not None
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    shown = await show(message, screens.reading_file(_, name))
    content = contact_file(name, contact.phone_number, contact.user_id)
    await _receive(shown, admin, _, database, f"{name}.csv", content, region)


async def refuse_photo(message: Message, _: Words) -> None:
    await show(message, upload_faults.refused(_, Refusal.PICTURE))


async def look(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    await show(query, screens.looked(_, *await uploads.look(database, admin, press.id)))


async def columns(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    upload, seen, _before = await uploads.look(database, admin, press.id)
    await show(query, screens.columns(_, upload, seen, int(press.argument or 0)))


async def turn_column(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    column = int(press.argument)
    await uploads.turn_column(database, admin, press.id, column)
    upload, seen, _before = await uploads.look(database, admin, press.id)
    await show(query, screens.columns(_, upload, seen, column // screens.SHOWN_COLUMNS))


async def letters(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database
) -> None:
    found = await uploads.spellings(database, admin, press.id)
    await show(query, screens.letters(_, press.id, found))


async def choose_encoding(
    query: CallbackQuery, press: Press, admin: Admin, _: Words, database: Database, region: str
) -> None:
    await uploads.choose_encoding(database, admin, press.id, press.argument, region)
    await look(query, press, admin, _, database)


async def check(
    query: CallbackQuery,
    press: Press,
    admin: Admin,
    _: Words,
    database: Database,
    background: Background,
    region: str,
) -> None:
    upload = await uploads.get(database, admin, press.id)
    shown = await show(query, screens.checking(_, 0))
    last = time.monotonic()

    async def progress(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            await _turn(shown, screens.checking(_, rows))

    async def work() -> None:
        found = await uploads.check(database, admin, press.id, region, progress)
        tally = found.tally
        await _turn(shown, screens.checked(_, press.id, tally, found.known, found.suppressed))
        if tally.rejected:
            heads = (_("row"), _("reason"))
            table = bad_rows(
                tally.rejected, found.titles, heads, lambda why: upload_faults.reason(_, why)
            )
            await shown.answer_document(
                BufferedInputFile(table, FILE_NAME), caption=screens.bad_rows_caption(_)
            )

    await _at_ease(work(), len(upload.content), shown, _, background)


async def _receive(
    shown: Message,
    admin: Admin,
    _: Words,
    database: Database,
    file_name: str,
    content: bytes,
    region: str,
) -> None:
    received = await uploads.receive(database, admin, file_name, content, region)
    if isinstance(received, Refusal):
        await _turn(shown, upload_faults.refused(_, received))
        return
    await _turn(shown, screens.looked(_, *await uploads.look(database, admin, received)))


async def _at_ease(
    work: Coroutine[Any, Any, None], size: int, shown: Message, _: Words, background: Background
) -> None:
    """Do small work at once; big work in the background, where a fault must be told from here."""

    async def told() -> None:
        try:
            await work
        except NotFound:
            log.info("The upload was saved or dropped meanwhile")
        except Exception:
            await _turn(shown, upload_saving.failed(_))
            raise

    if size <= IN_THE_BACKGROUND:
        await work
    else:
        background.start(told())


async def _turn(message: Message, screen: Screen) -> None:
    """Make our message show the screen; write a new one when it is gone."""
    try:
        await message.edit_text(
            screen.text, reply_markup=keyboard(screen), link_preview_options=NO_PREVIEW
        )
    except TelegramBadRequest as error:
        if "not modified" not in error.message:
            await show(message, screen)


def router() -> Router:
    routes = Router(name="uploads")
    routes.message.register(take_document, F.document, ~StateFilter(Composing.message), flags=build)
    routes.message.register(
        take_pasted, StateFilter(None), F.text, F.text.func(is_pasted_list), flags=build
    )
    routes.message.register(take_contact, F.contact, ~StateFilter(Composing.message), flags=build)
    routes.message.register(refuse_photo, F.photo, StateFilter(None), flags=build)
    routes.callback_query.register(look, Pressed("u", "look"), flags=build)
    routes.callback_query.register(columns, Pressed("u", "columns"), flags=build)
    routes.callback_query.register(turn_column, Pressed("u", "turn"), flags=build)
    routes.callback_query.register(letters, Pressed("u", "letters"), flags=build)
    routes.callback_query.register(choose_encoding, Pressed("u", "encode"), flags=build)
    routes.callback_query.register(check, Pressed("u", "check"), flags=build)
    return routes
