"""getUpdates: long polling, offsets, two pollers, a bot that was offline."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError

from sandbox.person import Person
from tests.sandbox.bot_api.conftest import BOT


async def test_a_long_poll_wakes_at_once(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getupdates"""
    (first,) = await bot.get_updates()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        poll = group.create_task(bot.get_updates(offset=first.update_id + 1, timeout=30))
        await bot.get_me()
        await anna.say(BOT, "Now")
    (update,) = poll.result()
    assert update.message is not None
    assert update.message.text == "Now"


async def test_updates_are_repeated_until_an_offset_confirms_them(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getupdates"""
    await anna.say(BOT, "Two")
    one, two = await bot.get_updates()
    assert two.update_id == one.update_id + 1
    assert await bot.get_updates() == [one, two]
    assert await bot.get_updates(offset=two.update_id) == [two]
    assert await bot.get_updates() == [two]
    assert await bot.get_updates(offset=two.update_id + 1) == []


async def test_a_negative_offset_keeps_the_newest_only(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getupdates"""
    await anna.say(BOT, "Two")
    (newest,) = await bot.get_updates(offset=-1)
    assert newest.message is not None
    assert newest.message.text == "Two"
    assert await bot.get_updates() == [newest]


async def test_updates_of_other_kinds_are_not_kept(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getupdates"""
    (first,) = await bot.get_updates(allowed_updates=["callback_query"])
    await anna.say(BOT, "Unheard")
    assert await bot.get_updates(offset=first.update_id + 1) == []


async def test_a_second_poller_ends_the_first_with_409(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getupdates"""
    (first,) = await bot.get_updates()
    offset = first.update_id + 1
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        older = group.create_task(_refused_poll(bot, offset))
        await bot.get_me()
        newer = group.create_task(bot.get_updates(offset=offset, timeout=30))
        assert "terminated by other getUpdates request" in await older
        await anna.say(BOT, "For the newer")
    assert len(newer.result()) == 1


async def _refused_poll(bot: Bot, offset: int) -> str:
    with pytest.raises(TelegramConflictError) as refusal:
        await bot.get_updates(offset=offset, timeout=30)
    return refusal.value.message


async def test_a_bot_that_was_offline_gets_its_updates_later(bot: Bot, anna: Person) -> None:
    """https://core.telegram.org/bots/api#getting-updates"""
    await anna.say(BOT, "While you were out")
    assert (await bot.get_webhook_info()).pending_update_count == 2
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["/start", "While you were out"]
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []
