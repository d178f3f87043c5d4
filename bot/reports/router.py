"""The report of a campaign, at any time, and its file with every person."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.campaigns import service as campaigns
from bot.reports import screens, service
from bot.reports.presses import SendReportFile
from bot.ui.i18n import Translator
from bot.ui.navigation import OpenReport
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import SEE
from db.models.admin import Admin
from db.pool import Database


async def show_report(
    callback: CallbackQuery, press: OpenReport, database: Database, _: Translator
) -> None:
    progress = await campaigns.progress(database, press.campaign_id)
    undecided = await service.count_undecided(database, press.campaign_id)
    await show(callback, screens.report(_, progress, undecided))


async def request_file(
    callback: CallbackQuery, press: SendReportFile, database: Database, admin: Admin, _: Translator
) -> None:
    await service.request_file(database, admin, press.campaign_id)
    await callback.answer(screens.making_file(_))


def router() -> Router:
    """Return a fresh router with the handlers of this feature."""
    routes = Router(name="reports")
    press = routes.callback_query.register
    press(show_report, Pressed(OpenReport), flags=SEE)
    press(request_file, Pressed(SendReportFile), flags=SEE)
    return routes
