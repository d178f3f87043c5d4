"""Campaigns under way: the list, the card, Pause, Resume and Stop."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.campaigns import card
from bot.campaigns import screens as list_screen
from bot.campaigns import service as campaigns
from bot.campaigns.live_cards import LiveCards
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database


async def show_campaigns(
    event: Message | CallbackQuery,
    database: Database,
    admin: Admin,
    _: Words,
    press: Press | None = None,
) -> None:
    offset = press.id if press else 0
    found = await campaigns.page(database, limit=list_screen.PAGE + 1, offset=offset)
    await show(event, list_screen.campaigns(_, admin, found, offset, datetime.now(UTC)))


async def show_card(
    callback: CallbackQuery, press: Press, database: Database, cards: LiveCards, _: Words
) -> None:
    standing = await campaigns.standing(database, press.id)
    await cards.take_up(standing.campaign, await show(callback, card.card(_, standing)))


async def hold_or_end(
    callback: CallbackQuery,
    press: Press,
    database: Database,
    admin: Admin,
    cards: LiveCards,
    _: Words,
) -> None:
    act = {"pause": campaigns.pause, "resume": campaigns.resume, "stopped": campaigns.stop}
    await act[press.act](database, admin, press.id)
    await show_card(callback, press, database, cards, _)


async def ask_stop(callback: CallbackQuery, press: Press, database: Database, _: Words) -> None:
    await show(callback, card.ask_stop(_, await campaigns.standing(database, press.id)))


def router() -> Router:
    routes = Router(name="campaigns")
    routes.message.register(show_campaigns, Command("campaigns"), flags=needs(Right.SEE))
    routes.callback_query.register(show_campaigns, Pressed("c", "page"), flags=needs(Right.SEE))
    routes.callback_query.register(show_card, Pressed("c", "show"), flags=needs(Right.SEE))
    routes.callback_query.register(
        hold_or_end, Pressed("c", "pause", "resume", "stopped"), flags=needs(Right.BUILD)
    )
    routes.callback_query.register(ask_stop, Pressed("c", "stop"), flags=needs(Right.BUILD))
    return routes
