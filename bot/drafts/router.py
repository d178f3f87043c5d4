"""Building a campaign step by step. The draft is a row, so any step can follow a restart."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.drafts import refusals, screens, service
from bot.drafts.counted_review import show_review
from bot.drafts.presses import (
    AskRate,
    ChooseAccount,
    ChooseMode,
    ChooseRate,
    ChooseTemplate,
    DropAccount,
    DropList,
    OpenStep,
    PutAccount,
    PutList,
    SetFrequency,
    SetFrequencySkips,
    SetQuietHours,
    Step,
    Way,
)
from bot.drafts.states import Building
from bot.drafts.view_model import Deleted
from bot.ui.background import Background
from bot.ui.i18n import Translator
from bot.ui.navigation import NewCampaign
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD
from db.models.admin import Admin
from db.models.campaign import FREQUENCY_HOURS, QUIET_NIGHT
from db.models.rate import Rate
from db.pool import Database


async def ask_name(event: Message | CallbackQuery, state: FSMContext, _: Translator) -> None:
    await state.set_state(Building.name)
    await state.set_data({})
    await show(event, screens.ask_name(_))


async def type_name(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Translator
) -> None:
    name = " ".join((message.text or "").split())
    if not 1 <= len(name) <= service.LONGEST_NAME:
        await show(message, screens.name_refused(_, service.LONGEST_NAME))
        return
    campaign_id = await service.create(database, admin, name, _.zone.key)
    await state.clear()
    await _show_step(message, database, campaign_id, screens.FIRST_STEP, Way.ONWARD, _)


async def open_step(
    callback: CallbackQuery, press: OpenStep, state: FSMContext, database: Database, _: Translator
) -> None:
    await state.clear()
    step, offset = press.step, press.offset
    await _show_step(callback, database, press.campaign_id, step, press.way, _, offset)


async def choose_lists(
    callback: CallbackQuery,
    press: PutList | DropList,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    act = service.put_list if isinstance(press, PutList) else service.drop_list
    toast = None
    try:
        await act(database, admin, press.campaign_id, press.contact_list_id)
    except Deleted as error:
        toast = refusals.is_deleted(_, error.name)
    way, offset = press.way, press.offset
    await _show_step(callback, database, press.campaign_id, Step.LISTS, way, _, offset, toast)


async def choose_accounts(
    callback: CallbackQuery,
    press: PutAccount | DropAccount,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    act = service.put_account if isinstance(press, PutAccount) else service.drop_account
    await act(database, admin, press.campaign_id, press.account_id)
    way, offset = press.way, press.offset
    await _show_step(callback, database, press.campaign_id, Step.ACCOUNT, way, _, offset)


async def choose_account(
    callback: CallbackQuery,
    press: ChooseAccount,
    database: Database,
    admin: Admin,
    background: Background,
    _: Translator,
) -> None:
    await service.put_account(database, admin, press.campaign_id, press.account_id)
    await _show_next(callback, database, press.campaign_id, Step.ACCOUNT, press.way, background, _)


async def choose_template(
    callback: CallbackQuery,
    press: ChooseTemplate,
    database: Database,
    admin: Admin,
    background: Background,
    _: Translator,
) -> None:
    try:
        await service.choose_template(database, admin, press.campaign_id, press.template_id)
    except Deleted as error:
        toast, way = refusals.is_deleted(_, error.name), press.way
        await _show_step(callback, database, press.campaign_id, Step.TEMPLATE, way, _, toast=toast)
        return
    await _show_next(callback, database, press.campaign_id, Step.TEMPLATE, press.way, background, _)


async def choose_rate(
    callback: CallbackQuery,
    press: ChooseRate,
    database: Database,
    admin: Admin,
    background: Background,
    _: Translator,
) -> None:
    await service.choose_rate(database, admin, press.campaign_id, press.rate)
    await _show_next(callback, database, press.campaign_id, Step.RATE, press.way, background, _)


async def ask_rate(
    callback: CallbackQuery, press: AskRate, state: FSMContext, _: Translator
) -> None:
    await state.set_state(Building.rate)
    await state.set_data({"campaign_id": press.campaign_id, "way": press.way})
    await show(callback, screens.ask_rate(_, press.campaign_id, press.way))


async def type_rate(
    message: Message,
    state: FSMContext,
    database: Database,
    admin: Admin,
    background: Background,
    _: Translator,
) -> None:
    data = await state.get_data()
    campaign_id, way = data["campaign_id"], Way(data["way"])
    if (rate := Rate.parse(message.text or "")) is None:
        await show(message, screens.rate_refused(_, message.text or "", campaign_id, way))
        return
    await state.clear()
    await service.choose_rate(database, admin, campaign_id, rate)
    await _show_next(message, database, campaign_id, Step.RATE, way, background, _)


async def choose_mode(
    callback: CallbackQuery,
    press: ChooseMode,
    database: Database,
    admin: Admin,
    background: Background,
    _: Translator,
) -> None:
    await service.choose_mode(database, admin, press.campaign_id, press.mode)
    await _show_next(callback, database, press.campaign_id, Step.MODE, press.way, background, _)


async def set_quiet_hours(
    callback: CallbackQuery, press: SetQuietHours, database: Database, admin: Admin, _: Translator
) -> None:
    hours = QUIET_NIGHT if press.on else None
    await service.choose_quiet_hours(database, admin, press.campaign_id, hours)
    await _show_step(callback, database, press.campaign_id, Step.HOURS, Way.REVIEW, _)


async def set_frequency(
    callback: CallbackQuery,
    press: SetFrequency | SetFrequencySkips,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    skips = isinstance(press, SetFrequencySkips)
    hours, skips = FREQUENCY_HOURS if press.on or skips else None, skips and press.on
    await service.choose_frequency(database, admin, press.campaign_id, hours, skips=skips)
    await _show_step(callback, database, press.campaign_id, Step.HOURS, Way.REVIEW, _)


async def _show_next(
    event: Message | CallbackQuery,
    database: Database,
    campaign_id: int,
    step: Step,
    way: Way,
    background: Background,
    _: Translator,
) -> None:
    following = screens.after(step, way)
    if following is None:
        await show_review(event, database, campaign_id, background, _)
    else:
        await _show_step(event, database, campaign_id, following, way, _)


async def _show_step(
    event: Message | CallbackQuery,
    database: Database,
    campaign_id: int,
    step: Step,
    way: Way,
    _: Translator,
    offset: int = 0,
    toast: str | None = None,
) -> None:
    limit = screens.PAGE_SIZE + 1
    choices = await service.choices(database, campaign_id, limit=limit, offset=offset)
    await show(event, screens.SCREENS[step](_, choices, way), toast)


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="drafts")
    message, press = routes.message.register, routes.callback_query.register
    typed = F.text & ~F.text.startswith("/")
    message(ask_name, Command("new"), flags=BUILD)
    press(ask_name, Pressed(NewCampaign), flags=BUILD)
    message(type_name, Building.name, typed, flags=BUILD)
    press(open_step, Pressed(OpenStep), flags=BUILD)
    press(choose_lists, Pressed(PutList, DropList), flags=BUILD)
    press(choose_template, Pressed(ChooseTemplate), flags=BUILD)
    press(choose_account, Pressed(ChooseAccount), flags=BUILD)
    press(choose_accounts, Pressed(PutAccount, DropAccount), flags=BUILD)
    press(choose_rate, Pressed(ChooseRate), flags=BUILD)
    press(ask_rate, Pressed(AskRate), flags=BUILD)
    message(type_rate, Building.rate, typed, flags=BUILD)
    press(choose_mode, Pressed(ChooseMode), flags=BUILD)
    press(set_quiet_hours, Pressed(SetQuietHours), flags=BUILD)
    press(set_frequency, Pressed(SetFrequency, SetFrequencySkips), flags=BUILD)
    return routes
