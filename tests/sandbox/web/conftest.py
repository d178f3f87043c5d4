"""Fixtures: a small world with its chat page, and a browser reduced to its WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.bot_api import BotApiServer
from sandbox.faults import Faults
from sandbox.web import Layout, Role, Section, SentMessages, Step, WebChat
from sandbox.world import PersonRecord, World

BOT, VERA, SENDER, IVAN, EMMA = 7000000001, 101, 102, 201, 202
TOKEN = f"{BOT}:AAsandbox-token"
SAMPLE = "Имя,Телефон\r\nИван,8 999 111-22-33\r\n".encode("utf-8-sig")


class Browser:
    """One open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def ask(self, act: str, **what: Any) -> None:
        await self.socket.send_json({"do": act, **what})

    async def told(
        self, key: str, fits: Callable[[Any], object] = lambda _: True, timeout: float = 5
    ) -> Any:
        """Return the next value under this key that fits; other frames are dropped."""
        async with asyncio.timeout(timeout):
            while True:
                frame = await self.socket.receive_json()
                if key in frame and fits(frame[key]):
                    return frame[key]

    async def open(self, owner: int, chat: int) -> Any:
        await self.ask("open", owner=owner, chat=chat)
        return await self.told("view", lambda view: view["owner"] == owner)


def counted(counters: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return the values of a frame's counters by their labels."""
    return {counter["label"]: counter["value"] for counter in counters}


class Calls:
    """An action of a button: counts its calls, waits for `may_end`, raises `trouble` if set."""

    def __init__(self) -> None:
        self.count = 0
        self.trouble: Exception | None = None
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> None:
        self.count += 1
        await self.may_end.wait()
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.add(PersonRecord(BOT, "Shop bot", username="shop_bot", is_bot=True, bot_token=TOKEN))
    world.add(PersonRecord(VERA, "Vera", phone="79990000101", language="ru"))
    world.add(PersonRecord(SENDER, "Anna"))
    world.add(PersonRecord(IVAN, "Иван", "Ёлкин", phone="79990000201"))
    world.add(PersonRecord(EMMA, "Emma", username="emma"))
    return world


@pytest.fixture
async def bot_api(world: World, faults: Faults) -> AsyncIterator[BotApiServer]:
    bot_api = BotApiServer(world, faults)
    await bot_api.start()
    yield bot_api
    await bot_api.close()


@pytest.fixture
def kill() -> Calls:
    return Calls()


@pytest.fixture
def layout(world: World) -> Layout:
    """Vera talks to the bot; the sender has Saved Messages; everybody else has a phone."""
    return Layout(
        world,
        home=(VERA, BOT),
        sections=(
            Section("you", "You", lambda side: side[0] == VERA),
            Section("sender", "The sender", lambda side: side == (SENDER, SENDER)),
            Section(
                "phones",
                "Phones",
                lambda side: side[0] not in (BOT, SENDER),
                phone=True,
                quick_replies=("Later",),
            ),
        ),
        always=((SENDER, SENDER),),
        roles={SENDER: Role("the sender", "the sender account")},
    )


@pytest.fixture
def chat(layout: Layout, faults: Faults, bot_api: BotApiServer, kill: Calls) -> WebChat:
    return WebChat(
        layout,
        faults,
        bot_api=bot_api,
        counters=SentMessages(
            layout.world.log.path,
            may_repeat_after=lambda entry: entry.get("file_name") == "end.csv",
        ),
        faulted_account=SENDER,
        buttons={"Kill the bot": kill},
        steps=[
            Step("Drop this file", "Anywhere on the chat.", {"клиенты.csv": SAMPLE}, "Mine"),
            Step("Press Start", "And watch."),
        ],
    )


@pytest.fixture
async def url(chat: WebChat) -> AsyncIterator[str]:
    yield await chat.start(port=0)
    await chat.close()


@pytest.fixture
async def http(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(url) as session:
        yield session


@pytest.fixture
async def browser(http: aiohttp.ClientSession) -> AsyncIterator[Browser]:
    async with http.ws_connect("/ws") as socket:
        yield Browser(socket)
