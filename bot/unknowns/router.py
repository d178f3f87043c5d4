"""Deliveries that may have arrived: an admin decides about one of them, or about all."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.ui.i18n import Translator
from bot.ui.navigation import OpenUnknowns
from bot.ui.pager import Page
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD, SEE
from bot.ui.screen import Screen
from bot.unknowns import screens, service
from bot.unknowns.presses import AskAllUnknown, DecideAllUnknown, DecideUnknown, OpenUnknown
from db.models.admin import Admin
from db.models.errors import Conflict
from db.pool import Database


async def show_page(
    callback: CallbackQuery, press: OpenUnknowns, database: Database, admin: Admin, _: Translator
) -> None:
    await show(callback, await _page(database, admin, press.campaign_id, _, press.offset))


async def show_one(
    callback: CallbackQuery, press: OpenUnknown, database: Database, admin: Admin, _: Translator
) -> None:
    found, campaign = await service.get(database, press.delivery_id, press.generation)
    await show(callback, screens.unknown(_, admin, campaign, found, datetime.now(UTC)))


async def ask_all(
    callback: CallbackQuery, press: AskAllUnknown, database: Database, admin: Admin, _: Translator
) -> None:
    listed = await service.page(database, press.campaign_id, limit=1)
    if not listed.open.count:
        await show(callback, await _page(database, admin, press.campaign_id, _))
        return
    counts = listed.open.count, listed.at_once
    await show(callback, screens.ask_all(_, listed.campaign, *counts, listed.until))


async def decide(
    callback: CallbackQuery, press: DecideUnknown, database: Database, admin: Admin, _: Translator
) -> None:
    try:
        found, first = await service.decide(
            database, admin, press.delivery_id, press.generation, press.decision
        )
    except Conflict as error:
        screen = await _page(database, admin, error.noun_id, _)
        await show(callback, screen, screens.cancelled(_))
        return
    toast = (
        screens.decided(_, press.decision)
        if first
        else screens.decided_before(_, found, datetime.now(UTC))
    )
    await show(callback, await _page(database, admin, found.campaign_id, _), toast)


async def decide_all(
    callback: CallbackQuery,
    press: DecideAllUnknown,
    database: Database,
    admin: Admin,
    _: Translator,
) -> None:
    try:
        count = await service.decide_all(
            database, admin, press.campaign_id, press.until, press.decision
        )
        toast = screens.decided_all(_, press.decision, count)
    except Conflict:
        toast = screens.cancelled(_)
    await show(callback, await _page(database, admin, press.campaign_id, _), toast)


async def _page(
    database: Database, admin: Admin, campaign_id: int, _: Translator, offset: int = 0
) -> Screen:
    size = screens.PAGE_SIZE
    listed = await service.page(database, campaign_id, limit=size + 1, offset=offset)
    page = Page.of(listed.found, offset, size)
    return screens.unknowns(_, admin, listed.campaign, page, listed.open.count, datetime.now(UTC))


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="unknowns")
    press = routes.callback_query.register
    press(show_page, Pressed(OpenUnknowns), flags=SEE)
    press(show_one, Pressed(OpenUnknown), flags=SEE)
    press(ask_all, Pressed(AskAllUnknown), flags=BUILD)
    press(decide, Pressed(DecideUnknown), flags=BUILD)
    press(decide_all, Pressed(DecideAllUnknown), flags=BUILD)
    return routes
