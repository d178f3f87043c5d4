"""The live cards: each is one message, edited as its campaign moves, within Telegram's limits.

Every card is a row of campaign_cards, so it is edited after a restart, too. The interval between
edits grows with the card's age. The same text is never sent twice. A 429 answer doubles the
interval. A deleted message is sent again. The text of the campaign's end is always delivered;
after it the row is deleted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import CallbackQuery, Message

from bot.campaigns import cards
from bot.campaigns import service as campaigns
from bot.campaigns.card import card as card_screen
from bot.campaigns.pace import PaceMeter
from bot.campaigns.view_model import Progress
from bot.preferences import service as admins
from bot.ui.i18n import Translator, translator_for
from bot.ui.reply import NO_PREVIEW, keyboard, show, write
from bot.ui.screen import Screen
from db.models.campaign import Campaign, CampaignStatus
from db.models.report import CampaignCard
from db.notifications import Notifications
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
EDIT_SECONDS = 10  # how long one edit may take
ENDED = frozenset({CampaignStatus.FINISHED, CampaignStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two edits of a card, by its age in this process."""

    first_minute: float = 5
    first_ten_minutes: float = 15
    later: float = 60

    def interval(self, age_seconds: float) -> float:
        """Return the seconds until the next edit."""
        if age_seconds < 60:
            return self.first_minute
        return self.first_ten_minutes if age_seconds < 600 else self.later


@dataclass(slots=True)
class _Shown:
    """The last known state of a card's message.

    `since` and `due_at` are seconds of the monotonic clock; `slowed` multiplies the interval.
    """

    since: float
    due_at: float
    status: CampaignStatus
    text: str | None = None
    slowed: int = 1


class LiveCards:
    """`run` edits the followed cards until it is cancelled; handlers `show` a card."""

    def __init__(
        self, bot: Bot, database: Database, *, zone: ZoneInfo, pace: Pace | None = None
    ) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._pace = pace or Pace()
        self._shown: dict[CampaignCard, _Shown] = {}
        self._paces = PaceMeter()
        self._lock = asyncio.Lock()  # never edit a message while it is being released

    async def show(
        self,
        event: Message | CallbackQuery,
        campaign_id: int,
        _: Translator,
        toast: str | None = None,
    ) -> Message:
        """Show the campaign's card and follow it. Return its message.

        Raise NotFound when there is no such campaign.
        """
        progress = await self._progress(campaign_id)
        message = await show(event, card_screen(_, progress), toast)
        await self._follow(progress.campaign, message)
        return message

    async def release(self, chat_id: int, message_id: int) -> None:
        """Stop editing the message: no edit starts after this returns."""
        async with self._lock:
            await cards.forget(self._database, chat_id, message_id)
            for card in [
                c for c in self._shown if (c.chat_id, c.message_id) == (chat_id, message_id)
            ]:
                del self._shown[card]

    async def run(self) -> None:
        """Edit the cards until cancelled; a failed round is logged and tried again."""
        notifications = Notifications(self._database, "campaign_events")
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:
                    log.warning("The live cards missed a round", exc_info=not is_unreachable(error))
                await notifications.wait(POLL_SECONDS)
        finally:
            await notifications.close()

    async def _progress(self, campaign_id: int) -> Progress:
        return await campaigns.progress(self._database, campaign_id, self._paces.read)

    async def _follow(self, campaign: Campaign, message: Message) -> None:
        if campaign.status in ENDED:
            return
        card = CampaignCard(campaign.id, message.chat.id, message.message_id)
        async with self._lock:
            await cards.put(self._database, card)
            now = time.monotonic()
            self._shown[card] = _Shown(now, now + self._pace.interval(0), campaign.status)

    async def _round(self) -> None:
        async with self._lock:
            found = dict(await cards.page(self._database))
            now = time.monotonic()
            self._shown = {
                card: self._shown.get(card) or _Shown(now, now, status)
                for card, status in found.items()
            }
        for card, status in found.items():
            async with self._lock:
                shown = self._shown.get(card)
                if shown is not None and self._is_due(shown, status):
                    await self._edit_apart(card, shown, status)

    def _is_due(self, shown: _Shown, status: CampaignStatus) -> bool:
        """A change of status does not wait for the interval, unless Telegram has sent a 429."""
        return time.monotonic() >= shown.due_at or (shown.status != status and shown.slowed == 1)

    async def _edit_apart(self, card: CampaignCard, shown: _Shown, status: CampaignStatus) -> None:
        """Edit the card; an error of one card holds up no other."""
        try:
            await self._edit(card, shown)
        except Exception as error:
            if is_unreachable(error):
                raise
            log.exception("The card of campaign %s was not edited", card.campaign_id)
            shown.status, shown.due_at = status, time.monotonic() + self._pace.later

    async def _edit(self, card: CampaignCard, shown: _Shown) -> None:
        admin = await admins.find(self._database, card.chat_id)
        if admin is None:
            return await self._forget(card)
        progress = await self._progress(card.campaign_id)
        screen = card_screen(translator_for(admin, self._zone), progress)
        try:
            if screen.text != shown.text:
                await self._bot.edit_message_text(
                    screen.text,
                    chat_id=card.chat_id,
                    message_id=card.message_id,
                    reply_markup=keyboard(screen),
                    link_preview_options=NO_PREVIEW,
                    request_timeout=EDIT_SECONDS,
                )
        except TelegramRetryAfter as error:
            shown.slowed *= 2
            shown.due_at = time.monotonic() + error.retry_after
            return None
        except TelegramForbiddenError:
            return await self._forget(card)
        except TelegramBadRequest as error:
            if "not modified" not in error.message:
                return await self._send_again(card, screen, progress.campaign)
        except TelegramAPIError as error:
            log.info("A card was not edited, later again: %s", error)
            shown.due_at = time.monotonic() + self._pace.interval(0)
            return None
        if progress.campaign.status in ENDED:
            with suppress(TelegramAPIError):
                await self._bot.unpin_chat_message(card.chat_id, message_id=card.message_id)
            return await self._forget(card)
        now = time.monotonic()
        shown.text, shown.status = screen.text, progress.campaign.status
        shown.due_at = now + shown.slowed * self._pace.interval(now - shown.since)
        return None

    async def _send_again(self, card: CampaignCard, screen: Screen, campaign: Campaign) -> None:
        await self._forget(card)
        try:
            message = await write(self._bot, card.chat_id, screen)
        except TelegramAPIError as error:
            log.info("A deleted card was not sent again: %s", error)
            return
        if campaign.status not in ENDED:
            await cards.put(
                self._database, CampaignCard(campaign.id, card.chat_id, message.message_id)
            )

    async def _forget(self, card: CampaignCard) -> None:
        await cards.forget(self._database, card.chat_id, card.message_id)
        self._shown.pop(card, None)
