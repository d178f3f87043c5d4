"""Campaigns under way: the list, the card, Pause, Resume and Stop."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.campaigns import card, screens, service
from bot.campaigns.live_cards import LiveCards
from bot.campaigns.presses import AskStop, PauseCampaign, ResumeCampaign, StopCampaign
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenCampaign, OpenCampaigns
from bot.ui.pager import Page
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import BUILD, SEE
from db.models.admin import Admin
from db.pool import Database


async def show_campaigns(
    event: Message | CallbackQuery,
    database: Database,
    admin: Admin,
    _: Translator,
    press: OpenCampaigns | None = None,
) -> None:
    offset = press.offset if press else 0
    found = await service.page(database, limit=screens.PAGE_SIZE + 1, offset=offset)
    page = Page.of(found, offset, screens.PAGE_SIZE)
    forecasts = await service.forecasts(database, page.items)
    await show(event, screens.campaigns(_, admin, page, datetime.now(UTC), forecasts))


async def show_card(
    callback: CallbackQuery, press: OpenCampaign, cards: LiveCards, _: Translator
) -> None:
    await cards.show(callback, press.campaign_id, _)


async def pause(
    callback: CallbackQuery,
    press: PauseCampaign,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    _: Translator,
) -> None:
    await service.pause(database, admin, press.campaign_id)
    await cards.show(callback, press.campaign_id, _)


async def resume(
    callback: CallbackQuery,
    press: ResumeCampaign,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    _: Translator,
) -> None:
    await service.resume(database, admin, press.campaign_id)
    await cards.show(callback, press.campaign_id, _)


async def ask_stop(
    callback: CallbackQuery, press: AskStop, database: Database, _: Translator
) -> None:
    await show(callback, card.ask_stop(_, await service.progress(database, press.campaign_id)))


async def stop(
    callback: CallbackQuery,
    press: StopCampaign,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    _: Translator,
) -> None:
    await service.stop(database, admin, press.campaign_id)
    await cards.show(callback, press.campaign_id, _)


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="campaigns")
    message, press = routes.message.register, routes.callback_query.register
    message(show_campaigns, Command("campaigns"), flags=SEE)
    press(show_campaigns, Pressed(OpenCampaigns), flags=SEE)
    press(show_card, Pressed(OpenCampaign), flags=SEE)
    press(pause, Pressed(PauseCampaign), flags=BUILD)
    press(resume, Pressed(ResumeCampaign), flags=BUILD)
    press(ask_stop, Pressed(AskStop), flags=BUILD)
    press(stop, Pressed(StopCampaign), flags=BUILD)
    return routes
