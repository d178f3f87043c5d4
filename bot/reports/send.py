"""Sends the report's file: the CSV with every person of a campaign."""

from __future__ import annotations

import asyncio

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.campaigns.view_model import Progress
from bot.reports import service as reports
from bot.reports.file import report_file
from bot.reports.screens import caption
from bot.ui.i18n import Translator
from db.models.admin import Admin, Right
from db.pool import Database


async def send_report_file(
    bot: Bot, database: Database, admin: Admin, _: Translator, progress: Progress
) -> None:
    """Send the CSV into the admin's chat; phones are masked unless the role may see them."""
    lines = await reports.page_lines(database, progress.campaign.id)
    content = await asyncio.to_thread(report_file, _, lines, full_phones=admin.may(Right.PHONES))
    file = BufferedInputFile(content, f"campaign-{progress.campaign.id}.csv")
    await bot.send_document(admin.id, file, caption=caption(_, progress))
