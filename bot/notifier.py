"""Tells the admins what happened, as new messages, from rows that are not told yet.

A row is marked after it was told: when the bot dies in between, it is told again rather than
never. Whoever caused an event with a tap has seen it already.
"""

from __future__ import annotations

import asyncio
import logging
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)
from aiogram.types import BufferedInputFile

from bot.reply import write
from bot.screens.opt_outs import question
from bot.screens.report import caption, happened
from bot.screens.report_file import report_file
from bot.services import admins, campaigns, events, opt_outs, reports
from bot.words import Words, words_for
from db.models.admin import Admin, Right
from db.models.campaign import CampaignEvent, CampaignHistory
from db.models.reply import Doubt
from db.models.report import Standing
from db.nudges import Nudges
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0


class Notifier:
    """`run` tells until it is cancelled."""

    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._told: set[tuple[int, int]] = set()  # (event, admin) of an event half told
        self._asked: set[tuple[int, int]] = set()  # (doubt, admin)

    async def run(self) -> None:
        nudges = Nudges(self._database, "campaign_events")
        try:
            while True:
                try:
                    await self._round()
                except TelegramRetryAfter as error:
                    await asyncio.sleep(error.retry_after)
                except Exception as error:
                    log.warning("The notifier missed a turn", exc_info=not is_unreachable(error))
                await nudges.wait(POLL_SECONDS)
        finally:
            await nudges.close()

    async def _round(self) -> None:
        while untold := await events.page_untold(self._database):
            for event in untold:
                await self._tell_everybody(event)
                await events.mark_told(self._database, event.id)
                self._told = {pair for pair in self._told if pair[0] != event.id}
        for doubt in await opt_outs.page_untold(self._database):
            await self._ask_everybody(doubt)
            await opt_outs.mark_told(self._database, doubt.id)
            self._asked = {pair for pair in self._asked if pair[0] != doubt.id}

    async def _ask_everybody(self, doubt: Doubt) -> None:
        """Whoever may decide is asked what somebody meant; the first answer stands."""
        for admin in await admins.everybody(self._database):
            if not admin.may(Right.BUILD) or (doubt.id, admin.id) in self._asked:
                continue
            try:
                await write(self._bot, admin.id, question(words_for(admin, self._zone), doubt))
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be asked: %s", admin.id, error)
            self._asked.add((doubt.id, admin.id))

    async def _tell_everybody(self, event: CampaignHistory) -> None:
        standing = await campaigns.standing(self._database, event.campaign_id)
        everybody = await admins.everybody(self._database)
        by = next((admin.name for admin in everybody if admin.id == event.admin_id), None)
        for admin in everybody:
            if admin.id == event.admin_id or not admin.may(Right.SEE):
                continue
            if (event.id, admin.id) in self._told:
                continue
            try:
                await self._tell(admin, event, standing, by)
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be told: %s", admin.id, error)
            self._told.add((event.id, admin.id))

    async def _tell(
        self, admin: Admin, event: CampaignHistory, standing: Standing, by: str | None
    ) -> None:
        _ = words_for(admin, self._zone)
        await write(self._bot, admin.id, happened(_, event, standing, by))
        if event.event == CampaignEvent.FINISH:
            await send_report_file(self._bot, self._database, admin, _, standing)


async def send_report_file(
    bot: Bot, database: Database, admin: Admin, _: Words, standing: Standing
) -> None:
    """The CSV with every person, in the admin's chat."""
    lines = await reports.page_lines(database, standing.campaign.id)
    content = await asyncio.to_thread(report_file, _, lines, full_phones=admin.may(Right.PHONES))
    file = BufferedInputFile(content, f"campaign-{standing.campaign.id}.csv")
    await bot.send_document(admin.id, file, caption=caption(_, standing))
