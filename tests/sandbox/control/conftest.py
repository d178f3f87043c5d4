"""Fixtures: a sandbox with its control server, and a client that uses HTTP only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telethon import TelegramClient
from telethon.sessions import StringSession

from sandbox.control import ControlServer
from sandbox.server import Sandbox

BOT, ANNA, SENDER = 7000000001, 101, 102
TOKEN = f"{BOT}:AAtold-over-http"


@dataclass(frozen=True, slots=True)
class Remote:
    """A client of the control server."""

    http: aiohttp.ClientSession
    sandbox: Sandbox

    async def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        async with self.http.request(method, path, json=body) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    async def wrong(self, method: str, path: str, body: object, status: int, words: str) -> None:
        assert words in (await self.ask(method, path, body, status))["error"]


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


@pytest.fixture
async def remote(tmp_path: Path, key_folder: Path) -> AsyncIterator[Remote]:
    async with (
        Sandbox(tmp_path, key_folder=key_folder) as sandbox,
        ControlServer(sandbox) as control,
        aiohttp.ClientSession(control.url) as http,
    ):
        remote = Remote(http, sandbox)
        await remote.ask(
            "POST", "/bots", {"token": TOKEN, "username": "desk_bot", "name": "D"}, 201
        )
        anna = {"id": ANNA, "first_name": "Anna", "username": "anna", "phone": "79990000101"}
        await remote.ask("POST", "/people", anna, 201)
        await remote.ask("POST", "/people", {"id": SENDER, "first_name": "Shop"}, 201)
        yield remote


@pytest.fixture
async def bot(remote: Remote) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(remote.sandbox.bot_api_url))
    yield Bot(TOKEN, session=session)
    await (await session.create_session()).close()


@pytest.fixture
async def client(remote: Remote) -> AsyncIterator[TelegramClient]:
    """A Telethon client, signed in as the sender by a session issued over HTTP."""
    issued = await remote.ask("POST", f"/people/{SENDER}/issue_session")
    client = TelegramClient(StringSession(issued["session"]), 1, "hash")
    await client.connect()
    yield client
    await client.disconnect()
