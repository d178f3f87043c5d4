"""People who wrote to us: which account, since when, with which words, and the list's name."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.gatherings import screens, service
from bot.gatherings.presses import (
    AnyWords,
    CancelGathering,
    ChooseDays,
    KeepName,
    StartGathering,
    TypeDays,
)
from bot.gatherings.states import Gather
from bot.ui.i18n import Translator
from bot.ui.navigation import AskGathering
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD
from db.models.admin import Admin
from db.models.gathering import MOST_DAYS, Wish
from db.pool import Database


async def ask(
    query: CallbackQuery, press: AskGathering, _: Translator, database: Database, state: FSMContext
) -> None:
    await state.clear()
    if press.account_id:
        account = await service.get_account(database, press.account_id)
        await show(query, screens.ask_days(_, account))
        return
    found = await service.page_accounts(database)
    if len(found) == 1:
        await show(query, screens.ask_days(_, found[0]))
        return
    await show(query, screens.ask_account(_, found))


async def ask_days(query: CallbackQuery, press: TypeDays, _: Translator, state: FSMContext) -> None:
    await state.set_state(Gather.days)
    await state.set_data({"account_id": press.account_id})
    await show(query, screens.ask_typed_days(_, press.account_id))


async def choose_days(
    query: CallbackQuery, press: ChooseDays, _: Translator, state: FSMContext
) -> None:
    await _ask_words(query, state, _, press.account_id, min(press.days, MOST_DAYS))


async def type_days(message: Message, _: Translator, state: FSMContext) -> None:
    typed = (message.text or "").strip()
    account_id: int = (await state.get_data())["account_id"]
    days = int(typed) if typed.isdecimal() and len(typed) <= 4 else 0
    if not 0 < days <= MOST_DAYS:
        await show(message, screens.ask_typed_days(_, account_id))
        return
    await _ask_words(message, state, _, account_id, days)


async def _ask_words(
    event: Message | CallbackQuery, state: FSMContext, _: Translator, account_id: int, days: int
) -> None:
    await state.set_state(Gather.words)
    await state.set_data({"account_id": account_id, "days": days})
    await show(event, screens.ask_words(_, account_id))


async def any_words(
    query: CallbackQuery, press: AnyWords, _: Translator, database: Database, state: FSMContext
) -> None:
    if not await _is_about(state, press.account_id, "days"):
        await show(query, screens.begin_again(_, press.account_id))
        return
    await _ask_name(query, state, _, database, ())


async def type_words(
    message: Message, _: Translator, database: Database, state: FSMContext
) -> None:
    typed = message.text or ""
    words = Wish.parse_words(typed)
    if not words or len(typed) > screens.LONGEST_WORDS:
        account_id: int = (await state.get_data())["account_id"]
        await show(message, screens.words_wanted(_, account_id))
        return
    await _ask_name(message, state, _, database, words)


async def _ask_name(
    event: Message | CallbackQuery,
    state: FSMContext,
    _: Translator,
    database: Database,
    words: tuple[str, ...],
) -> None:
    data = await state.update_data(words=list(words))
    await state.set_state(Gather.name)
    account = await service.get_account(database, data["account_id"])
    await show(event, screens.ask_name(_, account))


async def keep_name(
    query: CallbackQuery,
    press: KeepName,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
) -> None:
    if not await _is_about(state, press.account_id, "words"):
        await show(query, screens.begin_again(_, press.account_id))
        return
    account = await service.get_account(database, press.account_id)
    await _confirm(query, state, admin, _, database, screens.default_name(_, account))


async def type_name(
    message: Message, admin: Admin, _: Translator, database: Database, state: FSMContext
) -> None:
    name = (message.text or "").strip()
    if not 0 < len(name) <= screens.LONGEST_NAME or "\n" in name:
        await show(message, screens.one_line_wanted(_))
        return
    await _confirm(message, state, admin, _, database, name)


async def _confirm(
    event: Message | CallbackQuery,
    state: FSMContext,
    admin: Admin,
    _: Translator,
    database: Database,
    name: str,
) -> None:
    data = await state.update_data(name=name)
    await state.set_state(Gather.ready)
    account = await service.get_account(database, data["account_id"])
    await show(event, screens.confirm(_, admin, account, Wish.from_json(data), name))


async def start(
    query: CallbackQuery,
    press: StartGathering,
    admin: Admin,
    _: Translator,
    database: Database,
    state: FSMContext,
) -> None:
    if not await _is_about(state, press.account_id, "name"):
        await show(query, screens.begin_again(_, press.account_id))
        return
    data = await state.get_data()
    await state.clear()
    shown = await show(query, screens.gathering(_, press.account_id))
    queued = await service.start(
        database,
        admin,
        press.account_id,
        Wish.from_json(data),
        data["name"],
        shown.chat.id,
        shown.message_id,
    )
    if not queued:
        await show(query, screens.busy(_))


async def cancel(
    query: CallbackQuery, press: CancelGathering, admin: Admin, _: Translator, database: Database
) -> None:
    cancelled = await service.cancel(database, admin, press.account_id)
    await query.answer(screens.stopping(_) if cancelled else screens.ended_already(_))


async def _is_about(state: FSMContext, account_id: int, answered: str) -> bool:
    """Return whether the questions about this account were answered up to that one."""
    data = await state.get_data()
    return data.get("account_id") == account_id and answered in data


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="gatherings")
    message, press = routes.message.register, routes.callback_query.register
    typed = F.text & ~F.text.startswith("/")
    press(ask, Pressed(AskGathering), flags=BUILD)
    press(ask_days, Pressed(TypeDays), flags=BUILD)
    press(choose_days, Pressed(ChooseDays), flags=BUILD)
    press(any_words, Pressed(AnyWords), flags=BUILD)
    press(keep_name, Pressed(KeepName), flags=BUILD)
    press(start, Pressed(StartGathering), flags=BUILD)
    press(cancel, Pressed(CancelGathering), flags=BUILD)
    message(type_days, StateFilter(Gather.days), typed, flags=BUILD)
    message(type_words, StateFilter(Gather.words), typed, flags=BUILD)
    message(type_name, StateFilter(Gather.name), typed, flags=BUILD)
    return routes
