"""Notifies the admins of events, as new messages, from rows that are not marked as told.

At least once: a row is marked after the messages were sent, so a crash in between sends them
again. The admin who caused an event is not notified of it.
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
from bot.campaigns.view_model import Progress
from bot.opt_outs import service as opt_outs
from bot.opt_outs.screens import question
from bot.preferences import service as admins
from bot.reports import service as reports
from bot.reports.screens import happened
from bot.ui.i18n import Translator, translator_for
from bot.ui.reply import rewrite, write
from db.models.account import AccountHistory
from db.models.admin import Admin, Right
from db.models.campaign import CampaignEvent, CampaignHistory
from db.models.reply import OutdatedQuestion, UnclearReply
from db.notifications import Notifications
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0


class Notifier:
    """`run` notifies until it is cancelled."""

    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._notified: set[tuple[str, int, int]] = set()  # (kind, row, admin) of unmarked rows

    async def run(self) -> None:
        """Send notifications until cancelled; a failed round is logged and tried again."""
        notifications = Notifications(self._database, "campaign_events")
        try:
            while True:
                try:
                    await self._round()
                except TelegramRetryAfter as error:
                    await asyncio.sleep(error.retry_after)
                except Exception as error:
                    log.warning("The notifier missed a round", exc_info=not is_unreachable(error))
                await notifications.wait(POLL_SECONDS)
        finally:
            await notifications.close()

    async def _round(self) -> None:
        """Send what is not marked. Accounts come first: campaigns pause because of their events."""
        for account in await accounts.page_unnotified(self._database):
            await self._notify(
                "account", account.id, Right.SEE, partial(self._send_account_event, account)
            )
            await accounts.mark_notified(self._database, account.id)
        while unnotified := await events.page_unnotified(self._database):
            for event in unnotified:
                await self._notify_of_campaign(event)
                await events.mark_notified(self._database, event.id)
        for reply in await opt_outs.page_unnotified(self._database):
            await self._notify("reply", reply.id, Right.BUILD, partial(self._send_question, reply))
            await opt_outs.mark_notified(self._database, reply.id)
        for outdated, reply in await opt_outs.page_outdated(self._database):
            await self._show_edited(outdated, reply)
        self._notified.clear()

    async def _notify(
        self,
        kind: str,
        row: int,
        right: Right,
        send: Callable[[Admin, Translator], Awaitable[None]],
        *,
        but: int | None = None,
    ) -> None:
        """Call `send` once for each admin who has `right`, except for the admin `but`."""
        for admin in await admins.page(self._database):
            if admin.id == but or not admin.may(right) or (kind, row, admin.id) in self._notified:
                continue
            try:
                await send(admin, translator_for(admin, self._zone))
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be notified: %s", admin.id, error)
            self._notified.add((kind, row, admin.id))

    async def _send_account_event(self, event: AccountHistory, admin: Admin, _: Translator) -> None:
        await write(self._bot, admin.id, account_happened(_, event))

    async def _send_question(self, reply: UnclearReply, admin: Admin, _: Translator) -> None:
        """Ask an admin what a reply means; the first answer stands."""
        asked = await write(self._bot, admin.id, question(_, reply))
        await opt_outs.record_question(self._database, reply, admin.id, asked.message_id)

    async def _show_edited(self, outdated: OutdatedQuestion, reply: UnclearReply) -> None:
        """Show the edited reply in the question that an admin has on screen."""
        shown = outdated.message_id
        admin = await admins.find(self._database, outdated.admin_id)
        if admin is not None and admin.may(Right.BUILD):
            screen = question(translator_for(admin, self._zone), reply)
            try:
                shown = await rewrite(self._bot, admin.id, shown, screen)
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be shown an edited reply: %s", admin.id, error)
        await opt_outs.record_question(self._database, reply, outdated.admin_id, shown)

    async def _send_campaign_event(
        self,
        event: CampaignHistory,
        progress: Progress,
        by: str | None,
        admin: Admin,
        _: Translator,
    ) -> None:
        await write(self._bot, admin.id, happened(_, event, progress, by))
        if event.event == CampaignEvent.FINISH:
            await reports.request_file(self._database, admin, progress.campaign.id)

    async def _notify_of_campaign(self, event: CampaignHistory) -> None:
        progress = await campaigns.progress(self._database, event.campaign_id)
        everyone = await admins.page(self._database)
        by = next((admin.name for admin in everyone if admin.id == event.admin_id), None)
        send = partial(self._send_campaign_event, event, progress, by)
        await self._notify("campaign", event.id, Right.SEE, send, but=event.admin_id)
