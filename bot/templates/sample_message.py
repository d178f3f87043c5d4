"""The message being composed: read from Telegram's types, and sent back to the admin, filled."""

from __future__ import annotations

from typing import NamedTuple

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Message, MessageEntity, User

from db.models.template import Entity, Filled

# What a person applies; Telegram detects links, mentions and the like again by itself.
FORMATTING = frozenset(
    "bold italic underline strikethrough spoiler code pre text_link text_mention custom_emoji "
    "blockquote expandable_blockquote".split()
)
NOTHING = "…"  # in place of an empty text, which Telegram refuses


class File(NamedTuple):
    """A photo or a document that the bot has received; `file_id` is the Bot API's."""

    file_id: str
    is_photo: bool


def formatting_of(message: Message) -> list[Entity]:
    """Return the formatting of a message's text or caption."""
    return [
        Entity(
            type=entity.type,
            offset=entity.offset,
            length=entity.length,
            url=entity.url,
            language=entity.language,
            custom_emoji_id=entity.custom_emoji_id,
            user_id=entity.user.id if entity.user else None,
        )
        for entity in message.entities or message.caption_entities or ()
        if entity.type in FORMATTING
    ]


def file_of(message: Message) -> tuple[str, str, str]:
    """Return kind, name and MIME type of the photo or document that the message carries."""
    if message.photo:
        return "photo", "photo.jpg", "image/jpeg"
    document = message.document
    assert document is not None
    return (
        "document",
        document.file_name or "file",
        document.mime_type or "application/octet-stream",
    )


async def send(bot: Bot, chat_id: int, file: File | None, filled: Filled) -> Message:
    """Send the filled message to the admin."""
    text, entities = filled.text, _for_telegram(filled)
    if file is None:
        return await bot.send_message(chat_id, text or NOTHING, entities=entities, parse_mode=None)
    if file.is_photo:
        return await bot.send_photo(
            chat_id, file.file_id, caption=text, caption_entities=entities, parse_mode=None
        )
    return await bot.send_document(
        chat_id, file.file_id, caption=text, caption_entities=entities, parse_mode=None
    )


async def edit(bot: Bot, chat_id: int, message_id: int, file: File | None, filled: Filled) -> bool:
    """Edit a sample to show another person's message. Return False when it was deleted."""
    text, entities = filled.text, _for_telegram(filled)
    try:
        if file is None:
            await bot.edit_message_text(
                text or NOTHING,
                chat_id=chat_id,
                message_id=message_id,
                entities=entities,
                parse_mode=None,
            )
        else:
            await bot.edit_message_caption(
                chat_id=chat_id,
                message_id=message_id,
                caption=text,
                caption_entities=entities,
                parse_mode=None,
            )
    except TelegramBadRequest as error:
        return "not modified" in error.message
    return True


def _for_telegram(filled: Filled) -> list[MessageEntity]:
    return [
        MessageEntity(
            type=entity.type,
            offset=entity.offset,
            length=entity.length,
            url=entity.url,
            language=entity.language,
            custom_emoji_id=entity.custom_emoji_id,
            user=User(id=entity.user_id, is_bot=False, first_name="") if entity.user_id else None,
        )
        for entity in filled.entities
    ]
