"""Building a campaign step by step, and Start. The draft is a row; typing is for data only."""

from __future__ import annotations

from contextlib import suppress

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.campaigns import card
from bot.campaigns import screens as campaigns
from bot.campaigns import service as campaign_acts
from bot.campaigns.live_cards import LiveCards
from bot.drafts import review
from bot.drafts import screens as building
from bot.drafts import service as drafts
from bot.drafts.screens import BACK, ON
from bot.drafts.states import Building
from bot.ui import problems
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.models.campaign import FREQUENCY_HOURS, QUIET_NIGHT, Mode
from db.models.rate import Rate
from db.pool import Database

TYPED = F.text & ~F.text.startswith("/")
# A forged argument is nobody's: the press falls to the strays.
WITH_ID = F.data.regexp(r".*:\d{1,18}$")
WITH_ID_AND_PLACE = F.data.regexp(r".*:\d{1,18}(\.\d{1,6})?$")
WITH_STEP = F.data.regexp(r".*:[a-z]+(\.\d{0,6})?$")
WITH_RATE = F.data.regexp(r".*:[1-9]\d{0,5}/(1|60|3600)$")
ON_OR_OFF = F.data.regexp(r".*:(on|off)$")
WITH_MODE = F.data.regexp(r".*:(test|dry_run|live)$")


async def ask_name(event: Message | CallbackQuery, state: FSMContext, _: Words) -> None:
    await state.set_state(Building.name)
    await state.set_data({})
    await show(event, building.ask_name(_))


async def type_name(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Words
) -> None:
    name = " ".join((message.text or "").replace("\0", "").split())
    if not 1 <= len(name) <= drafts.LONGEST_NAME:
        await show(message, building.name_refused(_, drafts.LONGEST_NAME))
        return
    campaign_id = await drafts.create(database, admin, name, _.zone.key)
    await state.clear()
    await _show_step(message, database, campaign_id, building.STEPS[0], ON, _)


async def step(
    callback: CallbackQuery, press: Press, state: FSMContext, database: Database, _: Words
) -> None:
    await state.clear()
    await _show_step(callback, database, press.id, press.argument, press.noun, _)


