"""Uploads and downloads, byte for byte, within Telegram's limits."""

from __future__ import annotations

import os
from io import BytesIO

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import BufferedInputFile, InputMediaDocument, InputMediaPhoto, Message

from sandbox.bot_api import BotApiServer
from sandbox.person import Person
from sandbox.world import PersonRecord, World
from tests.sandbox.bot_api.conftest import ANNA, BOT, TOKEN
from tests.sandbox.bot_api.pictures import jpeg, png


async def newest(bot: Bot) -> Message:
    message = (await bot.get_updates())[-1].message
    assert message is not None
    return message


async def download(bot: Bot, file_id: str) -> bytes:
    into = BytesIO()
    await bot.download(file_id, destination=into)
    return into.getvalue()


async def test_a_bot_downloads_a_document_byte_for_byte(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getfile"""
    data = os.urandom(300_000)
    await anna.send_file(BOT, data, "клиенты май.csv", "text/csv", "Here")
    message = await newest(bot)
    assert message.document is not None
    assert message.document.file_name == "клиенты май.csv"
    assert (message.document.mime_type, message.caption) == ("text/csv", "Here")
    assert message.document.file_size == len(data)
    assert await download(bot, message.document.file_id) == data


async def test_a_photo_comes_with_its_sizes_smallest_first(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#photosize"""
    data = jpeg(1280, 960)
    await anna.send_photo(BOT, data, "Look")
    message = await newest(bot)
    assert message.photo is not None
    assert [(size.width, size.height) for size in message.photo] == [(320, 240), (1280, 960)]
    assert await download(bot, message.photo[-1].file_id) == data


async def test_a_bot_sends_a_document_by_upload_and_by_file_id(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#sending-files"""
    data = os.urandom(100_000)
    sent = await bot.send_document(ANNA, BufferedInputFile(data, "bad_rows.csv"), caption="7 rows")
    assert sent.document is not None
    arrived = await anna.wait_for(BOT, "7 rows")
    assert arrived.media is not None
    assert (arrived.media.data, arrived.media.file_name) == (data, "bad_rows.csv")
    again = await bot.send_document(ANNA, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id


async def test_a_photo_can_be_replaced_in_place(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#editmessagemedia"""
    sent = await bot.send_photo(ANNA, BufferedInputFile(png(300, 300), "qr.png"), caption="1")
    assert sent.photo is not None
    assert [(size.width, size.height) for size in sent.photo] == [(300, 300)]
    fresh = png(200, 200)
    edited = await bot.edit_message_media(
        InputMediaPhoto(
            media=BufferedInputFile(fresh, "qr.png"), caption="<b>2</b>", parse_mode="HTML"
        ),
        chat_id=ANNA,
        message_id=sent.message_id,
    )
    assert isinstance(edited, Message)
    assert edited.caption == "2"
    shown = anna.history(BOT)[-1]
    assert shown.media is not None
    assert shown.media.data == fresh
    captioned = await bot.edit_message_caption(
        chat_id=ANNA, message_id=sent.message_id, caption="3"
    )
    assert isinstance(captioned, Message)
    assert captioned.caption == "3"
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("3", chat_id=ANNA, message_id=sent.message_id)


async def test_a_text_can_become_a_document(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#editmessagemedia"""
    sent = await bot.send_message(ANNA, "Working")
    media = InputMediaDocument(media=BufferedInputFile(b"done", "report.csv"))
    await bot.edit_message_media(media, chat_id=ANNA, message_id=sent.message_id)
    assert anna.history(BOT)[-1].media is not None


async def test_a_bot_may_not_download_more_than_20_mb(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getfile"""
    await anna.send_file(BOT, bytes(20 * 1024 * 1024 + 1), "big.csv")
    message = await newest(bot)
    assert message.document is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(message.document.file_id)


@pytest.mark.usefixtures("anna")
async def test_an_upload_above_50_mb_is_too_large(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#senddocument"""
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(ANNA, BufferedInputFile(bytes(50 * 1024 * 1024 + 1), "big.bin"))


async def test_a_file_id_of_another_bot_is_invalid(
    bot: Bot, anna: Person, world: World, bot_api: BotApiServer
) -> None:
    """https://core.telegram.org/bots/api#sending-files"""
    sent = await bot.send_document(ANNA, BufferedInputFile(b"secret", "a.txt"))
    assert sent.document is not None
    file = await bot.get_file(sent.document.file_id)
    world.add(PersonRecord(8, "Other", username="other_bot", is_bot=True, bot_token="8:x"))
    await anna.forward("other_bot", anna.history(BOT)[-1])
    with pytest.raises(TelegramBadRequest, match="wrong file_id"):
        await Bot("8:x", session=bot.session).get_file(sent.document.file_id)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{bot_api.url}/file/bot{TOKEN}/{file.file_path}") as response:
            assert await response.read() == b"secret"
        async with http.get(f"{bot_api.url}/file/bot{TOKEN}/documents/file_1.txt") as response:
            assert response.status == 404
