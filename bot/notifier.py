"""Tells the admins what happened, as new messages, from rows that are not told yet.

A row is marked after it was told: when the bot dies in between, it is told again rather than
never. Whoever caused an event with a tap has seen it already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
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
from bot.screens.accounts import happened as account_happened
from bot.screens.opt_outs import question
from bot.screens.report import caption, happened
from bot.screens.report_file import report_file
from bot.services import accounts, admins, campaigns, events, opt_outs, reports
from bot.words import Words, words_for
from db.models.account import AccountHistory
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
        self._told: set[tuple[str, int, int]] = set()  # (kind, row, admin) of news half told

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
        """What happened to accounts comes first: it is why campaigns pause."""
        for account in await accounts.page_untold(self._database):
            await self._tell("account", account.id, Right.SEE, partial(self._of_account, account))
            await accounts.mark_told(self._database, account.id)
        while untold := await events.page_untold(self._database):
            for event in untold:
                await self._tell_of_campaign(event)
                await events.mark_told(self._database, event.id)
        for doubt in await opt_outs.page_untold(self._database):
            await self._tell("doubt", doubt.id, Right.BUILD, partial(self._ask, doubt))
            await opt_outs.mark_told(self._database, doubt.id)
        self._told.clear()

    async def _tell(
        self,
        kind: str,
        row: int,
        right: Right,
        say: Callable[[Admin, Words], Awaitable[None]],
        *,
        but: int | None = None,
    ) -> None:
        """`say` it to everybody who has this right, once; not to `but`, who caused it."""
        for admin in await admins.everybody(self._database):
            if admin.id == but or not admin.may(right) or (kind, row, admin.id) in self._told:
                continue
            try:
                await say(admin, words_for(admin, self._zone))
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be told: %s", admin.id, error)
            self._told.add((kind, row, admin.id))

    async def _of_account(self, event: AccountHistory, admin: Admin, _: Words) -> None:
        await write(self._bot, admin.id, account_happened(_, event))

    async def _ask(self, doubt: Doubt, admin: Admin, _: Words) -> None:
        """Whoever may decide is asked what somebody meant; the first answer stands."""
        await write(self._bot, admin.id, question(_, doubt))

    async def _of_campaign(
        self, event: CampaignHistory, standing: Standing, by: str | None, admin: Admin, _: Words
    ) -> None:
        await write(self._bot, admin.id, happened(_, event, standing, by))
        if event.event == CampaignEvent.FINISH:
            await send_report_file(self._bot, self._database, admin, _, standing)

    async def _tell_of_campaign(self, event: CampaignHistory) -> None:
        standing = await campaigns.standing(self._database, event.campaign_id)
        everybody = await admins.everybody(self._database)
        by = next((admin.name for admin in everybody if admin.id == event.admin_id), None)
        say = partial(self._of_campaign, event, standing, by)
        await self._tell("campaign", event.id, Right.SEE, say, but=event.admin_id)


async def send_report_file(
    bot: Bot, database: Database, admin: Admin, _: Words, standing: Standing
) -> None:
    """The CSV with every person, in the admin's chat."""
    lines = await reports.page_lines(database, standing.campaign.id)
    content = await asyncio.to_thread(report_file, _, lines, full_phones=admin.may(Right.PHONES))
    file = BufferedInputFile(content, f"campaign-{standing.campaign.id}.csv")
    await bot.send_document(admin.id, file, caption=caption(_, standing))
