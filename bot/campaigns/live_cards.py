"""The live cards: each is one message, edited as its campaign moves, within Telegram's limits.

Which messages are cards is a row each, so that they go on being edited after a restart. Edits
come every few seconds at first and rarely later; the same text is never sent twice; being told to
wait doubles the interval; a deleted message is sent anew; the last text always lands, and then
the row is forgotten.
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
from aiogram.types import Message

from bot.campaigns import cards
from bot.campaigns import service as campaigns
from bot.campaigns.card import card as card_screen
from bot.preferences import service as admins
from bot.ui.i18n import words_for
from bot.ui.reply import NO_PREVIEW, keyboard, write
from bot.ui.screen import Screen
from db.models.campaign import Campaign, CampaignStatus
from db.models.report import Card
from db.notifications import Notifications
from db.pool import Database, is_unreachable

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
EDIT_SECONDS = 10  # how long one edit may take
SETTLED = frozenset({CampaignStatus.FINISHED, CampaignStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two edits of a card, by how long it has been followed."""

    first_minute: float = 5
    first_ten_minutes: float = 15
    later: float = 60

    def interval(self, age_seconds: float) -> float:
        if age_seconds < 60:
            return self.first_minute
        return self.first_ten_minutes if age_seconds < 600 else self.later


@dataclass(slots=True)
class _Shown:
    """What we know of a card's message; moments are monotonic seconds."""

    since: float
    due_at: float
    status: CampaignStatus
    text: str | None = None
    slowed: int = 1


class LiveCards:
    """`run` edits until it is cancelled; handlers `take_up` a card they showed."""

    def __init__(
        self, bot: Bot, database: Database, *, zone: ZoneInfo, pace: Pace | None = None
    ) -> None:
        self._bot, self._database, self._zone = bot, database, zone
        self._pace = pace or Pace()
        self._shown: dict[Card, _Shown] = {}
        self._lock = asyncio.Lock()  # a message is let go and edited by turns

    async def take_up(self, campaign: Campaign, message: Message) -> None:
        """This message shows the campaign's card now: keep it true."""
        if campaign.status in SETTLED:
            return
        card = Card(campaign.id, message.chat.id, message.message_id)
        async with self._lock:
            await cards.put(self._database, card)
            now = time.monotonic()
            self._shown[card] = _Shown(now, now + self._pace.interval(0), campaign.status)

    async def let_go(self, chat_id: int, message_id: int) -> None:
        """The message is about to show something else; no edit of ours comes after this."""
        async with self._lock:
            await cards.forget(self._database, chat_id, message_id)
            for card in [
                c for c in self._shown if (c.chat_id, c.message_id) == (chat_id, message_id)
            ]:
                del self._shown[card]

    async def run(self) -> None:
        notifications = Notifications(self._database, "campaign_events")
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:
                    log.warning("The live cards missed a turn", exc_info=not is_unreachable(error))
                await notifications.wait(POLL_SECONDS)
        finally:
            await notifications.close()

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
                    await self._edit(card, shown)

    def _is_due(self, shown: _Shown, status: CampaignStatus) -> bool:
        """A change of status does not wait for the interval, only for a limit that was met."""
        return time.monotonic() >= shown.due_at or (shown.status != status and shown.slowed == 1)

    async def _edit(self, card: Card, shown: _Shown) -> None:
        admin = await admins.find(self._database, card.chat_id)
        if admin is None:
            return await self._forget(card)
        standing = await campaigns.standing(self._database, card.campaign_id)
        screen = card_screen(words_for(admin, self._zone), standing)
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
                return await self._send_anew(card, screen, standing.campaign)
        except TelegramAPIError as error:
            log.info("A card was not edited, later again: %s", error)
            shown.due_at = time.monotonic() + self._pace.interval(0)
            return None
        if standing.campaign.status in SETTLED:
            with suppress(TelegramAPIError):
                await self._bot.unpin_chat_message(card.chat_id, message_id=card.message_id)
            return await self._forget(card)
        now = time.monotonic()
        shown.text, shown.status = screen.text, standing.campaign.status
        shown.due_at = now + shown.slowed * self._pace.interval(now - shown.since)
        return None

    async def _send_anew(self, card: Card, screen: Screen, campaign: Campaign) -> None:
        await self._forget(card)
        try:
            message = await write(self._bot, card.chat_id, screen)
        except TelegramAPIError as error:
            log.info("A deleted card was not sent anew: %s", error)
            return
        if campaign.status not in SETTLED:
            await cards.put(self._database, Card(campaign.id, card.chat_id, message.message_id))

    async def _forget(self, card: Card) -> None:
        await cards.forget(self._database, card.chat_id, card.message_id)
        self._shown.pop(card, None)
