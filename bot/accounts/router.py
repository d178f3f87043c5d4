"""The accounts that send: seeing how each of them is, changing what it may do."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.accounts import screens as accounts
from bot.accounts import service as account_acts
from bot.accounts.states import Capping
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.models.caps import Caps
from db.pool import Database


async def show_accounts(event: Message | CallbackQuery, database: Database, _: Words) -> None:
    found = await account_acts.page(database)
    await show(event, accounts.accounts(_, found, datetime.now(UTC)))


async def show_account(
    callback: CallbackQuery, press: Press, state: FSMContext, database: Database, _: Words
) -> None:
    await state.clear()
    await _show_account(callback, database, press.id, _)


async def ask_caps(
    callback: CallbackQuery, press: Press, state: FSMContext, database: Database, _: Words
) -> None:
    _account, budget = await account_acts.get(database, press.id, _.zone.key)
    await state.set_state(Capping.numbers)
    await state.set_data({"account_id": press.id})
    await show(callback, accounts.ask_caps(_, press.id, budget.caps))


async def type_caps(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Words
) -> None:
    account_id = (await state.get_data())["account_id"]
    if (caps := Caps.parse(message.text or "")) is None:
        _account, budget = await account_acts.get(database, account_id, _.zone.key)
        await show(message, accounts.ask_caps(_, account_id, budget.caps, refused=True))
        return
    await state.clear()
    await account_acts.set_caps(database, admin, account_id, caps)
    await _show_account(message, database, account_id, _)


async def release(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    await account_acts.release(database, admin, press.id)
    await _show_account(callback, database, press.id, _)


async def _show_account(
    event: Message | CallbackQuery, database: Database, account_id: int, _: Words
) -> None:
    account, budget = await account_acts.get(database, account_id, _.zone.key)
    await show(event, accounts.account(_, account, budget))


def router() -> Router:
    routes = Router(name="accounts")
    routes.message.register(show_accounts, Command("accounts"), flags=needs(Right.SEE))
    routes.callback_query.register(show_accounts, Pressed("a", "page"), flags=needs(Right.SEE))
    routes.callback_query.register(show_account, Pressed("a", "show"), flags=needs(Right.SEE))
    routes.callback_query.register(ask_caps, Pressed("a", "caps"), flags=needs(Right.ACCOUNTS))
    routes.message.register(
        type_caps,
        StateFilter(Capping.numbers),
        F.text & ~F.text.startswith("/"),
        flags=needs(Right.ACCOUNTS),
    )
    routes.callback_query.register(release, Pressed("a", "release"), flags=needs(Right.ACCOUNTS))
    return routes
