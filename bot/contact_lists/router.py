"""/lists: all contact lists, one of them, and deleting it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.contact_lists import screens, service
from bot.contact_lists.presses import AskDeleteList, DeleteList, SendProofs
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenContactList, OpenContactLists
from bot.ui.pager import Page
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD, SEE, needs
from db.models.admin import Admin, Right
from db.models.contact_list import ContactList
from db.pool import Database


async def command(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    await state.clear()
    await show(message, screens.page(_, admin, await _page(database, 0)))


async def open_page(
    query: CallbackQuery, press: OpenContactLists, admin: Admin, _: Translator, database: Database
) -> None:
    await show(query, screens.page(_, admin, await _page(database, press.offset)))


async def open_card(
    query: CallbackQuery, press: OpenContactList, admin: Admin, _: Translator, database: Database
) -> None:
    found, attested_by = await service.get(database, press.contact_list_id)
    await show(query, screens.card(_, admin, found, attested_by))


async def send_proofs(query: CallbackQuery, press: SendProofs, database: Database) -> None:
    content = await service.proofs_file(database, press.contact_list_id)
    await query.answer()
    if query.bot is not None:
        await query.bot.send_document(
            query.from_user.id, BufferedInputFile(content, "who_wrote.csv")
        )


async def ask_delete(
    query: CallbackQuery, press: AskDeleteList, _: Translator, database: Database
) -> None:
    found, active_campaigns = await service.get_with_use(database, press.contact_list_id)
    await show(query, screens.ask_delete(_, found, active_campaigns))


async def delete(
    query: CallbackQuery, press: DeleteList, admin: Admin, _: Translator, database: Database
) -> None:
    await service.delete(database, admin, press.contact_list_id)
    await show(query, screens.page(_, admin, await _page(database, 0)), _("Deleted."))


async def _page(database: Database, offset: int) -> Page[ContactList]:
    found = await service.page(database, limit=screens.PAGE_SIZE + 1, offset=offset)
    return Page.of(found, offset, screens.PAGE_SIZE)


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="contact_lists")
    message, press = routes.message.register, routes.callback_query.register
    message(command, Command("lists"), flags=SEE)
    press(open_page, Pressed(OpenContactLists), flags=SEE)
    press(open_card, Pressed(OpenContactList), flags=SEE)
    press(ask_delete, Pressed(AskDeleteList), flags=BUILD)
    press(send_proofs, Pressed(SendProofs), flags=needs(Right.PHONES))
    press(delete, Pressed(DeleteList), flags=BUILD)
    return routes