async def choose_lists(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    act = drafts.put_list if press.act == "put" else drafts.drop_list
    list_id, _dot, offset = press.argument.partition(".")
    await act(database, admin, press.id, int(list_id))
    await _show_step(callback, database, press.id, f"lists.{offset}", press.noun, _)


async def choose_template_or_account(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    act = drafts.choose_template if press.act == "template" else drafts.put_account
    await act(database, admin, press.id, int(press.argument))
    await _show_next(callback, database, press, _)


async def choose_accounts(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    act = drafts.put_account if press.act == "with" else drafts.drop_account
    account_id, _dot, offset = press.argument.partition(".")
    await act(database, admin, press.id, int(account_id))
    await _show_step(callback, database, press.id, f"account.{offset}", press.noun, _)


async def choose_rate(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    count, _slash, seconds = press.argument.partition("/")
    await drafts.choose_rate(database, admin, press.id, Rate(int(count), int(seconds)))
    await _show_next(callback, database, press, _)


async def ask_rate(callback: CallbackQuery, press: Press, state: FSMContext, _: Words) -> None:
    await state.set_state(Building.rate)
    await state.set_data({"campaign_id": press.id, "way": press.noun})
    await show(callback, building.ask_rate(_, press.id, press.noun))


async def type_rate(
    message: Message, state: FSMContext, database: Database, admin: Admin, _: Words
) -> None:
    data = await state.get_data()
    campaign_id, way = data["campaign_id"], data["way"]
    if (rate := Rate.parse(message.text or "")) is None:
        await show(message, building.rate_refused(_, message.text or "", campaign_id, way))
        return
    await state.clear()
    await drafts.choose_rate(database, admin, campaign_id, rate)
    await _show_step(message, database, campaign_id, building.after("rate", way), way, _)


async def choose_mode(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    await drafts.choose_mode(database, admin, press.id, Mode(press.argument))
    await _show_next(callback, database, press, _)


async def choose_hours(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    on = press.argument == "on"
    if press.act == "quiet":
        await drafts.choose_quiet_hours(database, admin, press.id, QUIET_NIGHT if on else None)
    else:
        hours = FREQUENCY_HOURS if on else None
        await drafts.choose_frequency(database, admin, press.id, hours)
    await _show_step(callback, database, press.id, "hours", BACK, _)


async def ask_discard(callback: CallbackQuery, press: Press, database: Database, _: Words) -> None:
    await show(callback, review.ask_discard(_, await drafts.review(database, press.id)))


async def discard(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    name = await drafts.discard(database, admin, press.id)
    await show(callback, campaigns.discarded(_, name))


async def start(
    callback: CallbackQuery,
    press: Press,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    _: Words,
) -> None:
    try:
        started = await drafts.start(database, admin, press.id)
    except drafts.CannotStart:
        found = await drafts.review(database, press.id)
        await show(callback, review.review(_, found), problems.cannot_start(_))
        return
    standing = await campaign_acts.standing(database, press.id)
    toast = None if started else problems.already(_, standing.campaign.status)
    shown = await show(callback, card.card(_, standing), toast)
    await cards.take_up(standing.campaign, shown)
    with suppress(TelegramAPIError):
        await shown.pin(disable_notification=True)


async def _show_next(callback: CallbackQuery, database: Database, press: Press, _: Words) -> None:
    following = building.after(press.act, press.noun)
    await _show_step(callback, database, press.id, following, press.noun, _)


async def _show_step(
    event: Message | CallbackQuery,
    database: Database,
    campaign_id: int,
    name: str,
    way: str,
    _: Words,
) -> None:
    """`name` is a step's, maybe with the place it begins at: "lists.4"."""
    name, _dot, offset = name.partition(".")
    if name in building.SCREENS:
        choices = await drafts.choices(database, campaign_id, int(offset or 0))
        await show(event, building.SCREENS[name](_, choices, way))
    else:
        await show(event, review.review(_, await drafts.review(database, campaign_id)))


def router() -> Router:
    routes = Router(name="building")
    routes.message.register(ask_name, Command("new"), flags=needs(Right.BUILD))
    routes.callback_query.register(ask_name, Pressed(ON, "new"), flags=needs(Right.BUILD))
    routes.message.register(type_name, StateFilter(Building.name), TYPED, flags=needs(Right.BUILD))
    routes.callback_query.register(step, Pressed(ON, "step"), WITH_STEP, flags=needs(Right.BUILD))
    routes.callback_query.register(step, Pressed(BACK, "step"), WITH_STEP, flags=needs(Right.BUILD))
    routes.callback_query.register(
        choose_lists, Pressed(ON, "put", "drop"), WITH_ID_AND_PLACE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_lists, Pressed(BACK, "put", "drop"), WITH_ID_AND_PLACE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_template_or_account,
        Pressed(ON, "template", "account"),
        WITH_ID,
        flags=needs(Right.BUILD),
    )
    routes.callback_query.register(
        choose_template_or_account,
        Pressed(BACK, "template", "account"),
        WITH_ID,
        flags=needs(Right.BUILD),
    )
    routes.callback_query.register(
        choose_accounts, Pressed(ON, "with", "without"), WITH_ID_AND_PLACE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_accounts,
        Pressed(BACK, "with", "without"),
        WITH_ID_AND_PLACE,
        flags=needs(Right.BUILD),
    )
    routes.callback_query.register(
        choose_rate, Pressed(ON, "rate"), WITH_RATE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_rate, Pressed(BACK, "rate"), WITH_RATE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(ask_rate, Pressed(ON, "other_rate"), flags=needs(Right.BUILD))
    routes.callback_query.register(ask_rate, Pressed(BACK, "other_rate"), flags=needs(Right.BUILD))
    routes.message.register(type_rate, StateFilter(Building.rate), TYPED, flags=needs(Right.BUILD))
    routes.callback_query.register(
        choose_mode, Pressed(ON, "mode"), WITH_MODE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_mode, Pressed(BACK, "mode"), WITH_MODE, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(
        choose_hours, Pressed(BACK, "quiet", "often"), ON_OR_OFF, flags=needs(Right.BUILD)
    )
    routes.callback_query.register(ask_discard, Pressed(BACK, "discard"), flags=needs(Right.BUILD))
    routes.callback_query.register(discard, Pressed(BACK, "discarded"), flags=needs(Right.BUILD))
    routes.callback_query.register(start, Pressed(BACK, "start"), flags=needs(Right.BUILD))
    return routes
