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

from bot.accounts import service as accounts
from bot.accounts.screens import happened as account_happened
from bot.campaigns import events
from bot.campaigns import service as campaigns
from bot.opt_outs import service as opt_outs
from bot.opt_outs.screens import question
from bot.preferences import service as admins
from bot.reports.screens import happened
from bot.reports.send import send_report_file
from bot.ui.i18n import Words, words_for
from bot.ui.reply import write
from db.models.account import AccountHistory
from db.models.admin import Admin, Right
from db.models.campaign import CampaignEvent, CampaignHistory
from db.models.reply import UnclearReply
from db.models.report import Standing
from db.notifications import Notifications
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0


class Notifier:
    """`run` tells until it is cancelled."""

    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._told: set[tuple[str, int, int]] = set()  # (kind, row, admin) of news half told

    async def run(self) -> None:
        notifications = Notifications(self._database, "campaign_events")
        try:
            while True:
                try:
                    await self._round()
                except TelegramRetryAfter as error:
                    await asyncio.sleep(error.retry_after)
                except Exception as error:
                    log.warning("The notifier missed a turn", exc_info=not is_unreachable(error))
                await notifications.wait(POLL_SECONDS)
        finally:
            await notifications.close()

    async def _round(self) -> None:
        """What happened to accounts comes first: it is why campaigns pause."""
        for account in await accounts.page_unnotified(self._database):
            await self._tell("account", account.id, Right.SEE, partial(self._of_account, account))
            await accounts.mark_notified(self._database, account.id)
        while unnotified := await events.page_unnotified(self._database):
            for event in unnotified:
                await self._tell_of_campaign(event)
                await events.mark_notified(self._database, event.id)
        for reply in await opt_outs.page_unnotified(self._database):
            await self._tell("unclear_reply", reply.id, Right.BUILD, partial(self._ask, reply))
            await opt_outs.mark_notified(self._database, reply.id)
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

    async def _ask(self, reply: UnclearReply, admin: Admin, _: Words) -> None:
        """Whoever may decide is asked what somebody meant; the first answer stands."""
        await write(self._bot, admin.id, question(_, reply))

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
