"""Faults scripted for the Bot API, before and after the effect of a call."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from sandbox.bot_api import BotApiServer
from sandbox.faults import (
    BlackHole,
    BotApiError,
    Cut,
    Fault,
    Faults,
    Latency,
    too_many_requests,
)
from sandbox.person import Person
from tests.sandbox.bot_api.conftest import ANNA, BOT


async def test_too_many_requests_says_how_long_to_wait(
    bot: Bot, anna: Person, faults: Faults
) -> None:
    faults.script(too_many_requests(7), api="bot_api", method="sendMessage", recipient=ANNA)
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(ANNA, "Hi")
    assert refusal.value.retry_after == 7
    await bot.send_message(ANNA, "Hi")
    assert [m.text for m in anna.history(BOT)] == ["/start", "Hi"]


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (BotApiError(500, "Internal Server Error"), TelegramServerError, False),
        (BotApiError(500, "Internal Server Error", after_effect=True), TelegramServerError, True),
        (Cut("before_effect"), TelegramNetworkError, False),
        (Cut("after_effect"), TelegramNetworkError, True),
        (Cut("mid_frame"), TelegramNetworkError, True),
        (BlackHole(0.01), TelegramNetworkError, False),
        (BlackHole(0.01, after_effect=True), TelegramNetworkError, True),
    ],
    ids=str,
)
async def test_a_fault_comes_before_or_after_the_effect(
    bot: Bot,
    anna: Person,
    faults: Faults,
    fault: Fault,
    error: type[Exception],
    arrives: bool,
) -> None:
    faults.script(fault, method="sendMessage", account=BOT)
    with pytest.raises(error):
        await bot.send_message(ANNA, "Hi")
    assert (anna.history(BOT)[-1].text == "Hi") is arrives
    await bot.send_message(ANNA, "Well again")


async def test_closing_ends_slow_calls(
    bot: Bot, anna: Person, faults: Faults, bot_api: BotApiServer
) -> None:
    faults.script(Latency(60, after_effect=True), method="sendMessage")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        slow = group.create_task(bot.send_message(ANNA, "Slow"))
        await anna.wait_for(BOT, "Slow")
        await bot_api.close()
    assert slow.result().text == "Slow"


@pytest.mark.usefixtures("anna")
async def test_an_unimplemented_method_is_answered_501(bot: Bot) -> None:
    with pytest.raises(TelegramServerError, match="does not serve logOut"):
        await bot.log_out()
    app = InlineKeyboardButton(text="Shop", web_app=WebAppInfo(url="https://example.org"))
    markup = InlineKeyboardMarkup(inline_keyboard=[[app]])
    with pytest.raises(TelegramBadRequest, match="does not serve such a button: web_app"):
        await bot.send_message(ANNA, "Hi", reply_markup=markup)
