"""Shows a screen: edits the message under the pressed button, or writes a new one."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)

from bot.ui.formatting import short
from bot.ui.screen import Screen

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
LONGEST_TOAST = 200  # characters: https://core.telegram.org/bots/api#answercallbackquery


def keyboard(screen: Screen) -> InlineKeyboardMarkup | None:
    """Return the screen's keys as the Bot API takes them; None for a screen without keys."""
    if not screen.keys:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=k.text, callback_data=k.press.pack(), style=k.style)
                for k in row
            ]
            for row in screen.keys
        ]
    )


async def show(event: Message | CallbackQuery, screen: Screen, toast: str | None = None) -> Message:
    """Answer a message with a new one, a press by editing its message. Return what is shown.

    The callback is answered first, so that the button's spinner ends even when the edit fails.
    """
    if isinstance(event, Message):
        return await event.answer(
            screen.text, reply_markup=keyboard(screen), link_preview_options=NO_PREVIEW
        )
    with suppress(TelegramBadRequest):  # the query is too old to be answered
        await event.answer(toast and short(toast, LONGEST_TOAST))
    message = event.message
    if isinstance(message, InaccessibleMessage) or message is None or message.text is None:
        return await write(event.bot, event.from_user.id, screen)
    try:
        edited = await message.edit_text(
            screen.text, reply_markup=keyboard(screen), link_preview_options=NO_PREVIEW
        )
    except TelegramBadRequest as error:
        if "not modified" in error.message:
            return message
        return await write(event.bot, event.from_user.id, screen)
    return edited if isinstance(edited, Message) else message


async def write(bot: Bot | None, chat_id: int, screen: Screen) -> Message:
    """Send the screen as a new message."""
    assert bot is not None
    return await bot.send_message(
        chat_id, screen.text, reply_markup=keyboard(screen), link_preview_options=NO_PREVIEW
    )


async def rewrite(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> int:
    """Show the screen in an earlier message of the bot, or in a new one when that is gone.

    Return the id of the message that shows it.
    """
    try:
        await bot.edit_message_text(
            screen.text,
            chat_id=chat_id,
            message_id=message_id,
            reply_markup=keyboard(screen),
            link_preview_options=NO_PREVIEW,
        )
    except TelegramBadRequest as error:
        if "not modified" not in error.message:
            return (await write(bot, chat_id, screen)).message_id
    return message_id
