"""What a campaign came to: the report at any time, and the file with every person."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.campaigns import service as campaigns
from bot.reports import screens as report
from bot.reports import service as reports
from bot.ui.buttons import Press
from bot.ui.i18n import Words
from bot.ui.press_filter import Pressed
from bot.ui.reply import show
from bot.ui.rights import needs
from db.models.admin import Admin, Right
from db.pool import Database

router = Router(name="reports")


@router.callback_query(Pressed("c", "report"), flags=needs(Right.SEE))
async def show_report(callback: CallbackQuery, press: Press, database: Database, _: Words) -> None:
    await show(callback, report.report(_, await campaigns.standing(database, press.id)))


@router.callback_query(Pressed("c", "file"), flags=needs(Right.SEE))
async def request_file(
    callback: CallbackQuery, press: Press, database: Database, admin: Admin, _: Words
) -> None:
    await reports.request_file(database, admin, press.id)
    await callback.answer(report.making_file(_))
