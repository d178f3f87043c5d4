"""Requests: tokens, methods, and the three encodings of parameters."""

from __future__ import annotations

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from sandbox.bot_api import BotApiServer
from tests.sandbox.bot_api.conftest import ANNA, TOKEN


async def test_a_wrong_token_is_unauthorized(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#authorizing-your-bot"""
    with pytest.raises(TelegramUnauthorizedError):
        await Bot("1:wrong", session=bot.session).get_me()


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    """https://core.telegram.org/bots/api#making-requests"""

    class Invented(TelegramMethod[bool]):
        __returning__ = bool
        __api_method__ = "inventNothing"

    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Invented())


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {"text": "Hi"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": ANNA}, "message text is empty"),
        ("sendPhoto", {"chat_id": ANNA}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": ANNA, "photo": "attach://a"}, "file part a is missing"),
        ("sendMessage", {"chat_id": ANNA, "text": 1}, 'parameter "text" is invalid'),
        ("sendMessage", {"chat_id": ANNA, "text": "Hi", "entities": "[{"}, 'parse "entities"'),
    ],
)
async def test_a_parameter_that_is_missing_or_wrong_is_named(
    bot_api: BotApiServer, method: str, body: dict[str, object], words: str
) -> None:
    """https://core.telegram.org/bots/api#making-requests"""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{bot_api.url}/bot{TOKEN}/{method}", json=body) as response,
    ):
        answer = await response.json()
    assert (response.status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert words in answer["description"]


async def test_a_body_that_is_no_json_object_is_refused(bot_api: BotApiServer) -> None:
    """https://core.telegram.org/bots/api#making-requests"""
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession() as http:
        for body in ("{", "[]"):
            url = f"{bot_api.url}/bot{TOKEN}/getMe"
            async with http.post(url, data=body, headers=headers) as response:
                assert response.status == 400


@pytest.mark.usefixtures("anna")
async def test_a_json_body_a_form_and_a_query_are_equivalent(bot_api: BotApiServer) -> None:
    """https://core.telegram.org/bots/api#making-requests"""
    asked = {"chat_id": str(ANNA), "text": "Hi", "disable_notification": "true"}
    url = f"{bot_api.url}/bot{TOKEN}/SENDMESSAGE"
    async with aiohttp.ClientSession() as http:
        for ways in ({"json": asked}, {"data": asked}, {"params": asked}):
            async with http.post(url, **ways) as response:  # type: ignore[arg-type]
                assert (await response.json())["result"]["text"] == "Hi"
