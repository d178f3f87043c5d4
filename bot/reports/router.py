"""What a campaign came to: the report at any time, and the file with every person."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot.campaigns import service as campaigns
from bot.reports import screens as report
from bot.reports.send import send_report_file
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database


async def show_report(callback: CallbackQuery, press: Press, database: Database, _: Words) -> None:
    await show(callback, report.report(_, await campaigns.standing(database, press.id)))


async def send_file(
    callback: CallbackQuery, press: Press, bot: Bot, database: Database, admin: Admin, _: Words
) -> None:
    standing = await campaigns.standing(database, press.id)
    await callback.answer(report.making_file(_))
    await send_report_file(bot, database, admin, _, standing)


def router() -> Router:
    routes = Router(name="reports")
    routes.callback_query.register(show_report, Pressed("c", "report"), flags=needs(Right.SEE))
    routes.callback_query.register(send_file, Pressed("c", "file"), flags=needs(Right.SEE))
    return routes
