"""The accounts that send: the state of each, and changing what it may do."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.accounts import screens, service
from bot.accounts.presses import AskCaps, ReleaseAccount
from bot.accounts.states import Capping
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenAccount, OpenAccounts
from bot.ui.pager import Page
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import ACCOUNTS, SEE
from db.models.admin import Admin
from db.models.caps import Caps
from db.pool import Database


async def show_accounts(
    event: Message | CallbackQuery,
    database: Database,
    _: Translator,
    press: OpenAccounts | None = None,
) -> None:
    offset = press.offset if press else 0
    found = await service.page(database, limit=screens.PAGE_SIZE + 1, offset=offset)
    page = Page.of(found, offset, screens.PAGE_SIZE)
    await show(event, screens.accounts(_, page, datetime.now(UTC)))


async def show_account(
    callback: CallbackQuery,
    press: OpenAccount,
    state: FSMContext,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    await state.clear()
    await _show_account(callback, database, admin, press.account_id, _)


async def ask_caps(
    callback: CallbackQuery, press: AskCaps, state: FSMContext, database: Database, _: Translator
) -> None:
    account_id = press.account_id
    _account, budget = await service.get(database, account_id, _.zone.key)
    await state.set_state(Capping.numbers)
    await state.set_data({"account_id": account_id})
    await show(callback, screens.ask_caps(_, account_id, budget.caps))


async def type_caps(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Translator
) -> None:
    account_id = (await state.get_data())["account_id"]
    if (caps := Caps.parse(message.text or "")) is None:
        _account, budget = await service.get(database, account_id, _.zone.key)
        await show(message, screens.ask_caps(_, account_id, budget.caps, refused=True))
        return
    await state.clear()
    await service.set_caps(database, admin, account_id, caps)
    await _show_account(message, database, admin, account_id, _)


async def release(
    callback: CallbackQuery, press: ReleaseAccount, database: Database, admin: Admin, _: Translator
) -> None:
    await service.release(database, admin, press.account_id)
    await _show_account(callback, database, admin, press.account_id, _)


async def _show_account(
    event: Message | CallbackQuery,
    database: Database,
    admin: Admin,
    account_id: int,
    _: Translator,
) -> None:
    account, budget = await service.get(database, account_id, _.zone.key)
    await show(event, screens.account(_, admin, account, budget))


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="accounts")
    message, press = routes.message.register, routes.callback_query.register
    typed = F.text & ~F.text.startswith("/")
    message(show_accounts, Command("accounts"), flags=SEE)
    press(show_accounts, Pressed(OpenAccounts), flags=SEE)
    press(show_account, Pressed(OpenAccount), flags=SEE)
    press(ask_caps, Pressed(AskCaps), flags=ACCOUNTS)
    message(type_caps, Capping.numbers, typed, flags=ACCOUNTS)
    press(release, Pressed(ReleaseAccount), flags=ACCOUNTS)
    return routes
