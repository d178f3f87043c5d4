"""A message that shows progress: edited rarely, and always with the newest text."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.ui.reply import NO_PREVIEW, keyboard, write
from bot.ui.screen import Screen

REQUEST_SECONDS = 10  # how long one edit may take

log = logging.getLogger(__name__)


class ProgressMessage:
    """Edits a message to the last `show`. After the `async with` no edit is under way."""

    first_seconds = 2.0  # what ends sooner shows no progress
    every_seconds = 4.0  # between two edits

    def __init__(self, bot: Bot, chat_id: int, message_id: int) -> None:
        self._bot, self._chat_id, self._message_id = bot, chat_id, message_id
        self._newest: Screen | None = None
        self._changed, self._editing = asyncio.Event(), asyncio.Lock()

    def show(self, screen: Screen) -> None:
        """Show this screen with the next edit, unless a newer one replaces it."""
        self._newest = screen
        self._changed.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._edit_now_and_then())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async with self._editing:  # an edit under way would otherwise come after the last word
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _edit_now_and_then(self) -> None:
        await asyncio.sleep(self.first_seconds)
        wait = self.every_seconds
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._newest is not None:
                try:
                    async with self._editing:
                        await _edit(self._bot, self._chat_id, self._message_id, self._newest)
                except TelegramRetryAfter as error:
                    wait *= 2
                    await asyncio.sleep(error.retry_after)
                except TelegramAPIError as error:
                    log.info("Progress was not shown: %s", error)
            await asyncio.sleep(wait)


async def edit_or_log(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Show the screen in a message of the bot, if Telegram lets it be edited now."""
    try:
        await _edit(bot, chat_id, message_id, screen)
    except TelegramAPIError as error:
        log.info("Progress was not shown: %s", error)


async def replace(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Show the screen in a message of the bot; send a new one when that cannot be edited.

    Returns also when the chat is closed to us; raises TelegramAPIError when it is worth a retry.
    """
    try:
        await _edit(bot, chat_id, message_id, screen)
    except TelegramForbiddenError as error:
        log.info("Chat %s cannot be written to: %s", chat_id, error)
    except TelegramBadRequest as error:
        if "not modified" not in error.message:
            with suppress(TelegramForbiddenError, TelegramBadRequest, TelegramNotFound):
                await write(bot, chat_id, screen)


async def _edit(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    await bot.edit_message_text(
        screen.text,
        chat_id=chat_id,
        message_id=message_id,
        reply_markup=keyboard(screen),
        link_preview_options=NO_PREVIEW,
        request_timeout=REQUEST_SECONDS,
    )
