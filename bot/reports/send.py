"""Sends the report's file: the CSV with every person of a campaign."""

from __future__ import annotations

import asyncio

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.reports import service as reports
from bot.reports.file import report_file
from bot.reports.screens import caption
from bot.ui.i18n import Words
from db.models.admin import Admin, Right
from db.models.report import Standing
from db.pool import Database


async def send_report_file(
    bot: Bot, database: Database, admin: Admin, _: Words, standing: Standing
) -> None:
    """The CSV with every person, in the admin's chat."""
    lines = await reports.page_lines(database, standing.campaign.id)
    content = await asyncio.to_thread(report_file, _, lines, full_phones=admin.may(Right.PHONES))
    file = BufferedInputFile(content, f"campaign-{standing.campaign.id}.csv")
    await bot.send_document(admin.id, file, caption=caption(_, standing))
