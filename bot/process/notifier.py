"""Notifies the admins of events, as new messages: the notices (bot.notices), one by one.

Each admin has a task of their own, so that a chat that is closed, limited or silent holds up no
other. A notice is marked after it was sent, so a crash in between repeats that one part. The admin
who caused an event is not notified of it. A question about a reply that was edited since shows the
new text: its message is edited.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.accounts.screens import happened as account_happened
from bot.campaigns import service as campaigns
from bot.notices import service as notices
from bot.opt_outs import service as opt_outs
from bot.opt_outs.screens import question
from bot.preferences import service as admins
from bot.reports import service as reports
from bot.reports.screens import happened
from bot.ui import problems
from bot.ui.i18n import Translator, translator_for
from bot.ui.reply import rewrite, write
from bot.ui.screen import Screen
from db.models.account import AccountHistory
from db.models.admin import Admin, Right
from db.models.campaign import CampaignHistory
from db.models.notice import Notice, NoticePart
from db.models.reply import OutdatedQuestion, UnclearReply
from db.notifications import Notifications
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0
SWEEP_SECONDS = 3600.0
RETRY_SECONDS = (5.0, 30.0, 180.0, 900.0, 3600.0, 10_800.0)  # after an attempt without an answer
UNSENT_SECONDS = 15.0  # after an attempt that did not reach Telegram; it does not count
MOST_REFUSALS = 3  # of a screen; then it is said in other words
EXPIRY = timedelta(days=1)  # older news are not worth a message


class Obsolete(Exception):
    """There is nothing to notify the admin of any more; str() says why."""


class Notifier:
    """`run` notifies until it is cancelled."""

    def __init__(self, bot: Bot, database: Database, *, zone: ZoneInfo) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._sent: set[int] = set()  # ids of notices that were sent and could not be marked
        self._busy: set[int] = set()  # ids of admins who have a task
        self._not_before: dict[int, float] = {}  # by admin, on the loop's clock: after a 429

    async def run(self) -> None:
        """Send notifications until cancelled; a failed round is logged and tried again."""
        notifications = Notifications(self._database, "campaign_events")
        swept_at = float("-inf")
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    now = asyncio.get_running_loop().time()
                    try:
                        await self._round(group, now)
                        if now > swept_at + SWEEP_SECONDS:
                            swept_at = now
                            await notices.sweep(self._database)
                    except Exception as error:
                        log.warning(
                            "The notifier missed a round", exc_info=not is_unreachable(error)
                        )
                    await notifications.wait(POLL_SECONDS)
        finally:
            await notifications.close()

    async def _round(self, group: asyncio.TaskGroup, now: float) -> None:
        """Write the notices of new events, and start a task for each admin who has one due."""
        await notices.queue(self._database)
        outdated: dict[int, list[OutdatedQuestion]] = {}
        for one in await opt_outs.find_outdated_questions(self._database):
            outdated.setdefault(one.admin_id, []).append(one)
        for admin_id in {*await notices.find_due_admins(self._database), *outdated}:
            if admin_id not in self._busy and now >= self._not_before.get(admin_id, now):
                self._busy.add(admin_id)
                group.create_task(self._notify(admin_id, outdated.get(admin_id, [])))

    async def _notify(self, admin_id: int, outdated: list[OutdatedQuestion]) -> None:
        """Send this admin what is due, questions first, after correcting those on their screen."""
        try:
            for one in outdated:
                await self._correct(one)
            while (notice := await notices.claim(self._database, admin_id)) is not None:
                if not await self._attempt(notice):
                    break
        except Exception as error:
            reason = None if is_unreachable(error) else error
            log.warning("Admin %s was not notified yet: %r", admin_id, error, exc_info=reason)
        finally:
            self._busy.discard(admin_id)

    async def _attempt(self, notice: Notice) -> bool:
        """Send one notice and record the result; return whether to go on with this admin now."""
        try:
            if notice.id not in self._sent:
                await self._send(notice)
                self._sent.add(notice.id)
            await notices.mark_sent(self._database, notice)
            self._sent.discard(notice.id)
        except Obsolete as why:
            await notices.give_up(self._database, notice, str(why))
        except TelegramRetryAfter as error:
            now, wait = asyncio.get_running_loop().time(), error.retry_after
            self._not_before[notice.admin_id] = now + wait
            await self._try_later(notice, wait, error, attempted=False)
            return False
        except (TelegramForbiddenError, TelegramNotFound) as error:
            log.info("Admin %s cannot be notified: %s", notice.admin_id, error)
            await notices.give_up(self._database, notice, str(error))
        except Exception as error:
            if is_unreachable(error):
                raise
            return await self._after_failure(notice, error)
        return True

    async def _after_failure(self, notice: Notice, error: Exception) -> bool:
        """Postpone or give up the notice; return whether another may be tried at once."""
        if _never_reached_telegram(error):
            await self._try_later(notice, UNSENT_SECONDS, error, attempted=False)
            return False
        refused = isinstance(error, TelegramBadRequest) or not isinstance(error, TelegramAPIError)
        spent = notice.refusals >= MOST_REFUSALS if refused else False
        if spent or notice.attempts > len(RETRY_SECONDS):
            log.error("Admin %s is not notified: %r", notice.admin_id, error, exc_info=error)
            await notices.give_up(self._database, notice, repr(error))
        else:
            wait = RETRY_SECONDS[notice.attempts - 1]
            await self._try_later(notice, wait, error, refused=refused)
        return refused

    async def _try_later(
        self,
        notice: Notice,
        seconds: float,
        error: Exception,
        *,
        attempted: bool = True,
        refused: bool = False,
    ) -> None:
        why = repr(error)
        if notice.age > EXPIRY:
            await notices.give_up(self._database, notice, why)
            return
        await notices.postpone(
            self._database, notice, seconds, why, attempted=attempted, refused=refused
        )

    async def _send(self, notice: Notice) -> None:
        admin = await admins.find(self._database, notice.admin_id)
        event = await notices.find_event(self._database, notice)
        if admin is None or event is None:
            raise Obsolete("gone")
        if isinstance(event, UnclearReply) and not admin.may(Right.BUILD):
            raise Obsolete("no right")
        if notice.part is NoticePart.FILE and isinstance(event, CampaignHistory):
            await reports.request_file(self._database, admin, event.campaign_id)
            return
        _ = translator_for(admin, self._zone)
        in_words = notice.refusals >= MOST_REFUSALS
        screen = problems.not_shown(_) if in_words else await self._screen(event, _)
        shown = await write(self._bot, admin.id, screen)
        self._sent.add(notice.id)
        if isinstance(event, UnclearReply) and not in_words:
            await opt_outs.record_question(self._database, event, admin.id, shown.message_id)

    async def _correct(self, outdated: OutdatedQuestion) -> None:
        """Show the edited reply in its question; a refusal by Telegram is not tried again."""
        admin = await admins.find(self._database, outdated.admin_id)
        reply = await opt_outs.get_reply(self._database, outdated.reply_id)
        shown = outdated.message_id
        if admin is not None and admin.may(Right.BUILD):
            screen = question(translator_for(admin, self._zone), reply)
            try:
                shown = await rewrite(self._bot, admin.id, shown, screen)
            except TelegramRetryAfter as error:
                now = asyncio.get_running_loop().time()
                self._not_before[admin.id] = now + error.retry_after
                return
            except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
                log.info("Admin %s cannot be shown an edited reply: %s", admin.id, error)
        await opt_outs.record_question(self._database, reply, outdated.admin_id, shown)

    async def _screen(self, event: notices.Event, _: Translator) -> Screen:
        match event:
            case UnclearReply():
                return question(_, event)
            case AccountHistory():
                return account_happened(_, event)
            case CampaignHistory():
                progress = await campaigns.progress(self._database, event.campaign_id)
                return happened(_, event, progress, await self._name(event.admin_id))

    async def _name(self, admin_id: int | None) -> str | None:
        by: Admin | None = None
        if admin_id is not None:
            by = await admins.find(self._database, admin_id)
        return by.name if by else None


def _never_reached_telegram(error: Exception) -> bool:
    """Return whether no connection was made, by the name of aiohttp's error that aiogram gives."""
    return isinstance(error, TelegramNetworkError) and error.message.startswith("ClientConnector")
